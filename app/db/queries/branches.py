"""Which branch of a trace is the one where the work goes on, for queries over many traces."""

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from app.db.tables import Branch


def is_newest() -> ColumnElement[bool]:
    """A condition on `Branch`: the newest of its trace's lineage that was not set aside."""
    later = aliased(Branch)
    overtaken = exists().where(
        later.trace_id == Branch.trace_id,
        later.number > Branch.number,
        later.set_aside.is_(False),
    )
    return Branch.number.is_not(None) & Branch.set_aside.is_(False) & ~overtaken
