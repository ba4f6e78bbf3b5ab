"""Datasets: asking for one, and building it.

Promises: a dataset is built from one snapshot of the database, and its files, which lie in
DATA/datasets/FINGERPRINT, never change; two datasets of the same content share them.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.golden import DatasetOptions, golden_rows, people_of, problem_rows
from app.actions.ports import Ports
from app.actions.record import WORKER, from_to, get, record
from app.actions.work import Held, Lost, let_go, put
from app.core.errors import Conflict, Invalid
from app.core.language import _
from app.core.roles import Actor
from app.db.session import snapshot, transaction
from app.db.tables import Dataset, Job, Project
from app.db.types import now
from app.settings import Settings
from export.build import build
from export.formats import FORMATS
from export.manifest import Manifest, Origin
from export.rows import Row

_NAME = re.compile(r"[^\W_][\w .()+-]{0,118}")


def create_dataset(
    session: Session,
    actor: Actor,
    project_id: int,
    name: str,
    format: str,
    options: DatasetOptions,
) -> Dataset:
    """Ask for a dataset; a worker builds it after the commit. For reviewers.

    Raises Invalid for a name that could not be a file's or an unknown format, Conflict for a name
    that is taken; one that could not be built leaves its name to the next.
    """
    actor.require("reviewer", "export")
    name = checked_name(name)
    FORMATS.make(format)
    dataset = session.scalar(select(Dataset).filter_by(project_id=project_id, name=name))
    if dataset and dataset.state != "failed":
        raise Conflict(_("A dataset called %(name)s is there already.", name=name))
    dataset = dataset or Dataset(project_id=project_id, name=name)
    dataset.format, dataset.options = format, options.model_dump(mode="json")
    before, dataset.state, dataset.error = dataset.state, "building", ""
    dataset.actor_name, dataset.created_at = actor.name, now()
    session.add(dataset)
    session.flush()
    put(session, Job(project_id=project_id, dataset_id=dataset.id, kind="build", queue="execution"))
    chosen = {"format": format, "options": dataset.options}
    _tell(session, actor, "create_dataset", dataset, before, **chosen)
    return dataset


def build_dataset(ports: Ports, held: Held) -> None:
    """Build the dataset that `held` is about. Raises a CalmError where nothing can come of it."""
    with snapshot(ports.engine) as session:
        dataset = get(session, Dataset, held.dataset_id or 0)
        manifest = _build(session, dataset, ports.settings, held)
    with transaction(ports.engine) as session:
        let_go(session, held, "done")
        dataset = get(session, Dataset, held.dataset_id or 0)
        before, dataset.state = dataset.state, "ready"
        dataset.fingerprint = manifest.fingerprint
        dataset.manifest = manifest.model_dump(mode="json")
        found = {"fingerprint": manifest.fingerprint}
        _tell(session, WORKER, "build_dataset", dataset, before, **found)


def fail_dataset(session: Session, dataset_id: int, reason: str) -> None:
    """Record why a dataset could not be built."""
    dataset = get(session, Dataset, dataset_id)
    before, dataset.state, dataset.error = dataset.state, "failed", reason
    _tell(session, WORKER, "fail_dataset", dataset, before, reason=reason)


def folder_of(settings: Settings, dataset: Dataset) -> Path:
    """Where the files of a built dataset lie. Raises Conflict while it is not built."""
    if not dataset.fingerprint:
        raise Conflict(_("The dataset is not built yet.") if not dataset.error else dataset.error)
    return settings.folder / "datasets" / dataset.fingerprint


def checked_name(name: str) -> str:
    """The name, if it can be a file's on any system. Raises Invalid."""
    name = name.strip()
    if not _NAME.fullmatch(name):
        raise Invalid(
            _(
                "A dataset's name has 1 to 119 letters, digits, spaces and . _ - + ( ), and begins "
                "with a letter or a digit."
            )
        )
    return name


def _build(session: Session, dataset: Dataset, settings: Settings, held: Held) -> Manifest:
    style = FORMATS.make(dataset.format)
    options = DatasetOptions.model_validate(dataset.options)
    project = get(session, Project, dataset.project_id)
    origin = Origin(
        project=project.slug,
        taxonomy=project.taxonomy["version"],
        code_version=version("calm-studio"),
        built_at=now(),
        people=people_of(session, project.id, options),
    )
    choose = golden_rows if style.unit == "path" else problem_rows
    rows = _while_held(choose(session, project.id, options), held)
    folder = settings.folder / "datasets"
    return build(rows, folder, style, policy=options.masks, origin=origin)


def _while_held(rows: Iterable[Row], held: Held) -> Iterator[Row]:
    for row in rows:
        if held.lost.is_set():
            raise Lost("The job was cancelled or taken over.")
        yield row


def _tell(
    session: Session, actor: Actor, verb: str, dataset: Dataset, before: str | None, **data: Any
) -> None:
    subject, place = f"dataset:{dataset.id}", {"project_id": dataset.project_id}
    told = from_to({"state": before}, {"state": dataset.state}) | {"name": dataset.name}
    record(session, actor, verb, subject, **place, **told, **data)
