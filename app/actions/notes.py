"""Trying something beside a step of a trace: a cell of code, or a model solved with changes.

Promises: what comes of it is a note, never a part of the trace; the same asked twice by one person
while it stands is one note; a person has a few running at a time. Its author can stop and withdraw
it, and the events stay.
"""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.actions.facts import ACTIVE
from app.actions.record import WORKER, from_to, get, lock_trace, record_on_trace
from app.actions.work import put
from app.core.errors import Invalid, Refused
from app.core.language import N_, _
from app.core.note import MAX_CODE, Cell, NoteState, OtherModel
from app.core.roles import Actor
from app.core.solved import Changes, Examination, changed, compare
from app.db.convert import located_path
from app.db.session import rows_changed
from app.db.tables import Branch, ExecutionRow, Job, Note, SolveRow, StepRow, User
from app.db.types import now

TRYING = N_("try something beside a trace")
RUNNING = 3
"""How many of a person's notes may wait or run at a time."""


def try_code(session: Session, actor: Actor, branch_id: int, step_id: int, code: str) -> Note:
    """Have `code` executed where the blocks before a step have left off. For annotators.

    Raises Invalid for code that can't be, Refused where the step is none of the branch's.
    """
    branch, step = _place(session, actor, branch_id, step_id)
    if step.kind == "output":
        raise Refused(_("An output is the sandbox’s: open a cell on its program, or behind it."))
    if not code.strip() or len(code) > MAX_CODE or "\0" in code:
        raise Invalid(_("A cell has 1 to %(most)s characters of code.", most=MAX_CODE))
    return _ask(session, actor, branch, step_id, Cell(code=code))


def try_model(
    session: Session, actor: Actor, branch_id: int, solve_id: int, changes: Changes
) -> Note:
    """Have the model of a solve solved with changes, and as it is. For annotators.

    Raises Invalid for changes that change nothing or can't be, Refused where it was not examined.
    """
    solve = get(session, SolveRow, solve_id)
    step_id = get(session, ExecutionRow, solve.execution_id).step_id
    branch, _step = _place(session, actor, branch_id, step_id)
    model = Examination.model_validate(solve.examination or {}).model
    if model is None:
        raise Refused(_("This model could not be read, so nothing in it can be changed."))
    differences = compare(model, changed(model, changes))
    if not differences:
        raise Invalid(_("Nothing is changed: give a number or a kind that differs."))
    asked = OtherModel(solve_id=solve_id, changes=changes, differences=differences)
    return _ask(session, actor, branch, step_id, asked)


def stop_note(session: Session, actor: Actor, note_id: int) -> None:
    """Stop what is being tried; for its author alone. Raises Refused where it ended."""
    note = _own(session, actor, note_id)
    working = (Job.note_id == note.id, Job.state.in_(ACTIVE))
    if not rows_changed(session, update(Job).where(*working).values(state="cancelled", lease=None)):
        raise Refused(_("It has ended already."))
    session.refresh(note)
    before, note.state, note.ended_at = note.state, "stopped", now()
    _record(session, actor, "stop_note", note, before)


def withdraw_note(session: Session, actor: Actor, note_id: int) -> None:
    """Take one's note off the pages; for its author alone. Raises Refused while it runs."""
    note = _own(session, actor, note_id)
    session.refresh(note, with_for_update=True)
    if note.state == "waiting":
        raise Refused(_("It is still running: stop it first."))
    if note.withdrawn_at is None:
        note.withdrawn_at = now()
        _record(session, actor, "withdraw_note", note, note.state)


def fail_note(session: Session, note_id: int, reason: str) -> None:
    """Record why nothing was found, and tell open pages; it can be asked again."""
    end_note(session, note_id, "failed", error=reason)


def end_note(session: Session, note_id: int, state: NoteState, **result: object) -> None:
    """Write what came of a note, for the worker that holds its job, and tell open pages."""
    note = get(session, Note, note_id)
    before, note.state, note.ended_at = note.state, state, now()
    for name, value in result.items():
        setattr(note, name, value)
    _record(session, WORKER, "end_note", note, before)


def _place(session: Session, actor: Actor, branch_id: int, step_id: int) -> tuple[Branch, StepRow]:
    actor.require("annotator", TRYING)
    branch = get(session, Branch, branch_id)
    rows = (row for _step, row in located_path(branch))
    step = next((row for row in rows if row.id == step_id), None)
    if step is None:
        raise Refused(_("There is no such step on this branch."))
    return branch, step


def _ask(
    session: Session, actor: Actor, branch: Branch, step_id: int, asked: Cell | OtherModel
) -> Note:
    """Queue it, or give the note of this person's that asks for the very same."""
    # Two at once count each other; a key share leaves alone who only refers to the person.
    person = select(User.id).where(User.id == actor.id)
    session.execute(person.with_for_update(key_share=True))
    lock_trace(session, branch.trace_id)
    told = asked.model_dump(mode="json")
    if known := _known(session, actor, step_id, told):
        return known
    if actor.id is not None and _running(session, actor) >= RUNNING:
        raise Refused(_("%(most)s of yours are running: wait for one to end.", most=RUNNING))
    note = Note(
        trace_id=branch.trace_id,
        branch_id=branch.id,
        step_id=step_id,
        user_id=actor.id,
        actor=actor.signature,
        asked=told,
    )
    session.add(note)
    session.flush()
    place = {"project_id": branch.trace.project_id, "note_id": note.id}
    put(session, Job(**place, kind="note", queue="execution"))
    _record(session, actor, "try_beside", note, None)
    return note


def _known(session: Session, actor: Actor, step_id: int, told: dict[str, object]) -> Note | None:
    """The newest note of this person at this step, if it asks for this and tells or will."""
    newest = session.scalars(
        select(Note)
        .where(Note.step_id == step_id, Note.user_id == actor.id, Note.withdrawn_at.is_(None))
        .order_by(Note.id.desc())
    ).first()
    stands = newest is not None and newest.state in ("waiting", "done") and newest.asked == told
    return newest if stands else None


def _running(session: Session, actor: Actor) -> int:
    waiting = select(func.count()).select_from(Note)
    return session.scalar(waiting.where(Note.user_id == actor.id, Note.state == "waiting")) or 0


def _own(session: Session, actor: Actor, note_id: int) -> Note:
    actor.require("annotator", N_("change a note"))
    note = get(session, Note, note_id)
    if note.user_id != actor.id:
        raise Refused(_("This is somebody else’s note."))
    return note


def _record(session: Session, actor: Actor, verb: str, note: Note, before: str | None) -> None:
    trace = get(session, Branch, note.branch_id).trace
    place = {"branch": note.branch_id, "step": note.step_id}
    after = "withdrawn" if note.withdrawn_at else note.state
    told = from_to({"state": before}, {"state": after})
    record_on_trace(session, actor, verb, f"note:{note.id}", trace, **place, **told)
