"""Uploaded files between the upload and the import: what a person looks at before it goes in.

Promises: a file lies in the data folder under a random name, found only from the project that it
was sent to; it is deleted once it is imported, its report after a day.
"""

import re
import secrets
import shutil
import time
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from app.actions.import_file import ImportReport, What
from app.backends.importers import BadRow, Kind, Row, kind_of, read_rows
from app.core.errors import NotFound
from app.core.language import _
from app.core.model import Frozen
from app.settings import Settings

_DAY = 24 * 3600
_SHOWN = 5


class Upload(Frozen):
    """A file that was sent: for which project, as what, and how its import ended."""

    token: str
    project_id: int
    filename: str
    what: What
    kind: Kind | None = None
    report: ImportReport | None = None


def keep_upload(
    settings: Settings,
    project_id: int,
    filename: str,
    what: What,
    content: BinaryIO,
    kind: Kind | None,
) -> Upload:
    """Write an uploaded file to the data folder; what is older than a day goes."""
    folder = _folder(settings)
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - _DAY:
            old.unlink(missing_ok=True)
    upload = Upload(
        token=secrets.token_urlsafe(16),
        project_id=project_id,
        filename=filename,
        what=what,
        kind=kind,
    )
    with path_of(settings, upload).open("wb") as kept:
        shutil.copyfileobj(content, kept)
    _note(settings, upload)
    return upload


def find_upload(settings: Settings, project_id: int, token: str) -> Upload:
    """The upload of this token. Raises NotFound, also for one of another project."""
    note = _folder(settings) / f"{token}.json"
    if not re.fullmatch(r"[\w-]{20,40}", token) or not note.is_file():
        raise NotFound(_("This upload is not here any more: send the file again."))
    upload = Upload.model_validate_json(note.read_text(encoding="utf-8"))
    if upload.project_id != project_id:
        raise NotFound(_("This upload is not here any more: send the file again."))
    return upload


def finish_upload(settings: Settings, upload: Upload, report: ImportReport) -> None:
    """Keep the report and let the file go."""
    _note(settings, upload.model_copy(update={"report": report}))
    path_of(settings, upload).unlink(missing_ok=True)


def path_of(settings: Settings, upload: Upload) -> Path:
    """Where the file lies until it is imported."""
    return _folder(settings) / upload.token


def first_rows(settings: Settings, upload: Upload) -> tuple[What, Kind, list[Row | BadRow]]:
    """As what, whose, and the first rows for a person to look at. Raises UnreadableFile."""
    with path_of(settings, upload).open("rb") as stream:
        kind = upload.kind or kind_of(read_rows(stream, upload.filename, "rows"))
        rows = list(islice(read_rows(stream, upload.filename, kind), _SHOWN))
    return upload.what, kind, rows


def _note(settings: Settings, upload: Upload) -> None:
    note = _folder(settings) / f"{upload.token}.json"
    note.write_text(upload.model_dump_json(), encoding="utf-8")


def _folder(settings: Settings) -> Path:
    folder = settings.folder / "uploads"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder
