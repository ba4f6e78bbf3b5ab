"""Choosing what a dataset holds: golden branches, or problems with a known reference, as rows.

Promises: rows stream in the order of their ids, so the same selection has the same fingerprint; a
branch counts only while its answer is right against the newest reference.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Select, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from app.actions.facts import grade_of, lineage
from app.actions.projects import limits_of, prompts_of
from app.actions.record import get
from app.core.budget import measure
from app.core.flaws import Taxonomy
from app.core.model import Frozen
from app.core.trace import Step
from app.db.convert import located_path, problem_of
from app.db.tables import (
    Branch,
    Judgement,
    ProblemRow,
    Project,
    ProposalRow,
    StepRow,
    Trace,
    Verdict,
)
from export.manifest import Person
from export.masks import MaskPolicy
from export.rows import HintNote, Lineage, Row, RowProblem, segments_of


class DatasetOptions(Frozen):
    """What goes in: what people called golden, or policies and scripts too; all golden branches of
    a trace or its newest; hints trained on or not; for a format of problems, only those with a
    golden trace or all with a known reference."""

    any_actor: bool = False
    all_branches: bool = False
    golden_problems: bool = False
    masks: MaskPolicy = MaskPolicy()


def golden_rows(session: Session, project_id: int, options: DatasetOptions) -> Iterator[Row]:
    """The golden paths of a project; the session forgets each row behind it."""
    project = get(session, Project, project_id)
    max_hints, taxonomy = limits_of(project).max_hints, Taxonomy.model_validate(project.taxonomy)
    for branch_id in session.scalars(_branch_ids(project_id, options)).all():
        branch = get(session, Branch, branch_id)
        grade = grade_of(branch)
        if grade.correct:
            path = located_path(branch)
            steps = [step for step, _ in path]
            yield Row(
                id=f"trace-{branch.trace_id}-branch-{branch.id}",
                **_asked(branch.trace.problem),
                system=branch.settings.get("system") or "",
                segments=segments_of(steps, options.masks),
                hints=tuple(_hint_notes(session, path, taxonomy)),
                lineage=_lineage(branch, project.slug),
                grade=grade,
                budget=measure(steps, max_hints),
            )
        session.expunge_all()


def problem_rows(session: Session, project_id: int, options: DatasetOptions) -> Iterator[Row]:
    """The problems of a project with a known reference, without a path."""
    project = get(session, Project, project_id)
    system = prompts_of(project).for_reasoner.text
    problems = select(ProblemRow).where(ProblemRow.project_id == project_id)
    if options.golden_problems:
        problems = problems.where(ProblemRow.id.in_(_golden(Trace.problem_id, project_id, options)))
    for problem in session.scalars(problems.order_by(ProblemRow.id)).yield_per(100):
        if problem_of(problem).reference.kind != "unknown":
            yield Row(
                id=f"problem-{problem.id}",
                **_asked(problem),
                system=system,
                lineage=Lineage(project=project.slug, problem_id=problem.id),
            )


def people_of(session: Session, project_id: int, options: DatasetOptions) -> tuple[Person, ...]:
    """How much each person decided about the golden traces of a project, by number, not name."""
    traces = _golden(Trace.id, project_id, options)
    verdicts = select(Verdict.user_id, func.count()).where(
        Verdict.trace_id.in_(traces), Verdict.withdrawn_at.is_(None)
    )
    judgements = select(Judgement.user_id, func.count()).where(
        Judgement.trace_id.in_(traces), Judgement.undone_at.is_(None)
    )
    gave, judged = (
        {user_id: n for user_id, n in session.execute(query.group_by(table.user_id)) if user_id}
        for query, table in ((verdicts, Verdict), (judgements, Judgement))
    )
    return tuple(
        Person(
            name=f"person-{number}",
            verdicts=gave.get(user_id, 0),
            judgements=judged.get(user_id, 0),
        )
        for number, user_id in enumerate(sorted(gave.keys() | judged.keys()), 1)
    )


def _branch_ids(project_id: int, options: DatasetOptions) -> Select[int]:
    """The golden branches, or of each trace the one that was called golden last."""
    if options.all_branches:
        return (
            _golden(Verdict.branch_id, project_id, options).distinct().order_by(Verdict.branch_id)
        )
    newest = _golden(func.max(Verdict.id), project_id, options).group_by(Verdict.trace_id)
    return select(Verdict.branch_id).where(Verdict.id.in_(newest)).order_by(Verdict.branch_id)


def _golden(
    what: SQLColumnExpression[int], project_id: int, options: DatasetOptions
) -> Select[int]:
    found = (
        select(what)
        .select_from(Verdict)
        .join(Trace, Trace.id == Verdict.trace_id)
        .where(
            Trace.project_id == project_id,
            Verdict.decision == "golden",
            Verdict.withdrawn_at.is_(None),
            Trace.state == "golden",  # under overlap, not before all of it is settled
        )
    )
    return found if options.any_actor else found.where(Verdict.user_id.is_not(None))


def _asked(row: ProblemRow) -> dict[str, object]:
    problem = problem_of(row)
    asked = RowProblem(
        question=problem.question, source=problem.source, external_id=problem.external_id
    )
    return {"problem": asked, "reference": problem.reference}


def _lineage(branch: Branch, project: str) -> Lineage:
    branch_ids = tuple(branch_id for branch_id, _ in lineage(branch))
    return Lineage(
        project=project,
        problem_id=branch.trace.problem_id,
        trace_id=branch.trace_id,
        branch_ids=branch_ids[::-1],
        model=branch.settings.get("model"),
    )


def _hint_notes(
    session: Session, path: Sequence[tuple[Step, StepRow]], taxonomy: Taxonomy
) -> Iterator[HintNote]:
    for at, (_, step) in enumerate(path):
        if step.proposal_id is None:
            continue
        proposal = get(session, ProposalRow, step.proposal_id)
        flaw = taxonomy.get(proposal.flaw)
        yield HintNote(
            segment=at,
            flaw=proposal.flaw,
            group=flaw.group if flaw else "",
            taxonomy=proposal.taxonomy_version,
            source=proposal.proposal["source"]["kind"],
            edited=proposal.state == "edited",
        )
