"""Rows to core types and back: the only place that knows both.

Promises: `path_of` gives the whole path of a branch, to the byte, by the same splice that a browser
or an export uses.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.core.annotation import Annotation
from app.core.answer import Reference, Tolerance
from app.core.budget import reasoner_tokens
from app.core.problem import Problem
from app.core.splice import before
from app.core.trace import Cut, Step
from app.db.tables import Branch, ImportedAnnotation, ProblemRow, StepRow


def step_of(row: StepRow) -> Step:
    """A stored step as the core's."""
    return Step(
        kind=row.kind,
        author=row.author,
        text=row.text,
        token_ids=tuple(row.token_ids) if row.token_ids is not None else None,
        tokens=row.tokens,
        mark=row.mark,
    )


def row_of(step: Step, branch_id: int, number: int, proposal_id: int | None = None) -> StepRow:
    """A step of the core as the `number`th of a branch."""
    return StepRow(
        branch_id=branch_id,
        number=number,
        proposal_id=proposal_id,
        **step.model_dump(exclude={"token_ids"}),
        token_ids=list(step.token_ids) if step.token_ids is not None else None,
    )


def add_steps(session: Session, branch: Branch, steps: Iterable[Step]) -> list[StepRow]:
    """Append steps to a branch, count the Reasoner's tokens, and give the rows, with ids."""
    steps, first = tuple(steps), len(branch.steps)
    rows = [row_of(step, branch.id, first + at) for at, step in enumerate(steps)]
    branch.steps.extend(rows)
    branch.tokens += reasoner_tokens(steps)
    session.flush()
    return rows


def cut_of(branch: Branch) -> Cut | None:
    """Where a branch leaves its parent's path; None for a root."""
    if branch.cut_step is None:
        return None
    return Cut(step=branch.cut_step, offset=branch.cut_offset or 0)


def root_of(branch: Branch) -> Branch:
    """Where a branch's line began; its programs are executed again with that one's seed."""
    while branch.parent is not None:
        branch = branch.parent
    return branch


def located_path(branch: Branch) -> list[tuple[Step, StepRow]]:
    """The path of a branch, each step with the row that it comes from, cut steps included."""
    cut = cut_of(branch)
    own = [(step_of(row), row) for row in branch.steps]
    if branch.parent is None or cut is None:
        return own
    inherited = located_path(branch.parent)
    kept = before([step for step, _ in inherited], cut)
    rows = [row for _, row in inherited]
    return [*zip(kept, rows, strict=False), *own]


def path_of(branch: Branch) -> tuple[Step, ...]:
    """The steps of a branch with its ancestors' up to the cuts."""
    return tuple(step for step, _ in located_path(branch))


def problem_of(row: ProblemRow) -> Problem:
    """A stored problem as the core's."""
    return Problem(
        question=row.question,
        reference=Reference.model_validate(row.reference),
        tolerance=Tolerance.model_validate(row.tolerance) if row.tolerance else None,
        asks=row.asks,
        external_id=row.external_id,
        source=row.source,
        difficulty=row.difficulty,
        tags=tuple(row.tags),
        language=row.language,
    )


def annotation_of(row: ImportedAnnotation) -> Annotation:
    """What somebody said elsewhere, as the core's."""
    named = {name: getattr(row, name) for name in Annotation.model_fields.keys() - {"who"}}
    return Annotation(**named, who=row.actor_name)


def annotation_row(annotation: Annotation, trace_id: int) -> ImportedAnnotation:
    """It as a row of its trace."""
    said = annotation.model_dump(exclude={"who"})
    return ImportedAnnotation(trace_id=trace_id, actor_name=annotation.who, **said)
