"""Who decided about the rows of a dataset, by number, and what its benchmarks say of their use."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.actions.choose_rows import Plan
from app.core.fields import plain_name
from app.db.queries.benchmarks import licences
from app.db.queries.dataset_candidates import Candidate
from app.db.queries.gold import measured
from app.db.tables import Judgement, Verdict
from export.manifest import Person, Source

_CHUNK = 500


def people_of(session: Session, plan: Plan) -> tuple[Person, ...]:
    """How much each person decided about the chosen traces, by number and not by name."""
    traces = sorted({each.trace_id for each, _, _ in plan.chosen if isinstance(each, Candidate)})
    verdicts = _by_person(session, _given(), traces, Verdict.trace_id)
    judgements = _by_person(session, _judged(), traces, Judgement.trace_id)
    return tuple(
        Person(
            name=f"person-{number}",
            verdicts=verdicts.get(user_id, 0),
            judgements=judgements.get(user_id, 0),
        )
        for number, user_id in enumerate(sorted(verdicts.keys() | judgements.keys()), 1)
    )


def sources_of(session: Session, plan: Plan) -> tuple[Source, ...]:
    """What is known of the benchmarks that the problems come from."""
    names = {each.source for each, _, _ in plan.chosen if each.source}
    known = licences(session)
    return tuple(
        Source(name=name, **(found._asdict() if found else {}))
        for name in sorted(names)
        for found in [known.get(plain_name(name))]
    )


def _given() -> Select[*tuple[Any, ...]]:
    query = select(Verdict.user_id, func.count()).where(Verdict.withdrawn_at.is_(None))
    query = query.where(Verdict.gold_id.is_(None))
    return query.where(Verdict.user_id.is_not(None)).group_by(Verdict.user_id)


def _judged() -> Select[*tuple[Any, ...]]:
    query = select(Judgement.user_id, func.count()).where(Judgement.undone_at.is_(None))
    query = query.where(~measured(Judgement))
    return query.where(Judgement.user_id.is_not(None)).group_by(Judgement.user_id)


def _by_person(
    session: Session, query: Select[*tuple[Any, ...]], traces: Sequence[int], column: Any
) -> dict[int, int]:
    found: dict[int, int] = {}
    for at in range(0, len(traces), _CHUNK):
        for user_id, many in session.execute(query.where(column.in_(traces[at : at + _CHUNK]))):
            found[user_id] = found.get(user_id, 0) + many
    return found
