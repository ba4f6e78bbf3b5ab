"""What a project's model calls brought: tokens generated, reused and wasted, and money.

Generated: what the Reasoner wrote, as its server counted it. Reused: what stood before the cuts of
later branches, and so was not written again. Tried: what trials of hints wrote; a trial that was
accepted is one no more. Wasted: what stands behind cuts, on branches that were set aside, or in a
reply that was stopped or broke off, and so in no step. Of an imported trace only what was written
here counts.
"""

from typing import NamedTuple

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from app.core.trace import FAILURES
from app.db.queries.branches import is_newest
from app.db.tables import Branch, Trace, Usage


class Economy(NamedTuple):
    """Tokens, and `cost` in the money of the project's prices.

    `prompt` and its part `cached` were read by the Reasoner; `intervener` were read and written.
    """

    generated: int
    reused: int
    tried: int
    wasted: int
    prompt: int
    cached: int
    intervener: int
    cost: float


def economy_of(session: Session, project_id: int) -> Economy:
    """What the whole project has used so far."""
    here = Usage.project_id == project_id
    reasoner = here & (Usage.role == "reasoner")
    written, reused = _branch_tokens(session, project_id, Branch.number.is_not(None))
    return Economy(
        generated=_sum(session, Usage.completion_tokens, reasoner),
        reused=reused,
        tried=_branch_tokens(session, project_id, Branch.number.is_(None))[0],
        wasted=max(0, written - _standing(session, project_id)) + _dropped(session, project_id),
        prompt=_sum(session, Usage.prompt_tokens, reasoner),
        cached=_sum(session, Usage.cached_tokens, reasoner),
        intervener=_sum(
            session,
            Usage.prompt_tokens + Usage.completion_tokens,
            here & (Usage.role == "intervener"),
        ),
        cost=session.scalar(select(func.sum(Usage.cost)).where(here)) or 0.0,
    )


def _sum(session: Session, what: SQLColumnExpression[int], where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.sum(what)).where(where)) or 0


def _branch_tokens(
    session: Session, project_id: int, which: ColumnElement[bool]
) -> tuple[int, int]:
    """What these branches, written here, hold of their own, and keep from others."""
    query = select(func.sum(Branch.tokens), func.sum(Branch.kept_tokens)).join(Trace)
    ours = query.where(Trace.project_id == project_id, _written_here(), which)
    own, kept = session.execute(ours).one()
    return own or 0, kept or 0


def _standing(session: Session, project_id: int) -> int:
    """The tokens on the paths where people go on: of each trace its newest branch."""
    query = select(func.sum(Branch.tokens + Branch.kept_tokens)).join(Trace)
    newest = query.where(Trace.project_id == project_id, is_newest(), _written_here())
    return session.scalar(newest) or 0


def _dropped(session: Session, project_id: int) -> int:
    """What was written on branches that failed, and that no step of theirs holds."""
    ours = (Usage.project_id == project_id, Usage.role == "reasoner")
    counted = func.sum(Usage.completion_tokens).label("tokens")
    paid = select(Usage.branch_id, counted).where(*ours).group_by(Usage.branch_id).subquery()
    lost = paid.c.tokens - Branch.tokens
    query = select(func.sum(lost)).join_from(Branch, paid, paid.c.branch_id == Branch.id)
    failed = (Branch.outcome.in_(FAILURES), Branch.number.is_not(None), lost > 0)
    return session.scalar(query.where(*failed)) or 0


def _written_here() -> ColumnElement[bool]:
    return Branch.outcome.is_distinct_from("imported")
