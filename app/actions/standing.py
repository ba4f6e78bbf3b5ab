"""What the queue sorts and filters a trace by, kept on its row: certainty, dispute, model.

`app.actions.facts.refresh_state` keeps it with the state, so whatever changes one keeps all.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.certainty import OpenHint, Said, certainty, disputed
from app.core.proposal import Proposal
from app.core.trials import compare
from app.db.queries.trials import trials_of
from app.db.tables import Branch, Event, ProposalRow, Trace, Verdict

_MODEL = 200


def keep_standing(
    session: Session, trace: Trace, branch: Branch, waiting: Sequence[ProposalRow]
) -> None:
    """Bring a trace's row up to date: `branch` is where the work goes on, `waiting` its hints."""
    correct = branch.grade["correct"] if branch.grade else None
    trace.certainty = certainty(branch.outcome, correct, _hints(session, waiting))
    trace.model = model_of(branch)
    differ = _differ if trace.overlap > 1 else _disputed
    trace.disputed = trace.gold_id is None and differ(session, trace)


def model_of(branch: Branch) -> str:
    """The name of the model that wrote a branch; "" where nothing says it."""
    settings = branch.settings
    name = settings.get("model") or settings.get("reasoner", {}).get("model") or ""
    return str(name)[:_MODEL]


def _hints(session: Session, waiting: Sequence[ProposalRow]) -> list[OpenHint]:
    tried = trials_of(session, [row.id for row in waiting]) if waiting else {}
    hints = []
    for row in waiting:
        proposal = Proposal.model_validate(row.proposal)
        found = compare(tried.get(row.id, ()), proposal.words, proposal.cut)
        hints.append(OpenHint(confidence=proposal.confidence, tried=found.with_hint))
    return hints


def _disputed(session: Session, trace: Trace) -> bool:
    said = _said(session, trace.id)
    return disputed(said, any(not each.reopened for each in said))


def _differ(session: Session, trace: Trace) -> bool:
    """Under overlap: whether all who judge it are done, differ, and nobody has decided it yet."""
    stands = select(Verdict).where(Verdict.trace_id == trace.id, Verdict.withdrawn_at.is_(None))
    verdicts = session.scalars(stands.where(Verdict.gold_id.is_(None))).all()
    done = len(verdicts) >= trace.overlap and not any(each.final for each in verdicts)
    return done and len({each.decision for each in verdicts}) > 1


def _said(session: Session, trace_id: int) -> list[Said]:
    """People's verdicts that stand, or that somebody else reopened, oldest first."""
    rows = select(Verdict).where(Verdict.trace_id == trace_id, Verdict.user_id.is_not(None))
    rows = rows.where(Verdict.gold_id.is_(None))
    verdicts = session.scalars(rows.order_by(Verdict.id)).all()
    reopened = _reopened(session, trace_id) if any(row.withdrawn_at for row in verdicts) else {}
    return [
        Said(person=row.user_id or 0, decision=row.decision, reopened=row.withdrawn_at is not None)
        for row in verdicts
        if row.withdrawn_at is None or reopened.get(f"verdict:{row.id}", row.user_id) != row.user_id
    ]


def _reopened(session: Session, trace_id: int) -> dict[str, int | None]:
    """Who reopened which verdict."""
    events = select(Event).where(Event.trace_id == trace_id, Event.verb == "reopen")
    return {event.subject: event.actor.get("id") for event in session.scalars(events)}
