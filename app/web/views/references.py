"""What is known of a problem's reference: where it came from, who questions it, what speaks
against it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from app.core.answer import Reference
from app.core.model import Frozen
from app.core.suspect import Suspicion, Witness
from app.db.queries.problems import doubts_of, references_of
from app.db.tables import Doubt, ProblemRow, ReferenceChange
from app.web.views.words import reference_words


class HistoryLine(Frozen):
    """A reference that was recorded or confirmed, or a doubt; with who, when and why.

    A doubt is `open`, `taken_back` or answered. `value` sets an earlier reference again; `doubt_id`
    is set where the reader may take it back.
    """

    what: Literal["recorded", "confirmed", "questioned"]
    reference: str = ""
    value: str = ""
    reason: str
    by: str
    at: datetime
    open: bool = False
    taken_back: bool = False
    doubt_id: int | None = None


class WitnessLine(Frozen):
    """A verified answer, and where to read it."""

    trace_id: int
    branch_id: int
    branch_number: int
    answer: str


class SuspicionView(Frozen):
    """The independent answers against a reference, and how many verified ones agree with it."""

    witnesses: tuple[WitnessLine, ...]
    answer: str
    agreeing: int


def history_of(session: Session, row: ProblemRow, user_id: int | None) -> tuple[HistoryLine, ...]:
    """Everything that was said of a problem's reference, newest first."""
    changes = references_of(session, row.id)
    lines = [_change(each, row) for each in changes]
    lines += [_doubt(each, user_id) for each in doubts_of(session, row.id)]
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))


def suspicion_view(found: Suspicion | None) -> SuspicionView | None:
    """Why a reference is suspect, or None where it is not."""
    if found is None:
        return None
    return SuspicionView(
        witnesses=_witnesses(found.against),
        answer=found.against[0].answer.text,
        agreeing=found.agreeing,
    )


def _witnesses(against: Sequence[Witness]) -> tuple[WitnessLine, ...]:
    return tuple(
        WitnessLine(
            trace_id=each.trace_id,
            branch_id=each.branch_id,
            branch_number=each.branch_number,
            answer=each.answer.text,
        )
        for each in against
    )


def _change(change: ReferenceChange, row: ProblemRow) -> HistoryLine:
    earlier = change.reference != row.reference and change.reference["kind"] != "unknown"
    return HistoryLine(
        what="confirmed" if change.confirms else "recorded",
        reference=reference_words(change.reference),
        value=Reference.model_validate(change.reference).text if earlier else "",
        reason=change.reason,
        by=change.actor_name,
        at=change.at,
    )


def _doubt(doubt: Doubt, user_id: int | None) -> HistoryLine:
    taken_back = doubt.withdrawn_at is not None
    is_open = doubt.answered_by is None and not taken_back
    return HistoryLine(
        what="questioned",
        reason=doubt.reason,
        by=doubt.actor_name,
        at=doubt.at,
        open=is_open,
        taken_back=taken_back,
        doubt_id=doubt.id if is_open and doubt.user_id == user_id else None,
    )
