"""What paths come to: right or wrong before and after hints, hints, tokens, code calls, length."""

from typing import Any, NamedTuple

from sqlalchemy import Select, SQLColumnExpression, case, func, select
from sqlalchemy.orm import Session, aliased

from app.db.queries.branches import is_newest
from app.db.queries.insights.population import is_finished, source, stage
from app.db.tables import Branch, ProblemRow, Trace


class Accuracy(NamedTuple):
    """Of `n` traces of a benchmark, of which hints went into `hinted`, how many were right as the
    Reasoner wrote them and are where people go on now; and the same of the hinted ones alone."""

    source: str
    n: int
    before: int
    after: int
    hinted: int
    hinted_before: int
    hinted_after: int


class Hints(NamedTuple):
    """How many newest branches hold so many hints, and how many of them are golden."""

    hints: int
    n: int
    golden: int


class Share(NamedTuple):
    """How many newest branches with a hint have their share of hint tokens in step `step` of a
    quarter of the budget, counted from 0; and how many of them are golden."""

    step: int
    n: int
    golden: int


class Total(NamedTuple):
    """Hint tokens and counted tokens of many paths together."""

    hint_tokens: int
    tokens: int


def accuracies(session: Session, project_id: int) -> list[Accuracy]:
    """Before and after hints, by benchmark; of traces that ended and whose reference is known."""
    native = aliased(Branch)
    was, is_now = _right(native.grade), _right(Branch.grade)
    hinted = case((Branch.hints > 0, 1), else_=0)
    sums = (was, is_now, hinted, was * hinted, is_now * hinted)
    key = source()
    known = [graded["correct"].as_boolean().is_not(None) for graded in (native.grade, Branch.grade)]
    told: tuple[Any, ...] = (key, func.count(), *(func.sum(each) for each in sums))
    query = (
        select(*told)
        .select_from(Trace)
        .join(Branch, Branch.trace_id == Trace.id)
        .join(native, (native.trace_id == Trace.id) & (native.number == 1))
        .join(ProblemRow, ProblemRow.id == Trace.problem_id)
        .where(Trace.project_id == project_id, is_newest(), is_finished(), *known)
        .group_by(key)
        .order_by(key)
    )
    return [Accuracy(*row) for row in session.execute(query)]


def hints_on_paths(session: Session, project_id: int) -> list[Hints]:
    """How many hints stand on the paths where people go on, or were done."""
    query = _newest(project_id, Branch.hints, func.count(), func.sum(_golden()))
    rows = session.execute(query.group_by(Branch.hints).order_by(Branch.hints))
    return [Hints(*row) for row in rows]


def hint_shares(session: Session, project_id: int, quarter: float, most: int) -> list[Share]:
    """How those with a hint spread over steps of `quarter`; the last step holds all above too."""
    part = Branch.hint_tokens * 1.0 / func.nullif(Branch.path_tokens, 0)
    step = case(*((part <= quarter * (at + 1), at) for at in range(most)), else_=most)
    query = _newest(project_id, step, func.count(), func.sum(_golden()))
    rows = session.execute(query.where(Branch.hints > 0).group_by(step).order_by(step))
    return [Share(*row) for row in rows]


def golden_total(session: Session, project_id: int) -> Total:
    """The tokens of all golden paths together."""
    sums = (func.sum(Branch.hint_tokens), func.sum(Branch.path_tokens))
    row = session.execute(_newest(project_id, *sums).where(Trace.state == "golden")).one()
    return Total(row[0] or 0, row[1] or 0)


def calls_by_stage(session: Session, project_id: int) -> dict[tuple[str, int], int]:
    """How many finished branches of each stage have so many code calls on their path."""
    return _spread(session, project_id, Branch.code_calls)


def tokens_by_stage(session: Session, project_id: int, width: int) -> dict[tuple[str, int], int]:
    """The same for tokens, in steps of `width`, counted from 0."""
    return _spread(session, project_id, Branch.path_tokens // width)


def mean_by_stage(session: Session, project_id: int) -> dict[str, tuple[int, float, float]]:
    """Of each stage: branches, and their mean code calls and tokens."""
    key = stage()
    means = (func.avg(Branch.code_calls), func.avg(Branch.path_tokens))
    query = _finished(project_id, key, func.count(), *means).group_by(key)
    return {row[0]: (row[1], float(row[2]), float(row[3])) for row in session.execute(query)}


def longest(session: Session, project_id: int) -> int:
    """The tokens of the longest path."""
    return session.scalar(_finished(project_id, func.max(Branch.path_tokens))) or 0


def _spread(
    session: Session, project_id: int, what: SQLColumnExpression[Any]
) -> dict[tuple[str, int], int]:
    key = stage()
    query = _finished(project_id, key, what, func.count()).group_by(key, what)
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def _right(grade: Any) -> SQLColumnExpression[int]:
    return case((grade["correct"].as_boolean(), 1), else_=0)


def _golden() -> SQLColumnExpression[int]:
    return case((Trace.state == "golden", 1), else_=0)


def _newest(project_id: int, *columns: Any) -> Select[Any]:
    return _finished(project_id, *columns).where(is_newest())


def _finished(project_id: int, *columns: Any) -> Select[Any]:
    query: Select[Any] = select(*columns).select_from(Trace)
    measured = Branch.path_tokens.is_not(None)
    return query.join(Branch, Branch.trace_id == Trace.id).where(
        Trace.project_id == project_id, is_finished(), measured
    )
