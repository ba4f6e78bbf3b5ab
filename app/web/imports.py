"""Importing in the browser: send a file, look at its fields, take it in, read the report.

The two POSTs open no transaction of their own: the import opens many short ones.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from app.actions.import_file import What, import_file
from app.backends.importers import PEERS, Kind
from app.core.errors import Invalid
from app.core.fields import NAMES, FieldName
from app.core.language import _
from app.web.deps import LeadHere, LeadHereApart, Showing, WebPorts
from app.web.uploads import find_upload, finish_upload, first_rows, keep_upload, path_of
from app.web.views.imports import ImportView, preview

router = APIRouter(prefix="/p/{slug}/import")


def mapping_of(
    question: Annotated[str, Form()] = "",
    answer: Annotated[str, Form()] = "",
    id: Annotated[str, Form()] = "",
    difficulty: Annotated[str, Form()] = "",
    source: Annotated[str, Form()] = "",
    tags: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
    response: Annotated[str, Form()] = "",
) -> dict[FieldName, str]:
    """The columns that a person chose; an empty choice leaves finding it to the import."""
    chosen = (question, answer, id, difficulty, source, tags, language, response)
    return {name: column for name, column in zip(NAMES, chosen, strict=True) if column}


@router.get("")
def page(show: Showing, here: LeadHere, ports: WebPorts) -> Response:
    """The form for a file."""
    peers = {kind: peer.name for kind, peer in PEERS.items()}
    return show.page("import", here, view=None, peers=peers, upload_mb=ports.settings.upload_mb)


@router.post("")
def upload(
    here: LeadHereApart,
    ports: WebPorts,
    what: Annotated[What, Form()],
    kind: Annotated[Kind | Literal[""], Form()] = "",
    file: UploadFile | None = None,
) -> Response:
    """Keep the file and show what is in it."""
    if file is None or not file.filename:
        raise Invalid(_("Choose a file first."))
    place = ports.settings, here.project.id
    kept = keep_upload(*place, file.filename, what, file.file, kind or None)
    return RedirectResponse(here.url(f"/import/{kept.token}"), 303)


@router.get("/{token}")
def look(show: Showing, here: LeadHere, ports: WebPorts, token: str) -> Response:
    """The fields and first rows of a file, or the report once it is in."""
    kept = find_upload(ports.settings, here.project.id, token)
    found = {"report": kept.report} if kept.report else preview(*first_rows(ports.settings, kept))
    view = ImportView(token=token, filename=kept.filename, what=kept.what, **found)
    return show.page("import", here, view=view, upload_mb=ports.settings.upload_mb)


@router.post("/{token}")
def take(
    request: Request,
    here: LeadHereApart,
    ports: WebPorts,
    token: str,
    mapping: Annotated[dict[FieldName, str], Depends(mapping_of)],
) -> Response:
    """Take the rows in."""
    kept = find_upload(ports.settings, here.project.id, token)
    if kept.report is None:
        path = path_of(ports.settings, kept)
        target, name = here.project.id, kept.filename
        report = import_file(
            ports, here.actor, target, path, name, kept.what, mapping, kind=kept.kind
        )
        finish_upload(ports.settings, kept, report)
    return RedirectResponse(request.url.path, 303)
