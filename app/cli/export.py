"""`calm export`: a dataset from the golden traces of a project."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.datasets import create_dataset, folder_of
from app.actions.ports import Ports
from app.actions.preview_dataset import Preview, preview_dataset
from app.cli.choosing import choosing, options_of
from app.cli.common import as_json, in_project, ports, project_id, read, show
from app.cli.copying import copied, make_room
from app.cli.export_remote import build_there, preview_there
from app.cli.pushing import pass_on_, push_named
from app.cli.remote import server
from app.cli.working import newest_job, worked
from app.client import v1
from app.core.errors import CalmError, Refused
from app.core.push import target_of
from app.core.roles import SCRIPT
from app.db.session import transaction
from app.db.tables import Dataset, Project, User
from app.db.types import now


@click.command()
@in_project
@click.option("--format", "style", required=True, help="See docs/formats.md.")
@click.option("--name", help="The dataset's name; by default the format and the time.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="An empty or new folder to copy it to."
)
@click.option("--push", "target", help="Push it to hf://datasets/OWNER/NAME or s3://BUCKET/FOLDER.")
@pass_on_
@click.option("--preview", is_flag=True, help="Only say what it would hold.")
@choosing
@as_json
def export(
    project_name: str,
    style: str,
    name: str | None,
    out: Path | None,
    target: str | None,
    pass_on: bool,
    preview: bool,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Build a dataset and print its manifest, with the folder that its files are in."""
    if preview:
        find = preview_there if server() else _preview_here
        return _show_preview(find(project_name, style, chosen), as_json)
    if out:
        make_room(out)
    if target:
        target_of(target)
    called = name or f"{style} {now():%Y-%m-%d %H.%M.%S.%f}"
    build = build_there if server() else _build_here
    manifest = build(project_name, style, called, out, chosen)
    if target:
        manifest["pushed"] = _pushed(project_name, called, target, pass_on)
    return show(manifest, _told(manifest), as_json)


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
        folder = copied(folder, out)
    return {**(dataset.manifest or {}), "folder": str(folder)}


def _pushed(project_name: str, called: str, target: str, pass_on: bool) -> dict[str, object]:
    try:
        return push_named(project_name, called, target, pass_on)
    except CalmError as error:
        again = f"It is built: `calm dataset push '{called}' {target} --project {project_name}`."
        raise type(error)(f"{error} {again}") from error


def _person_of(ports: Ports) -> Callable[[str], int | None]:
    return lambda name: read(ports, lambda it: it.scalar(select(User.id).filter_by(name=name)))


def _show_preview(found: Preview | v1.Preview, as_json: bool) -> None:
    lines = [f"{found.total} rows: {_listed(found.splits) or 'nothing is chosen'}"]
    if found.left_out:
        lines.append(f"left out: {_listed(found.left_out)}")
    show(found.model_dump(mode="json"), "\n".join(lines), as_json)


def _told(manifest: dict[str, Any]) -> str:
    counts, where = manifest["counts"], manifest.get("folder") or manifest["address"]
    left = f"; left out: {_listed(counts['left_out'])}" if counts["left_out"] else ""
    sent = f"; pushed to {manifest['pushed']['target']}" if "pushed" in manifest else ""
    return f"{counts['rows']} rows in {where}{left}{sent}"


def _listed(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{many} {name}" for name, many in counts.items())


def _built(ports: Ports, dataset_id: int) -> Dataset:
    """The dataset once it is built, here unless a worker was first. Raises Refused."""
    job_id = newest_job(ports, dataset_id=dataset_id)
    find = lambda: read(ports, lambda s: s.get_one(Dataset, dataset_id))  # noqa: E731
    dataset = worked(ports, "Building", job_id, find, "building")
    if dataset.state != "ready":
        raise Refused(dataset.error)
    return dataset
