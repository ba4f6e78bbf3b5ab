"""Interveners, by name: a factory takes the project's settings and, where it needs one, a key."""

from app.backends.interveners.base import Intervener
from app.registry import Registry

INTERVENERS: Registry[Intervener] = Registry(
    "Intervener",
    {
        "openai": "app.backends.interveners.openai:make",
        "rules": "app.backends.interveners.rules:make",
        "recorded": "app.backends.interveners.recorded:make",
    },
)
