"""The trials of proposals, for pages, for judging, and for counting what hints bring."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.trace import Cut
from app.core.trials import Trial
from app.db.tables import Branch, TrialRow, Usage


def trials_of(session: Session, proposal_ids: Iterable[int]) -> dict[int, list[Trial]]:
    """The trials of each of these proposals that was tried, oldest first.

    `app.core.trials.compare` with a proposal's first words and cut says what they found.
    """
    query = (
        select(TrialRow, Branch, func.coalesce(func.sum(Usage.cost), 0.0))
        .join(Branch, Branch.id == TrialRow.branch_id)
        .outerjoin(Usage, Usage.branch_id == Branch.id)
        .where(TrialRow.proposal_id.in_(list(proposal_ids)))
        .group_by(TrialRow.id, Branch.id)
        .order_by(TrialRow.id)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[Trial]] = {}
    for row, branch, cost in session.execute(query):
        found.setdefault(row.proposal_id, []).append(_trial(row, branch, cost))
    return found


def _trial(row: TrialRow, branch: Branch, cost: float) -> Trial:
    return Trial(
        id=row.id,
        branch_id=branch.id,
        words=row.words,
        cut=Cut(step=branch.cut_step or 0, offset=branch.cut_offset or 0),
        outcome=branch.outcome,
        correct=branch.grade["correct"] if branch.grade else None,
        free=branch.trial and not branch.set_aside,
        tokens=branch.tokens,
        cost=cost,
    )
