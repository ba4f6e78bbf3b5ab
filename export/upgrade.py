"""The way up: rows and manifests that were stored in an older version, as those of this one."""

from typing import Any

from export.manifest import MANIFEST_VERSION, Manifest
from export.rows import ROW_VERSION, Row


def row_from(stored: dict[str, Any]) -> Row:
    """A row from the JSON of any version; its id is found anew from its content.

    What a version did not know yet is empty.
    """
    fields = stored if stored["version"] == ROW_VERSION else _row_2(stored)
    return Row.model_validate({name: fields[name] for name in fields if name != "id"})


def manifest_from(stored: dict[str, Any]) -> Manifest:
    """A manifest from the JSON of any version."""
    return Manifest.model_validate(
        stored if stored["version"] == MANIFEST_VERSION else _manifest_2(stored)
    )


def _row_2(stored: dict[str, Any]) -> dict[str, Any]:
    """Version 1 held golden paths alone, and not what a hint had replaced."""
    kept = {name: value for name, value in stored.items() if name != "hints"}
    lineage = dict(stored["lineage"])
    return kept | {
        "version": ROW_VERSION,
        "corrections": stored["hints"],
        "model": lineage.pop("model"),
        "lineage": lineage,
        "verdict": "golden" if stored["segments"] else None,
    }


def _manifest_2(stored: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had one split, and a record a row."""
    rows = stored["counts"]["rows"]
    added = {"records": rows, "splits": {"train": rows}, "lengths": {}}
    return stored | {"version": MANIFEST_VERSION, "counts": stored["counts"] | added}
