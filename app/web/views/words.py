"""Stored values as people read them, for more than one page."""

from collections.abc import Mapping
from typing import Any

from app.core.language import N_, _, ngettext, translated
from app.core.suspect import Suspicion
from app.core.trace import OUTCOMES

_REFERENCES = {
    "infeasible": N_("infeasible"),
    "unbounded": N_("unbounded"),
    "no-optimum": N_("no optimum"),
    "unknown": N_("unknown"),
}
# Stored names that templates show through `|words`, marked here for the catalogs.
STORED = (
    *(N_("review"), N_("waiting"), N_("failed"), N_("unsure"), N_("golden"), N_("discarded")),
    *(N_("running"), N_("done"), N_("stopped"), N_("queued"), N_("building"), N_("ready")),
    *(N_("cancelled"), N_("pushing")),
    *(N_("viewer"), N_("annotator"), N_("reviewer"), N_("lead"), N_("administrator")),
    *(N_("computation"), N_("expertise"), N_("discard"), N_("open"), N_("set aside")),
    *(N_("thought"), N_("code"), N_("output"), N_("hint"), N_("answer")),
    *(N_("question"), N_("reference"), N_("id"), N_("external id"), N_("source")),
    *(N_("difficulty"), N_("tags"), N_("language"), N_("asks"), N_("sent")),
    *(N_("manual computation"), N_("fragmentary code"), N_("distrust of results")),
    *(N_("wrong variables"), N_("wrong objective"), N_("wrong constraints")),
    N_("implementation drift"),
)


def reference_words(reference: Mapping[str, Any]) -> str:
    """A stored reference: `1160`, `12 or 13`; a kind stays English, for `|translated`."""
    values = _(" or ").join(reference.get("values", ()))
    return values or _REFERENCES[reference["kind"]]


def suspect_words(found: Suspicion | None) -> str:
    """What speaks against a reference: `2 verified answers say 341`; "" for nothing."""
    if found is None:
        return ""
    answer = found.against[0].answer.text
    many = len(found.against)
    return ngettext(
        "%(num)s verified answer says %(answer)s",
        "%(num)s verified answers say %(answer)s",
        many,
        answer=answer,
    )


def outcome_words(outcome: str | None) -> str:
    """How a branch ended; that it has not ended where it has none."""
    if outcome is None:
        return _("is being written")
    return next((translated(words) for name, words in OUTCOMES.items() if name == outcome), outcome)
