"""The operations of the API on notes. Written by `make openapi`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from app.client.base import Operations, Shown
from app.core.model import Frozen
from app.core.note import Cell, CellFound, ModelFound, OtherModel
from app.core.solved.change import Changes


class NoteView(Shown):
    """What somebody tried beside a step, and what came of it; `found` is null until it
    ended.
    """

    id: int
    branch_id: int
    step_id: int
    by: str
    state: Literal["waiting", "done", "failed", "stopped"]
    asked: Cell | OtherModel
    found: CellFound | ModelFound | None
    error: str
    """Why nothing was found."""
    at: datetime
    ended_at: datetime | None
    withdrawn_at: datetime | None


class NewCell(Frozen):
    """Code to execute where the blocks before a step (its `id`) have left off."""

    step_id: int
    code: str


class NewModel(Frozen):
    """What to change in the model of a solve (its `id`); rows and variables count from 0."""

    solve_id: int
    changes: Changes


class NotesOperations(Operations):
    """What can be asked for."""

    def list_notes(
        self, slug: str, trace_id: int, branch_id: int, *, limit: int = 50
    ) -> Iterator[NoteView]:
        """What was tried beside the path of a branch, and not withdrawn."""
        return self._list(
            NoteView,
            ("projects", slug, "traces", trace_id, "branches", branch_id, "notes"),
            limit=limit,
        )

    def try_code(self, slug: str, trace_id: int, branch_id: int, body: NewCell) -> NoteView:
        """Have code executed beside a step; what it gives becomes a note. For annotators."""
        return self._one(
            NoteView,
            "POST",
            ("projects", slug, "traces", trace_id, "branches", branch_id, "cells"),
            body=body,
        )

    def try_model(self, slug: str, trace_id: int, branch_id: int, body: NewModel) -> NoteView:
        """Have a model as solved solved with changes; what it gives becomes a note. For
        annotators.
        """
        return self._one(
            NoteView,
            "POST",
            ("projects", slug, "traces", trace_id, "branches", branch_id, "models"),
            body=body,
        )

    def get_note(
        self, slug: str, trace_id: int, note_id: int, *, seen: Shown | None = None
    ) -> NoteView:
        """One note, with what was found once it ended."""
        return self._one(
            NoteView, "GET", ("projects", slug, "traces", trace_id, "notes", note_id), seen=seen
        )

    def withdraw_note(self, slug: str, trace_id: int, note_id: int) -> None:
        """Take a note of one's own off the pages. For annotators."""
        self._none("DELETE", ("projects", slug, "traces", trace_id, "notes", note_id))

    def stop_note(self, slug: str, trace_id: int, note_id: int) -> NoteView:
        """Stop what one is trying. For annotators."""
        return self._one(
            NoteView, "POST", ("projects", slug, "traces", trace_id, "notes", note_id, "stop")
        )
