"""Datasets: asking for one, the list, one with its manifest, and the download."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Response
from fastapi.responses import FileResponse, StreamingResponse

from app.actions.datasets import create_dataset, folder_of
from app.actions.golden import DatasetOptions
from app.core.errors import NotFound
from app.core.language import _
from app.db.tables import Dataset
from app.web.archive import zipped
from app.web.deps import Db, Here, Showing, WebPorts
from app.web.views.work import dataset_view, datasets_view
from export.masks import MaskPolicy

router = APIRouter(prefix="/p/{slug}/datasets")


def dataset_here(session: Db, here: Here, dataset_id: int) -> Dataset:
    """The dataset of the address. Raises NotFound for one of another project."""
    row = session.get(Dataset, dataset_id)
    if row is None or row.project_id != here.project.id:
        raise NotFound(_("There is no such dataset."))
    return row


ThisDataset = Annotated[Dataset, Depends(dataset_here)]


def options_of(
    all_branches: Annotated[bool, Form()] = False,
    golden_problems: Annotated[bool, Form()] = False,
    train_hints: Annotated[bool, Form()] = False,
    any_actor: Annotated[bool, Form()] = False,
) -> DatasetOptions:
    """The options of the form; a box that is not ticked is not sent."""
    return DatasetOptions(
        any_actor=any_actor,
        all_branches=all_branches,
        golden_problems=golden_problems,
        masks=MaskPolicy(hints=train_hints),
    )


Options = Annotated[DatasetOptions, Depends(options_of)]


@router.get("")
def datasets(show: Showing, session: Db, here: Here) -> Response:
    """The list, with the form for a new one."""
    view = datasets_view(session, here.project.id)
    return show.page("datasets", here, view=view)


@router.post("")
def create(
    show: Showing,
    session: Db,
    here: Here,
    options: Options,
    name: Annotated[str, Form()] = "",
    format: Annotated[str, Form()] = "",
) -> Response:
    """Ask for a dataset and go to it."""
    made = create_dataset(session, here.actor, here.project.id, name, format, options)
    return show.go(here.url(f"/datasets/{made.id}"))


@router.get("/{dataset_id}")
def dataset(show: Showing, here: Here, row: ThisDataset) -> Response:
    """One dataset."""
    return show.page("dataset", here, view=dataset_view(row))


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
