"""What became, since it was asked for, of the traces that a built dataset was made of."""

import json
from collections.abc import Iterator

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app.actions.datasets import folder_of
from app.db.tables import Dataset, Trace, Verdict
from app.settings import Settings


def taken_back_since(session: Session, settings: Settings, dataset: Dataset) -> tuple[int, ...]:
    """The traces in it whose verdict was taken back and not given again, by their ids.

    The files are read only where any verdict of the project was. None while it is not built.
    """
    if not dataset.fingerprint or not (branches := _without_verdict(session, dataset)):
        return ()
    file = folder_of(settings, dataset) / "lineage.jsonl"
    with file.open(encoding="utf-8") as lines:
        return tuple(sorted(set(_traces(lines, branches))))


def _without_verdict(session: Session, dataset: Dataset) -> set[int]:
    standing = aliased(Verdict)
    again = exists().where(
        standing.branch_id == Verdict.branch_id,
        standing.decision == Verdict.decision,
        standing.withdrawn_at.is_(None),
    )
    taken_back = Verdict.withdrawn_at > dataset.created_at
    query = select(Verdict.branch_id).join(Trace, Trace.id == Verdict.trace_id)
    return set(
        session.scalars(query.where(Trace.project_id == dataset.project_id, taken_back, ~again))
    )


def _traces(lines: Iterator[str], branches: set[int]) -> Iterator[int]:
    for line in lines:
        told = json.loads(line)
        if told["branch_ids"] and told["branch_ids"][-1] in branches:
            yield told["trace_id"]
