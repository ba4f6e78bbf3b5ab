"""Export formats, by name; each is described in docs/formats.md."""

from app.registry import Registry
from export.formats.base import Format

FORMATS: Registry[Format] = Registry(
    "export format",
    {
        "messages": "export.formats.messages:make",
        "rows": "export.formats.rows:make",
        "rl": "export.formats.rl:make",
    },
)
