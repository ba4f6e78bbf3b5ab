"""What is tried from a step of a trace: a cell of code, a changed model, sampling again from there.

Promises: the forms open in the page, or on a page of their own without JavaScript; what comes of
them is shown by the trace's own regions.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from app.actions.notes import TRYING, stop_note, try_code, try_model, withdraw_note
from app.actions.sample_again import sample_again
from app.core.errors import NotFound
from app.core.language import _
from app.core.solved import SolvedModel
from app.db.tables import Note
from app.web.changes import ChangeForm, change_form, changes_from
from app.web.deps import Db, Here, Show, Showing
from app.web.templates import is_htmx
from app.web.views.desk import Desk, load_desk
from app.web.views.model import solvable_model
from app.web.views.scratch import change_view, scratch_view
from app.web.workbench import DECIDING, Deed, Doing, Words, context_of, unix

router = APIRouter(prefix="/p/{slug}/traces/{trace_id}")
Number = Annotated[int, Form()]


@router.get("/scratch")
def cell(
    show: Showing,
    session: Db,
    here: Here,
    trace_id: int,
    branch: int | None = None,
    step: int = 0,
) -> Response:
    """A cell beside the step of this row."""
    here.actor.require("annotator", TRYING)
    desk = load_desk(session, here, trace_id, branch)
    view = scratch_view(desk, step)
    title = _("Scratch cell beside step %(step)s", step=view.step)
    return _form(show, here, desk, "scratch", title, view)


@router.get("/scratch/model")
def model_form(
    show: Showing,
    session: Db,
    here: Here,
    trace_id: int,
    branch: int | None = None,
    solve: int = 0,
    q: str = "",
) -> Response:
    """The numbers of a model as solved, to be changed."""
    here.actor.require("annotator", TRYING)
    desk = load_desk(session, here, trace_id, branch)
    view = change_view(solve, _model(desk, solve), q.strip())
    return _form(show, here, desk, "change", _("Change the model"), view)


@router.post("/scratch")
def try_cell(deed: Doing, step: Number, code: Words = "") -> Response:
    """Execute a cell."""
    note = try_code(deed.session, deed.actor, deed.branch.id, step, unix(code))
    return _tried(deed, note)


@router.post("/scratch/model")
def try_changes(
    deed: Doing, solve: Number, form: Annotated[ChangeForm, Depends(change_form)]
) -> Response:
    """Solve a model with changes."""
    deed.actor.require("annotator", TRYING)
    changes = changes_from(form, _model(deed.desk, solve))
    note = try_model(deed.session, deed.actor, deed.branch.id, solve, changes)
    return _tried(deed, note)


@router.post("/notes/{note_id}/stop")
def stop(deed: Doing, note_id: int) -> Response:
    """Stop what is being tried."""
    stop_note(deed.session, deed.actor, _note(deed, note_id).id)
    return deed.done(_("Stopped."))


@router.post("/notes/{note_id}/withdraw")
def withdraw(deed: Doing, note_id: int) -> Response:
    """Take a note of one's own off the page."""
    withdraw_note(deed.session, deed.actor, _note(deed, note_id).id)
    return deed.done(_("The note is withdrawn."))


@router.post("/sample", dependencies=DECIDING)
def sample(deed: Doing, step: Number, known: Number = 0) -> Response:
    """Let the Reasoner go on from before a step again, without a hint; the page goes there."""
    deed.check_fresh()
    begun = sample_again(deed.session, deed.actor, deed.branch.id, step - 1, known)
    said = _("The Reasoner goes on from step %(step)s again, without a hint.", step=step)
    return deed.on_to(begun.id, said)


def _form(show: Show, here: Here, desk: Desk, part: str, title: str, view: object) -> Response:
    context = context_of(here, desk) | {"view": view}
    if is_htmx(show.request):
        return show.part(f"workbench/{part}", here, **context)
    return show.page("scratch", here, title=title, part=part, **context)


def _model(desk: Desk, solve_id: int) -> SolvedModel:
    model = solvable_model(desk, solve_id)
    if model is None:
        raise NotFound(_("There is no such model on this branch."))
    return model


def _note(deed: Deed, note_id: int) -> Note:
    note = deed.session.get(Note, note_id)
    if note is None or note.trace_id != deed.trace.id:
        raise NotFound(_("There is no such note on this trace."))
    return note


def _tried(deed: Deed, note: Note) -> Response:
    said = _("It is being tried.") if note.state == "waiting" else _("It was tried already.")
    return deed.done(said, f"#note-{note.id}")
