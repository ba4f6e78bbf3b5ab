"""Stored values as people read them, for more than one page."""

from collections.abc import Mapping
from typing import Any

from app.core.trace import OUTCOMES

_REFERENCES = {
    "infeasible": "infeasible",
    "unbounded": "unbounded",
    "no-optimum": "no optimum",
    "unknown": "unknown",
}


def reference_words(reference: Mapping[str, Any]) -> str:
    """A stored reference: `1160`, `12 or 13`, `infeasible`, `unknown`."""
    values = " or ".join(reference.get("values", ()))
    return values or _REFERENCES[reference["kind"]]


def outcome_words(outcome: str | None) -> str:
    """How a branch ended; that it has not ended where it has none."""
    if outcome is None:
        return "is being written"
    return next((words for name, words in OUTCOMES.items() if name == outcome), outcome)
