"""Taking problems, or finished traces, in: as rows of JSON, or as a file."""

import json
import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, UploadFile
from pydantic import Field

from app.actions.import_file import ImportReport, What, import_file
from app.backends.importers import Kind
from app.core.fields import FieldName
from app.core.model import Frozen
from app.web.api.deps import HereApart
from app.web.deps import WebPorts
from app.web.imports import mapping_of

router = APIRouter(prefix="/projects/{slug}/imports", tags=["problems"])

_KIND = "The tool that it is an export of; `rows` of none. Left out, that is found out."


class Rows(Frozen):
    """Rows as they would stand in a file; `mapping` names their columns, where names don't tell.

    Numbers in them are read as they are written.
    """

    what: What
    rows: tuple[dict[str, Any], ...] = Field(
        min_length=1, max_length=1000, examples=[[{"question": "How many ducks?", "answer": "12"}]]
    )
    mapping: dict[FieldName, str] = Field({}, examples=[{"question": "question"}])


@router.post("")
def import_rows(ports: WebPorts, here: HereApart, sent: Rows) -> ImportReport:
    """Take problems, or finished traces, in. For leads.

    A row that can't be taken is reported by its number, and the rest goes in; the same rows twice
    add nothing.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rows.jsonl"
        file.write_text("".join(f"{json.dumps(row)}\n" for row in sent.rows), encoding="utf-8")
        mapping = dict(sent.mapping)
        return import_file(ports, here.actor, here.project.id, file, file.name, sent.what, mapping)


@router.post("/file")
def import_file_(
    ports: WebPorts,
    here: HereApart,
    file: UploadFile,
    what: Annotated[What, Form()],
    mapping: Annotated[dict[FieldName, str], Depends(mapping_of)],
    kind: Annotated[Kind | None, Form(description=_KIND)] = None,
) -> ImportReport:
    """Take a file in: JSON lines, a JSON array, CSV or Parquet. For leads.

    As with rows; a column is found by its name, or named by hand in the field that it is for.
    """
    with NamedTemporaryFile() as kept:
        shutil.copyfileobj(file.file, kept)
        kept.flush()
        place, name = Path(kept.name), file.filename or ""
        target = here.project.id
        return import_file(ports, here.actor, target, place, name, what, mapping, kind=kind)
