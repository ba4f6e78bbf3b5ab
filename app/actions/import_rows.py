"""One row of an imported file into the database: a problem, or a finished trace."""

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.close_branch import close_branch
from app.actions.keep_annotations import keep_annotations
from app.actions.record import WORKER, from_to, record
from app.actions.record_reference import record_change, regrade_traces, set_reference
from app.actions.sketches import keep_sketch
from app.actions.slots import add_slots
from app.core.answer import Reference
from app.core.fields import BadField, FieldName, ProblemDraft, problem_from_row
from app.core.imported import TraceDraft, trace_from_row
from app.core.language import _
from app.core.roles import Actor
from app.db.convert import add_steps
from app.db.queries.dataset_candidates import IMPORT
from app.db.tables import Branch, ProblemRow, ReferenceChange, Trace

Added = Literal["imported", "unchanged"]


def take_problem(
    session: Session,
    actor: Actor,
    project_id: int,
    row: Mapping[str, Any],
    mapping: Mapping[FieldName, str],
) -> Added:
    """Add the problem of a row, or its reference where none was known. Raises BadField."""
    draft = problem_from_row(row, mapping)
    known = _known(session, project_id, draft)
    if known is None:
        _add(session, actor, project_id, draft)
        return "imported"
    reference = draft.reference.model_dump(mode="json")
    if draft.reference.kind == "unknown" or reference in _history(session, known):
        return "unchanged"
    if known.reference["kind"] != "unknown":
        raise BadField(
            _(
                "The problem is known with another reference; if this one is right, "
                "record it on the problem's page."
            )
        )
    before = known.reference
    change = set_reference(session, known, reference, IMPORT, "from an imported file")
    record_change(session, actor, "record_reference", known, before, change)
    regrade_traces(session, WORKER, known)
    return "imported"


def take_trace(
    session: Session,
    actor: Actor,
    project_id: int,
    row: Mapping[str, Any],
    mapping: Mapping[FieldName, str],
) -> Added:
    """Add the finished trace of a row, and its problem where it is new.

    Of a trace that is there, what was annotated elsewhere since is added. Raises BadField.
    """
    draft = trace_from_row(row, mapping)
    text = "".join(step.text for step in draft.steps)
    key = _hash(f"{draft.problem.question}\0{text}")
    known = session.scalar(select(Trace).where(Trace.project_id == project_id, Trace.key == key))
    trace = known or _add_trace(session, actor, project_id, key, draft)
    new = keep_annotations(session, actor, trace, draft.annotations)
    return "imported" if known is None or new else "unchanged"


def _add_trace(
    session: Session, actor: Actor, project_id: int, key: str, draft: TraceDraft
) -> Trace:
    problem = _known(session, project_id, draft.problem)
    problem = problem or _add(session, actor, project_id, draft.problem)
    trace = Trace(project_id=project_id, problem=problem, key=key, origin="imported")
    session.add(trace)
    session.flush()
    add_slots(session, trace)
    _add_branch(session, trace, draft)
    place = {"project_id": project_id, "trace_id": trace.id, "problem": problem.id}
    record(session, actor, "import_trace", f"trace:{trace.id}", **place)
    return trace


def _add_branch(session: Session, trace: Trace, draft: TraceDraft) -> None:
    settings = {"model": draft.model, "system": draft.system, "continuation": "imported"}
    branch = Branch(trace=trace, number=1, settings=settings, answer=draft.answer)
    session.add(branch)
    session.flush()
    add_steps(session, branch, draft.steps)
    close_branch(session, branch, "imported")


def _known(session: Session, project_id: int, draft: ProblemDraft) -> ProblemRow | None:
    key = _hash(draft.question)
    return session.scalar(
        select(ProblemRow).where(ProblemRow.project_id == project_id, ProblemRow.key == key)
    )


def _add(session: Session, actor: Actor, project_id: int, draft: ProblemDraft) -> ProblemRow:
    fields = draft.model_dump(mode="json", exclude={"reference"})
    reference = draft.reference.model_dump(mode="json")
    problem = ProblemRow(
        project_id=project_id, key=_hash(draft.question), reference=reference, **fields
    )
    session.add(problem)
    session.flush()
    keep_sketch(session, problem)
    set_reference(session, problem, reference, IMPORT, "as imported")
    told, subject = from_to({}, {"reference": reference}), f"problem:{problem.id}"
    record(session, actor, "import_problem", subject, project_id=project_id, **told)
    return problem


def _history(session: Session, problem: ProblemRow) -> list[dict[str, Any]]:
    """Every reference that the problem ever had, in canonical form."""
    rows = session.scalars(
        select(ReferenceChange.reference).where(ReferenceChange.problem_id == problem.id)
    )
    return [Reference.model_validate(row).model_dump(mode="json") for row in rows]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
