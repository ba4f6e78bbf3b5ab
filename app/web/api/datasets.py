"""Datasets: the list, asking for one, its manifest, and its files."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Response
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import Field
from sqlalchemy import select

from app.actions.datasets import build_again, cancel_dataset, create_dataset, folder_of
from app.actions.preview_dataset import Preview, preview_dataset
from app.core.errors import NotFound
from app.core.language import _
from app.core.model import Frozen
from app.core.options import DatasetOptions
from app.db.tables import Dataset
from app.web.api.deps import Here, Id
from app.web.api.etags import IfNoneMatch, shown
from app.web.api.paging import Page, Paged
from app.web.api.sent import NOT_BLANK, Sent
from app.web.api.views.work import DatasetLine, DatasetView, dataset_line, dataset_view
from app.web.archive import zipped
from app.web.deps import Db, WebPorts
from app.web.security import API
from export.compare import Comparison, compare

router = APIRouter(prefix="/projects/{slug}/datasets", tags=["datasets"])
_ONE = "/{dataset_id}"
_BYTES = "application/octet-stream"
_ZIP = "application/zip"


class Asked(Frozen):
    """Rows of a format; formats and options are described in docs/formats.md."""

    format: str = Field(max_length=40, examples=["messages"])
    options: DatasetOptions = DatasetOptions()


class NewDataset(Asked):
    """A dataset to build."""

    name: str = Field(min_length=1, max_length=119, pattern=NOT_BLANK, examples=["first"])


def dataset_here(session: Db, here: Here, dataset_id: Id) -> Dataset:
    """The dataset of the address. Raises NotFound for one of another project."""
    row = session.get(Dataset, dataset_id)
    if row is None or row.project_id != here.project.id:
        raise NotFound(_("There is no such dataset."))
    return row


ThisDataset = Annotated[Dataset, Depends(dataset_here)]
FileName = Annotated[str, Path(max_length=200, examples=["manifest.json"])]


@router.get("")
def list_datasets(session: Db, here: Here, paging: Paged) -> Page[DatasetLine]:
    """The datasets of a project."""
    found = select(Dataset).where(Dataset.project_id == here.project.id)
    rows, following = paging.rows(session, found, Dataset.id)
    return Page(items=tuple(map(dataset_line, rows)), next=following)


@router.post("", status_code=201, response_model=DatasetView)
def build_dataset_(session: Db, here: Here, new: Sent[NewDataset]) -> Response:
    """Ask for a dataset; a worker builds it. For reviewers."""
    actor, project = here.actor, here.project
    row = create_dataset(session, actor, project.id, new.name, new.format, new.options)
    address = f"{API}/projects/{project.slug}/datasets/{row.id}"
    return shown(dataset_view(row), 201, address)


@router.post("/preview", response_model=Preview)
def preview(session: Db, here: Here, asked: Sent[Asked]) -> Preview:
    """What a dataset would hold: counts, and its first ten rows. For reviewers."""
    return preview_dataset(session, here.actor, here.project, asked.format, asked.options)


@router.post(f"{_ONE}/cancel", response_model=DatasetView)
def cancel(session: Db, here: Here, row: ThisDataset) -> Response:
    """Stop a build; nothing of it stays. For reviewers."""
    cancel_dataset(session, here.actor, row.id)
    return shown(dataset_view(row))


@router.post(f"{_ONE}/again", response_model=DatasetView)
def again(session: Db, here: Here, row: ThisDataset) -> Response:
    """Begin a build anew that was stopped or failed. For reviewers."""
    return shown(dataset_view(build_again(session, here.actor, row.id)))


@router.get(_ONE, response_model=DatasetView)
def get_dataset(row: ThisDataset, condition: IfNoneMatch) -> Response:
    """One dataset, with its manifest once it is built."""
    return condition.show(dataset_view(row))


@router.get(f"{_ONE}/compare/{{other_id}}", response_model=Comparison)
def compare_dataset(
    session: Db,
    here: Here,
    ports: WebPorts,
    row: ThisDataset,
    other_id: Id,
    condition: IfNoneMatch,
) -> Response:
    """What a dataset has that another of the project has not, row by row, and why."""
    other = dataset_here(session, here, other_id)
    folders = folder_of(ports.settings, other), folder_of(ports.settings, row)
    return condition.show(compare(*folders))


@router.get(
    f"{_ONE}/files/{{name}}", response_class=Response, responses={200: {"content": {_BYTES: {}}}}
)
def get_file(ports: WebPorts, row: ThisDataset, name: FileName) -> Response:
    """A file of a dataset that its manifest lists, or `manifest.json`."""
    listed = {each["name"] for each in (row.manifest or {}).get("files", ())}
    if name not in listed | {"manifest.json"}:
        raise NotFound(_("There is no such file in this dataset."))
    return FileResponse(folder_of(ports.settings, row) / name, media_type=_BYTES, filename=name)


@router.get(f"{_ONE}/download", response_class=Response, responses={200: {"content": {_ZIP: {}}}})
def download_dataset(ports: WebPorts, row: ThisDataset) -> Response:
    """A whole dataset as one zip."""
    pieces = zipped(folder_of(ports.settings, row), row.name)
    name = quote(f"{row.name}.zip")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return StreamingResponse(pieces, media_type=_ZIP, headers=headers)
