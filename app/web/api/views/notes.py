"""What was tried beside a trace, as the API shows it."""

from datetime import datetime

from pydantic import Field

from app.core.model import Frozen
from app.core.note import ASKED, FOUND, Asked, Found, NoteState
from app.db.tables import Note


class NoteView(Frozen):
    """What somebody tried beside a step, and what came of it; `found` is null until it ended."""

    id: int = Field(examples=[3])
    branch_id: int
    step_id: int
    by: str
    state: NoteState
    asked: Asked
    found: Found | None
    error: str = Field(description="Why nothing was found.")
    at: datetime
    ended_at: datetime | None
    withdrawn_at: datetime | None


def note_view(row: Note) -> NoteView:
    """A note."""
    plain = NoteView.model_fields.keys() - {"by", "asked", "found"}
    return NoteView(
        **{name: getattr(row, name) for name in plain},
        by=str(row.actor["name"]),
        asked=ASKED.validate_python(row.asked),
        found=FOUND.validate_python(row.found) if row.found else None,
    )
