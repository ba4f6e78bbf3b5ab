"""Which branches of a trace count, for queries over many traces: the newest, and those to show."""

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import aliased

from app.core.lifecycle import SETTLED
from app.db.tables import Branch, ProposalRow, Trace


def is_newest() -> ColumnElement[bool]:
    """A condition on `Branch`: the newest of its trace's lineage that was not set aside."""
    later = aliased(Branch)
    overtaken = exists().where(
        later.trace_id == Branch.trace_id,
        later.number > Branch.number,
        later.set_aside.is_(False),
    )
    return Branch.number.is_not(None) & Branch.set_aside.is_(False) & ~overtaken


def is_shown() -> ColumnElement[bool]:
    """A condition on `Branch`, joined with its `Trace`: lists and searches may show it to anybody.

    Under overlap what one person did is not for the others before the trace is settled.
    """
    return or_(Branch.owner_id.is_(None), Trace.state.in_(SETTLED))


def is_anybodys() -> ColumnElement[bool]:
    """The same of a `ProposalRow`: what a person proposed themselves is their own."""
    by_person = ProposalRow.proposal["source"]["kind"].as_string() == "person"
    alone = (Trace.overlap == 1) & Trace.gold_id.is_(None)
    return or_(~by_person, alone, Trace.state.in_(SETTLED))
