"""What a deed on many traces needs to know of each: some hundreds at a time."""

from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.bulk import Target
from app.db.queries.assigning import given
from app.db.queries.gold import state_for
from app.db.tables import Bulk, Claim, Trace
from app.db.types import now

_AT_ONCE = 500


def targets_of(session: Session, ids: Sequence[int], user_id: int | None) -> Iterator[Target]:
    """The traces of these ids that are there, in the ids' order, as they stand for this person."""
    left = iter(ids)
    while some := list(islice(left, _AT_ONCE)):
        holders = _holders(session, some, user_id)
        stands = state_for(user_id).label("state")
        query = select(Trace.id, Trace.problem_id, stands, given().label("given"))
        query = query.where(Trace.id.in_(some))
        rows = {row.id: row for row in session.execute(query)}
        for row in (rows[each] for each in some if each in rows):
            held_by = holders.get(row.id, set())
            others = bool(held_by - {user_id})
            yield Target(row.id, row.problem_id, row.state, bool(held_by), others, row.given)


def count_chosen(session: Session, bulk_id: int) -> int:
    """How many traces a plan is about, counted by the database."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    length = func.json_array_length if sqlite else func.jsonb_array_length
    counted: int = session.scalars(select(length(Bulk.trace_ids)).where(Bulk.id == bulk_id)).one()
    return counted


def of_project(session: Session, project_id: int, ids: Sequence[int]) -> list[int]:
    """Those of the ids that are traces of the project, each once, oldest first.

    In one order, so that two who do something to the same traces wait for each other and no more.
    """
    known: set[int] = set()
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        query = select(Trace.id).where(Trace.id.in_(some), Trace.project_id == project_id)
        known.update(session.scalars(query))
    return sorted(known)


def _holders(
    session: Session, ids: Sequence[int], user_id: int | None
) -> dict[int, set[int | None]]:
    found: dict[int, set[int | None]] = {}
    held = select(Claim.trace_id, Claim.user_id).where(Claim.user_id.is_not(None))
    held = held.where(Claim.gold_id.is_(None) | (Claim.user_id == user_id))
    for trace_id, user_id in session.execute(
        held.where(Claim.trace_id.in_(ids), Claim.until > now())
    ):
        found.setdefault(trace_id, set()).add(user_id)
    return found
