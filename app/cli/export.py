"""`calm export`: a dataset from the golden traces of a project."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import click
from sqlalchemy import select

from app.actions.datasets import create_dataset, folder_of
from app.actions.golden import DatasetOptions
from app.actions.ports import Ports
from app.actions.work_on import work_on
from app.cli.common import as_json, in_project, ports, progress, project_id, read, show
from app.core.errors import Conflict, Refused
from app.core.roles import SCRIPT
from app.db.session import transaction
from app.db.tables import Dataset, Job
from app.db.types import now
from export.masks import MaskPolicy

_LOOKS_EVERY = 0.1


@click.command()
@in_project
@click.option("--format", "style", required=True, help="messages, rows or rl; see docs/formats.md.")
@click.option("--name", help="The dataset's name; by default the format and the time.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="An empty or new folder to copy it to."
)
@click.option("--all-branches", is_flag=True, help="Every golden branch of a trace.")
@click.option("--any-actor", is_flag=True, help="Also what a policy or a script called golden.")
@click.option("--mask-hints", is_flag=True, help="Leave hints out of the loss.")
@click.option("--golden-problems", is_flag=True, help="For rl: only problems with a golden trace.")
@as_json
def export(
    project_name: str,
    style: str,
    name: str | None,
    out: Path | None,
    all_branches: bool,
    any_actor: bool,
    mask_hints: bool,
    golden_problems: bool,
    as_json: bool,
) -> None:
    """Build a dataset and print its manifest, with the folder that its files are in."""
    options = DatasetOptions(
        any_actor=any_actor,
        all_branches=all_branches,
        golden_problems=golden_problems,
        masks=MaskPolicy(hints=not mask_hints),
    )
    opened = ports()
    target = project_id(opened, project_name)
    _check_empty(out)
    with transaction(opened.engine) as session:
        called = name or f"{style} {now():%Y-%m-%d %H.%M.%S.%f}"
        dataset_id = create_dataset(session, SCRIPT, target, called, style, options).id
    dataset = _built(opened, dataset_id)
    folder = folder_of(opened.settings, dataset)
    if out:
        folder = _copy(folder, out)
    manifest = {**(dataset.manifest or {}), "folder": str(folder)}
    show(manifest, f"{manifest['counts']['rows']} rows in {folder}", as_json)


def _built(ports: Ports, dataset_id: int) -> Dataset:
    """The dataset once it is built, here unless a worker was first. Raises Refused."""
    job_id = read(ports, lambda s: s.scalar(select(Job.id).filter_by(dataset_id=dataset_id)))
    builder = Thread(target=work_on, args=(ports, job_id), daemon=True)
    builder.start()
    find: Callable[[], Dataset] = lambda: read(  # noqa: E731
        ports, lambda s: s.get_one(Dataset, dataset_id)
    )
    with progress("Building") as done:
        looks = 0
        while (dataset := find()).state == "building":
            time.sleep(_LOOKS_EVERY)
            done(looks := looks + 1)
    builder.join()
    if dataset.state != "ready":
        raise Refused(dataset.error)
    return dataset


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
