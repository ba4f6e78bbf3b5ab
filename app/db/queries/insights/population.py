"""Which branches the insights are about, and what they are told apart by."""

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    SQLColumnExpression,
    TypeDecorator,
    case,
    exists,
    func,
    literal,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from app.core.trace import FAILURES
from app.db.tables import Branch, ProblemRow, ProposalRow, Review

NO_SOURCE = ""
"""The source of a problem that names none."""


def is_finished() -> ColumnElement[bool]:
    """A condition on `Branch`: of a lineage, not set aside, and heard to its end."""
    return (
        Branch.number.is_not(None)
        & Branch.set_aside.is_(False)
        & Branch.outcome.is_not(None)
        & Branch.outcome.not_in(sorted(FAILURES))
    )


def is_looked_at() -> ColumnElement[bool]:
    """A condition on `Branch`: somebody looked for flaws in it, a person or another source."""
    # Another name: the query around it may be about proposals too.
    proposal = aliased(ProposalRow)
    reviewed = exists().where(Review.branch_id == Branch.id, Review.failure == "")
    proposed = exists().where(proposal.branch_id == Branch.id)
    return reviewed | proposed


def stage() -> SQLColumnExpression[str]:
    """`native`, `hinted`, `sft` or `rl`; `mixed` for a hinted path of a trained Reasoner."""
    hinted = func.coalesce(Branch.hints, 0) > 0
    return case(
        (hinted & (Branch.stage == "base"), literal("hinted")),
        (hinted, literal("mixed")),
        (Branch.stage == "base", literal("native")),
        else_=Branch.stage,
    )


def source() -> SQLColumnExpression[str]:
    """The benchmark that a problem comes from."""
    return func.coalesce(ProblemRow.source, NO_SOURCE)


class _IsoDate(TypeDecorator[date]):
    """A day, which SQLite's date() gives as text."""

    impl = Date
    cache_ok = True

    def process_result_value(self, value: Any | None, dialect: Any) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        return lambda value: self.process_result_value(value, dialect)


class utc_day(FunctionElement[date]):  # noqa: N801, named as SQL functions are
    """The day of a moment, in UTC."""

    name = "utc_day"
    type = _IsoDate()
    inherit_cache = True


@compiles(utc_day, "sqlite")
def _sqlite_day(element: Any, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)})"


@compiles(utc_day, "postgresql")
def _postgresql_day(element: Any, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} AT TIME ZONE 'UTC')::date"
