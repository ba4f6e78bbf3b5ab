"""Reasoners, by name: a factory takes the project's settings and, where it needs one, a key."""

from app.backends.reasoners.base import Reasoner
from app.registry import Registry

REASONERS: Registry[Reasoner] = Registry(
    "Reasoner",
    {
        "openai": "app.backends.reasoners.openai:make",
        "scripted": "app.backends.reasoners.scripted:make",
        "small": "app.backends.reasoners.small:make",
        "transformers": "app.backends.reasoners.local:make",
    },
)
