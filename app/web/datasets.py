"""Datasets: the list, the form for one with its preview, its build, manifest and download."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.actions.dataset_since import taken_back_since
from app.actions.datasets import build_again, cancel_dataset, create_dataset, folder_of
from app.actions.preview_dataset import preview_dataset
from app.actions.pushes import push_dataset
from app.core.errors import Invalid, NotFound
from app.core.language import N_, _
from app.db.tables import Dataset
from app.web.archive import zipped
from app.web.dataset_form import DatasetForm
from app.web.deps import Db, Here, Showing, WebPorts
from app.web.views.datasets import (
    PreviewView,
    comparison_view,
    dataset_view,
    datasets_view,
    default_form,
    form_view,
    trained_on,
)
from app.web.views.pushes import pushes_view
from export.compare import compare

router = APIRouter(prefix="/p/{slug}/datasets")


def dataset_here(session: Db, here: Here, dataset_id: int) -> Dataset:
    """The dataset of the address. Raises NotFound for one of another project."""
    row = session.get(Dataset, dataset_id)
    if row is None or row.project_id != here.project.id:
        raise NotFound(_("There is no such dataset."))
    return row


ThisDataset = Annotated[Dataset, Depends(dataset_here)]


def form_of(request: Request, here: Here) -> DatasetForm:
    """The form that an address holds; the defaults where it holds none."""
    given = request.query_params
    if not given:
        return default_form(here.project)
    lists = {"verdicts", "flaws", "sources", "difficulties", "people"}
    fields = {name: given.getlist(name) if name in lists else given[name] for name in given}
    try:
        return DatasetForm.model_validate(fields)
    except ValidationError as error:
        raise Invalid(_("The address can't be read.")) from error


InAddress = Annotated[DatasetForm, Depends(form_of)]


@router.get("")
def datasets(show: Showing, session: Db, here: Here) -> Response:
    """The list."""
    return show.page("datasets", here, datasets=datasets_view(session, here.project.id))


@router.get("/new")
def new(show: Showing, session: Db, here: Here, form: InAddress) -> Response:
    """The form for another one, with what it would hold as it is filled in."""
    here.actor.require("reviewer", N_("export"))
    view = form_view(session, here.project, form)
    return show.page("new_dataset", here, view=view, found=found(session, here, form))


@router.get("/preview")
def preview(show: Showing, session: Db, here: Here, form: InAddress) -> Response:
    """The region that says what the form would give."""
    here.actor.require("reviewer", N_("export"))
    return show.part("dataset_preview", here, found=found(session, here, form))


def found(session: Session, here: Here, form: DatasetForm) -> PreviewView:
    """What a form would give, or why nothing."""
    words = trained_on(form.format)
    try:
        chosen = preview_dataset(session, here.actor, here.project, form.format, form.options)
    except Invalid as refused:
        return PreviewView(preview=None, trained_on=words, refusal=str(refused))
    return PreviewView(preview=chosen, trained_on=words)


@router.post("")
def create(
    show: Showing, session: Db, here: Here, form: Annotated[DatasetForm, Form()]
) -> Response:
    """Ask for a dataset and go to it."""
    made = create_dataset(
        session, here.actor, here.project.id, form.name, form.format, form.options
    )
    return show.go(here.url(f"/datasets/{made.id}"))


@router.post("/{dataset_id}/cancel")
def cancel(show: Showing, session: Db, here: Here, row: ThisDataset) -> Response:
    """Stop the build."""
    cancel_dataset(session, here.actor, row.id)
    return show.go(here.url(f"/datasets/{row.id}"))


@router.post("/{dataset_id}/again")
def again(show: Showing, session: Db, here: Here, row: ThisDataset) -> Response:
    """Begin a build anew that was stopped or failed."""
    build_again(session, here.actor, row.id)
    return show.go(here.url(f"/datasets/{row.id}"))


@router.get("/{dataset_id}")
def dataset(show: Showing, session: Db, here: Here, ports: WebPorts, row: ThisDataset) -> Response:
    """One dataset."""
    parts = {
        "pushed": pushes_view(session, row),
        "taken_back": taken_back_since(session, ports.settings, row),
    }
    return show.page("dataset", here, view=dataset_view(row), **parts)


@router.get("/{dataset_id}/pushes")
def pushes(show: Showing, session: Db, here: Here, row: ThisDataset) -> Response:
    """The region of its places, which asks again while it is on its way to one."""
    return show.part("pushes", here, pushed=pushes_view(session, row))


@router.post("/{dataset_id}/pushes")
def push(
    show: Showing,
    session: Db,
    here: Here,
    ports: WebPorts,
    row: ThisDataset,
    target: Annotated[str, Form()] = "",
    pass_on: Annotated[bool, Form()] = False,
) -> Response:
    """Push it to a place."""
    push_dataset(session, here.actor, ports.settings, row.id, target, pass_on=pass_on)
    session.flush()
    back = here.url(f"/datasets/{row.id}#pushes")
    return show.changed("pushes", back, here, pushed=pushes_view(session, row))


@router.get("/{dataset_id}/compare")
def compared(
    show: Showing,
    session: Db,
    here: Here,
    ports: WebPorts,
    row: ThisDataset,
    other_id: Annotated[int | None, Query(alias="with")] = None,
) -> Response:
    """What a dataset has that another has not, and why; a form where no other is named."""
    other = dataset_here(session, here, other_id) if other_id else None
    here_lies = folder_of(ports.settings, row)
    found = compare(folder_of(ports.settings, other), here_lies) if other else None
    view = comparison_view(session, row, other, found)
    return show.page("compare_datasets", here, view=view)


@router.get("/{dataset_id}/state")
def state(show: Showing, here: Here, row: ThisDataset) -> Response:
    """The region that asks again while the dataset is being built."""
    return show.part("dataset", here, view=dataset_view(row))


@router.get("/{dataset_id}/download")
def download(ports: WebPorts, row: ThisDataset) -> Response:
    """The whole dataset as one zip."""
    pieces = zipped(folder_of(ports.settings, row), row.name)
    name = quote(f"{row.name}.zip")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return StreamingResponse(pieces, media_type="application/zip", headers=headers)


@router.get("/{dataset_id}/files/{name}")
def file(ports: WebPorts, row: ThisDataset, name: str) -> Response:
    """One file of it: only those that its manifest lists, and the manifest."""
    listed = {each["name"] for each in (row.manifest or {}).get("files", ())}
    if name not in listed | {"manifest.json"}:
        raise NotFound(_("There is no such file in this dataset."))
    return FileResponse(folder_of(ports.settings, row) / name, filename=name)
