"""`calm export`: a dataset from the golden traces of a project."""

import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.datasets import create_dataset, folder_of
from app.actions.ports import Ports
from app.actions.preview_dataset import Preview, preview_dataset
from app.actions.work_on import work_on
from app.cli.choosing import choosing, options_of
from app.cli.common import as_json, in_project, ports, progress, project_id, read, show
from app.cli.export_remote import build_there, preview_there
from app.cli.remote import server
from app.client import v1
from app.core.errors import Conflict, Refused
from app.core.roles import SCRIPT
from app.db.session import transaction
from app.db.tables import Dataset, Job, Project, User
from app.db.types import now

_LOOKS_EVERY = 0.1


@click.command()
@in_project
@click.option("--format", "style", required=True, help="See docs/formats.md.")
@click.option("--name", help="The dataset's name; by default the format and the time.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="An empty or new folder to copy it to."
)
@click.option("--preview", is_flag=True, help="Only say what it would hold.")
@choosing
@as_json
def export(
    project_name: str,
    style: str,
    name: str | None,
    out: Path | None,
    preview: bool,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Build a dataset and print its manifest, with the folder that its files are in."""
    if preview:
        find = preview_there if server() else _preview_here
        return _show_preview(find(project_name, style, chosen), as_json)
    _check_empty(out)
    called = name or f"{style} {now():%Y-%m-%d %H.%M.%S.%f}"
    build = build_there if server() else _build_here
    manifest = build(project_name, style, called, out, chosen)
    where = manifest.get("folder") or manifest["address"]
    return show(manifest, _told(manifest["counts"], where), as_json)


def _preview_here(name: str, style: str, chosen: dict[str, Any]) -> Preview:
    opened = ports()
    options, target = options_of(_person_of(opened), chosen), project_id(opened, name)
    find: Callable[[Session], Preview] = lambda session: preview_dataset(  # noqa: E731
        session, SCRIPT, session.get_one(Project, target), style, options
    )
    return read(opened, find)


def _build_here(
    name: str, style: str, called: str, out: Path | None, chosen: dict[str, Any]
) -> dict[str, Any]:
    opened = ports()
    options, target = options_of(_person_of(opened), chosen), project_id(opened, name)
    with transaction(opened.engine) as session:
        dataset_id = create_dataset(session, SCRIPT, target, called, style, options).id
    dataset = _built(opened, dataset_id)
    folder = folder_of(opened.settings, dataset)
    if out:
        folder = _copy(folder, out)
    return {**(dataset.manifest or {}), "folder": str(folder)}


def _person_of(ports: Ports) -> Callable[[str], int | None]:
    return lambda name: read(ports, lambda it: it.scalar(select(User.id).filter_by(name=name)))


def _show_preview(found: Preview | v1.Preview, as_json: bool) -> None:
    lines = [f"{found.total} rows: {_listed(found.splits) or 'nothing is chosen'}"]
    if found.left_out:
        lines.append(f"left out: {_listed(found.left_out)}")
    show(found.model_dump(mode="json"), "\n".join(lines), as_json)


def _told(counts: dict[str, Any], where: str) -> str:
    left = f"; left out: {_listed(counts['left_out'])}" if counts["left_out"] else ""
    return f"{counts['rows']} rows in {where}{left}"


def _listed(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{many} {name}" for name, many in counts.items())


def _built(ports: Ports, dataset_id: int) -> Dataset:
    """The dataset once it is built, here unless a worker was first. Raises Refused."""
    job_id = read(ports, lambda s: s.scalar(select(Job.id).filter_by(dataset_id=dataset_id)))
    builder = Thread(target=work_on, args=(ports, job_id), daemon=True)
    builder.start()
    find: Callable[[], Dataset] = lambda: read(  # noqa: E731
        ports, lambda s: s.get_one(Dataset, dataset_id)
    )
    total = _once_known(find)
    with progress("Building", total) as done:
        while (dataset := find()).state == "building":
            time.sleep(_LOOKS_EVERY)
            done(dataset.done)
    builder.join()
    if dataset.state != "ready":
        raise Refused(dataset.error)
    return dataset


def _once_known(find: Callable[[], Dataset]) -> int | None:
    """How many rows there will be; None where it ended before that was said."""
    while (dataset := find()).state == "building" and dataset.total is None:
        time.sleep(_LOOKS_EVERY)
    return dataset.total


def _check_empty(out: Path | None) -> None:
    if out and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Conflict(f"{out} is there already, and not empty.")


def _copy(folder: Path, out: Path) -> Path:
    """Let a whole copy appear at `out`."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".calm-", dir=out.parent) as draft:
        copy = shutil.copytree(folder, Path(draft) / "copy")
        if out.exists():
            out.rmdir()
        copy.rename(out)
    return out.resolve()
