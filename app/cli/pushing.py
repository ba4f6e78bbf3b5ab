"""Pushing a dataset from this machine or by a server: for `calm export` and `calm dataset push`."""

import click
from sqlalchemy import select

from app.actions.pushes import push_dataset
from app.cli.common import ports, progress, project_id, read
from app.cli.remote import connect, find_project, server
from app.cli.working import newest_job, worked
from app.client import v1
from app.core.errors import NotFound, Refused
from app.core.roles import SCRIPT
from app.db.session import transaction
from app.db.tables import Dataset, Push

pass_on_ = click.option(
    "--pass-on", is_flag=True, help="Push although a source forbids redistribution."
)


def push_named(project: str, name: str, target: str, pass_on: bool) -> dict[str, object]:
    """Where the dataset of this name went and how many bytes, once it is there. Raises Refused."""
    push = _push_there if server() else _push_here
    return push(project, name, target, pass_on)


def _push_here(project: str, name: str, target: str, pass_on: bool) -> dict[str, object]:
    opened = ports()
    called = select(Dataset.id).filter_by(project_id=project_id(opened, project), name=name)
    dataset_id = _found(read(opened, lambda session: session.scalar(called)), name)
    with transaction(opened.engine) as session:
        asked = (opened.settings, dataset_id, target)
        push_id = push_dataset(session, SCRIPT, *asked, pass_on=pass_on).id
    job_id = newest_job(opened, push_id=push_id)
    find = lambda: read(opened, lambda s: s.get_one(Push, push_id))  # noqa: E731
    push = worked(opened, "Pushing", job_id, find, "pushing")
    if push.state != "done":
        raise Refused(push.error)
    return {"target": push.target, "bytes": push.total}


def _push_there(project: str, name: str, target: str, pass_on: bool) -> dict[str, object]:
    with connect() as calm:
        slug = find_project(calm, project).slug
        named = (each.id for each in calm.list_datasets(slug) if each.name == name)
        dataset_id = _found(next(named, None), name)
        asked = calm.push_dataset(slug, dataset_id, v1.NewPush(target=target, pass_on=pass_on))
        with progress("Pushing") as looked:
            push = calm.wait_for_push(slug, dataset_id, asked.id, progress=looked)
        return {"target": push.target, "bytes": push.total}


def _found(dataset_id: int | None, name: str) -> int:
    if dataset_id is None:
        raise NotFound(f"There is no dataset called {name}.")
    return dataset_id
