"""What others did on a trace after a page was loaded, in words, with links to look at it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.language import N_
from app.core.proposal import Proposal
from app.db.tables import Event
from app.web.views.desk import Desk

DID = {
    "accept": N_("accepted a hint"),
    "edit": N_("edited and accepted a hint"),
    "reject": N_("rejected a hint"),
    "golden": N_("called it golden"),
    "discard": N_("discarded it"),
    "unsure": N_("was unsure"),
    "undo": N_("took a decision back"),
    "reopen": N_("reopened it"),
    "retry": N_("tried a branch again"),
    "sample": N_("sampled again"),
    "cancel": N_("stopped the Reasoner"),
    "regrade": N_("corrected the reference, and every branch was graded again"),
}
_SHOWN = 80


@dataclass(frozen=True)
class Change:
    """Who did what, when; `more` are its words or reason, `branch` where it can be seen."""

    who: str
    did: str
    at: datetime
    more: str
    branch: int | None


def changes_of(desk: Desk, events: Sequence[Event]) -> tuple[Change, ...]:
    """Each of these events, oldest first."""
    return tuple(_changes(desk, events))


def _changes(desk: Desk, events: Sequence[Event]) -> Iterator[Change]:
    hints = {row.id: Proposal.model_validate(row.proposal).words for row in desk.proposals}
    reasons = {row.proposal_id: row.reason for row in desk.judgements if row.reason}
    for event in events:
        kind, _, key = event.subject.partition(":")
        number = int(key) if key.isdecimal() else 0
        reason = event.data.get("reason") or (reasons.get(number) if kind == "proposal" else "")
        told = [hints.get(number, "")] if kind == "proposal" else []
        yield Change(
            who=desk.name_of(event.actor),
            did=DID.get(event.verb, event.verb.replace("_", " ")),
            at=event.at,
            more=" · ".join(_short(each) for each in [*told, reason] if each),
            branch=_branch(event.data, kind, number),
        )


def _branch(data: Mapping[str, object], kind: str, number: int) -> int | None:
    begun = data.get("branch")
    return begun if isinstance(begun, int) else number if kind == "branch" else None


def _short(words: str) -> str:
    line = " ".join(words.split())
    return f"“{line}”" if len(line) <= _SHOWN else f"“{line[:_SHOWN].rstrip()}…”"
