"""What is tried beside a step of a trace: a cell of code, or a model with other numbers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.notes import TRYING, stop_note, try_code, try_model, withdraw_note
from app.core.errors import NotFound
from app.core.language import _
from app.core.model import Frozen
from app.core.note import MAX_CODE
from app.core.solved import Changes
from app.db.tables import Note
from app.web.api.deps import Here, Id
from app.web.api.etags import IfNoneMatch, shown
from app.web.api.paging import Page, Paged
from app.web.api.sent import NOT_BLANK, Sent
from app.web.api.traces import BRANCH, TRACE, ThisBranch, ThisTrace
from app.web.api.views.notes import NoteView, note_view
from app.web.deps import Db, Place
from app.web.security import API
from app.web.views.model import solvable_model

router = APIRouter(prefix="/projects/{slug}", tags=["notes"])
_NOTE = f"{TRACE}/notes/{{note_id}}"
Row = Annotated[int, Field(ge=1, le=2**31 - 1, examples=[7])]


class NewCell(Frozen):
    """Code to execute where the blocks before a step (its `id`) have left off."""

    step_id: Row
    code: str = Field(min_length=1, max_length=MAX_CODE, pattern=NOT_BLANK, examples=["print(x)"])


class NewModel(Frozen):
    """What to change in the model of a solve (its `id`); rows and variables count from 0."""

    solve_id: Row
    changes: Changes


def note_here(session: Db, desk: ThisTrace, note_id: Id) -> Note:
    """The note of the address. Raises NotFound for one that the caller may not see."""
    note = session.get(Note, note_id)
    mine = note is not None and note.user_id in (None, desk.slots.user_id)
    if note is None or note.trace_id != desk.trace.id or (desk.slots.blind and not mine):
        raise NotFound(_("There is no such note on this trace."))
    return note


ThisNote = Annotated[Note, Depends(note_here)]


@router.get(f"{BRANCH}/notes")
def list_notes(desk: ThisBranch, paging: Paged) -> Page[NoteView]:
    """What was tried beside the path of a branch, and not withdrawn."""
    rows, following = paging.some(sorted(desk.notes, key=_id), _id)
    return Page(items=tuple(map(note_view, rows)), next=following)


@router.post(f"{BRANCH}/cells", status_code=201, response_model=NoteView)
def try_code_(session: Db, here: Here, desk: ThisBranch, new: Sent[NewCell]) -> Response:
    """Have code executed beside a step; what it gives becomes a note. For annotators."""
    note = try_code(session, here.actor, desk.branch.id, new.step_id, new.code)
    return _begun(session, here, note)


@router.post(f"{BRANCH}/models", status_code=201, response_model=NoteView)
def try_model_(session: Db, here: Here, desk: ThisBranch, new: Sent[NewModel]) -> Response:
    """Have a model as solved solved with changes; what it gives becomes a note. For annotators."""
    here.actor.require("annotator", TRYING)
    if solvable_model(desk, new.solve_id) is None:
        raise NotFound(_("There is no such model on this branch."))
    return _begun(session, here, try_model(session, here.actor, desk.branch.id, **dict(new)))


@router.get(_NOTE, response_model=NoteView)
def get_note(note: ThisNote, condition: IfNoneMatch) -> Response:
    """One note, with what was found once it ended."""
    return condition.show(note_view(note))


@router.post(f"{_NOTE}/stop", response_model=NoteView)
def stop_note_(session: Db, here: Here, note: ThisNote) -> Response:
    """Stop what one is trying. For annotators."""
    stop_note(session, here.actor, note.id)
    return shown(note_view(note))


@router.delete(_NOTE, status_code=204)
def withdraw_note_(session: Db, here: Here, note: ThisNote) -> None:
    """Take a note of one's own off the pages. For annotators."""
    withdraw_note(session, here.actor, note.id)


def _id(note: Note) -> int:
    return note.id


def _begun(session: Session, here: Place, note: Note) -> Response:
    session.flush()
    address = f"{API}/projects/{here.project.slug}/traces/{note.trace_id}/notes/{note.id}"
    return shown(note_view(note), 201, address)
