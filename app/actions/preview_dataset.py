"""What a dataset would hold, before anything is built: counts, and its first rows."""

from collections import Counter
from collections.abc import Mapping
from itertools import islice

from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.build_dataset import items_of, plan_of
from app.actions.datasets import check_options
from app.core.language import N_
from app.core.model import Frozen
from app.core.options import DatasetOptions
from app.core.roles import Actor
from app.db.tables import Project
from export.build import Chosen
from export.formats import FORMATS
from export.left_out import Reason

FEW = 10


class PreviewRow(Frozen):
    """One row in short; `trace_id` is None for a problem alone, `tokens` as its budget counts."""

    problem_id: int
    trace_id: int | None
    question: str
    split: str
    verdict: str | None
    flaws: tuple[str, ...]
    tokens: int | None


class Preview(Frozen):
    """How many rows there would be, by split and by benchmark ("" names none); what stays out, by
    reason; and the first `FEW` rows. Records over a limit of tokens are found only by building."""

    total: int = Field(examples=[120])
    splits: Mapping[str, int]
    sources: Mapping[str, int]
    left_out: Mapping[Reason, int]
    rows: tuple[PreviewRow, ...]


def preview_dataset(
    session: Session, actor: Actor, project: Project, format: str, options: DatasetOptions
) -> Preview:
    """What these options find now. For reviewers. Raises Invalid as `create_dataset` does."""
    actor.require("reviewer", N_("export"))
    style = FORMATS.make(format)
    check_options(style, options)
    plan = plan_of(session, project, style, options)
    few = plan._replace(chosen=plan.chosen[:FEW], left_out=())
    items = islice(items_of(session, project, few, options), FEW)
    return Preview(
        total=len(plan.chosen),
        splits=dict(Counter(split for _, split, _ in plan.chosen)),
        sources=dict(Counter(each.source or "" for each, _, _ in plan.chosen)),
        left_out=dict(Counter(left.reason for left in plan.left_out)),
        rows=tuple(_short(item) for item in items if isinstance(item, Chosen)),
    )


def _short(chosen: Chosen) -> PreviewRow:
    row, split = chosen
    assert row.lineage
    return PreviewRow(
        problem_id=row.lineage.problem_id,
        trace_id=row.lineage.trace_id,
        question=row.problem.question[:200],
        split=split,
        verdict=row.verdict,
        flaws=tuple(correction.flaw for correction in row.corrections),
        tokens=row.budget.tokens if row.budget else None,
    )
