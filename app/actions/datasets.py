"""Datasets: asking for one, stopping its build, and where its files lie.

Promises: the files of a built one, in DATA/datasets/FINGERPRINT, never change; two datasets of the
same content share them. `app.actions.build_dataset` builds them.
"""

import re
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.facts import ACTIVE
from app.actions.record import WORKER, from_to, get, record
from app.actions.work import put
from app.core.errors import Conflict, Invalid, Refused
from app.core.language import N_, _
from app.core.options import DatasetOptions
from app.core.roles import Actor
from app.db.session import rows_changed
from app.db.tables import Dataset, Job
from app.db.types import now
from app.settings import Settings
from export.formats import FORMATS, RENAMED
from export.formats.base import Format

UNBUILT = ("failed", "cancelled")
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

    Raises Invalid for a name that could not be a file's, an unknown format, or options that the
    format has no use for; Conflict for a name that is taken. One that was stopped or could not be
    built leaves its name to the next.
    """
    actor.require("reviewer", N_("export"))
    name = checked_name(name)
    check_options(FORMATS.make(format), options)
    dataset = session.scalar(select(Dataset).filter_by(project_id=project_id, name=name))
    if dataset and dataset.state not in UNBUILT:
        raise Conflict(_("A dataset called %(name)s is there already.", name=name))
    dataset = dataset or Dataset(project_id=project_id, name=name)
    dataset.done, dataset.total = 0, None
    dataset.format, dataset.options = format, options.model_dump(mode="json")
    before, dataset.state, dataset.error = dataset.state, "building", ""
    dataset.actor_name, dataset.created_at = actor.name, now()
    session.add(dataset)
    session.flush()
    put(session, Job(project_id=project_id, dataset_id=dataset.id, kind="build", queue="execution"))
    chosen = {"format": format, "options": dataset.options}
    tell(session, actor, "create_dataset", dataset, before, **chosen)
    return dataset


def build_again(session: Session, actor: Actor, dataset_id: int) -> Dataset:
    """Ask anew for a dataset that was stopped or could not be built. For reviewers.

    Raises Conflict where it is built or being built.
    """
    old = get(session, Dataset, dataset_id)
    options = DatasetOptions.model_validate(old.options)
    style = RENAMED.get(old.format, old.format)
    return create_dataset(session, actor, old.project_id, old.name, style, options)


def cancel_dataset(session: Session, actor: Actor, dataset_id: int) -> None:
    """Stop a build; nothing of it stays, and the same can be asked for again. For reviewers.

    Raises Refused where it is not being built.
    """
    actor.require("reviewer", N_("export"))
    dataset = get(session, Dataset, dataset_id)
    stop = update(Dataset).where(Dataset.id == dataset_id, Dataset.state == "building")
    if not rows_changed(session, stop.values(state="cancelled")):
        raise Refused(_("The dataset is not being built any more."))
    jobs = update(Job).where(Job.dataset_id == dataset_id, Job.state.in_(ACTIVE))
    session.execute(jobs.values(state="cancelled", lease=None))
    session.refresh(dataset)
    tell(session, actor, "cancel_dataset", dataset, "building")


def check_options(style: Format, options: DatasetOptions) -> None:
    """Refuse what the format has no use for. Raises Invalid with a sentence."""
    name = style.name
    if style.tokenized and not options.tokenizer:
        raise Invalid(_("The format %(name)s needs the tokenizer of a model.", name=name))
    if options.max_tokens and not style.length:
        raise Invalid(_("The format %(name)s knows no limit of tokens.", name=name))
    if style.unit == "path" and not style.flawed and set(options.verdicts) != {"golden"}:
        raise Invalid(_("The format %(name)s takes golden traces alone.", name=name))
    if not options.verdicts:
        raise Invalid(_("Choose at least one verdict."))


def fail_dataset(session: Session, dataset_id: int, reason: str) -> None:
    """Record why a dataset could not be built."""
    dataset = get(session, Dataset, dataset_id)
    before, dataset.state, dataset.error = dataset.state, "failed", reason
    tell(session, WORKER, "fail_dataset", dataset, before, reason=reason)


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


def tell(
    session: Session, actor: Actor, verb: str, dataset: Dataset, before: str | None, **data: Any
) -> None:
    """Record what became of a dataset."""
    subject, place = f"dataset:{dataset.id}", {"project_id": dataset.project_id}
    told = from_to({"state": before}, {"state": dataset.state}) | {"name": dataset.name}
    record(session, actor, verb, subject, **place, **told, **data)
