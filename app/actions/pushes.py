"""Pushing datasets to a hub or an S3-compatible store: asking for it, and what became of it.

Promises: what a source forbids to pass on goes nowhere unless a person confirms it; the key is the
project's own, else the installation's, and stands in no row, event or message. Asking again for
the same place sends what is missing there (`app.actions.send_dataset`).
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.datasets import folder_of
from app.actions.record import WORKER, from_to, get, record
from app.actions.secrets import read_secret
from app.actions.work import put
from app.backends.stores.base import Keys
from app.core.errors import Conflict, Refused
from app.core.fields import plain_name
from app.core.language import N_, _
from app.core.push import Store, Target, target_of
from app.core.roles import Actor
from app.db.queries.benchmarks import licences
from app.db.tables import Dataset, Job, Push
from app.db.types import now
from app.settings import Settings
from export.build import MANIFEST
from export.upgrade import manifest_from


def push_dataset(
    session: Session,
    actor: Actor,
    settings: Settings,
    dataset_id: int,
    target: str,
    *,
    pass_on: bool = False,
) -> Push:
    """Ask for a dataset to be pushed; a worker sends it after the commit. For leads.

    Raises Conflict while it is not built or goes there already, Invalid for a place that can't be
    read, Refused without a key or, unless `pass_on`, where a source forbids redistribution.
    """
    actor.require("lead", N_("push datasets"))
    dataset, place = get(session, Dataset, dataset_id), target_of(target)
    folder_of(settings, dataset)
    forbidden = forbidding(session, dataset)
    if forbidden and not pass_on:
        raise Refused(
            _(
                "%(names)s forbids redistribution. Push only to where nobody else reads it, and "
                "confirm that.",
                names=", ".join(forbidden),
            )
        )
    keys_of(session, settings, dataset.project_id, place.store)
    _require_free(session, place)
    return _begin(session, actor, dataset, place, forbidden)


def forbidding(session: Session, dataset: Dataset) -> list[str]:
    """The sources of a built dataset that forbid redistribution: by its manifest, or by now."""
    if not dataset.manifest:
        return []
    known = licences(session)
    return [
        each.name
        for each in manifest_from(dataset.manifest).origin.sources
        if each.redistribution is False
        or ((terms := known.get(plain_name(each.name))) and terms.redistribution is False)
    ]


def keys_of(session: Session, settings: Settings, project_id: int, store: Store) -> Keys:
    """What opens a store for a project. Raises Refused where there is nothing."""
    own = read_secret(session, project_id, store)
    if store == "hub":
        keys = Keys(own or settings.hf_token, endpoint=settings.hf_endpoint)
    else:
        key_id, _colon, key = (own or "").partition(":")
        if not own:
            key_id, key = settings.aws_access_key_id, settings.aws_secret_access_key
        keys = Keys(key, key_id, settings.aws_endpoint_url, settings.aws_region)
    if not keys.key:
        raise Refused(_("There is no key for this store: a lead stores one in the settings."))
    return keys


def fail_push(session: Session, push_id: int, reason: str) -> None:
    """Record why a push went wrong; asking again goes on from there."""
    push = get(session, Push, push_id)
    before, push.state, push.error = push.state, "failed", reason
    tell_push(session, WORKER, "fail_push", push, before, reason=reason)


def tell_push(
    session: Session, actor: Actor, verb: str, push: Push, before: str | None, **data: Any
) -> None:
    """Record what became of a push, with its dataset."""
    dataset = get(session, Dataset, push.dataset_id)
    told = from_to({"state": before}, {"state": push.state}) | {"target": push.target}
    place = {"project_id": dataset.project_id}
    record(session, actor, verb, f"dataset:{dataset.id}", **place, **told, **data)


def _require_free(session: Session, place: Target) -> None:
    going = select(Push.id).filter_by(target=place.address, state="pushing")
    if session.scalar(going):
        raise Conflict(_("A dataset is on its way there already."))


def _begin(
    session: Session, actor: Actor, dataset: Dataset, place: Target, forbidden: list[str]
) -> Push:
    push = session.scalar(select(Push).filter_by(dataset_id=dataset.id, target=place.address))
    push = push or Push(dataset_id=dataset.id, target=place.address)
    before, push.state, push.error = push.state, "pushing", ""
    push.done = push.total = 0
    push.actor_name, push.created_at = actor.name, now()
    session.add(push)
    session.flush()
    put(session, Job(project_id=dataset.project_id, push_id=push.id, kind="push", queue="model"))
    told = {"passed_on_though_forbidden": forbidden} if forbidden else {}
    tell_push(session, actor, "push_dataset", push, before, **told)
    return push


def names_of(dataset: Dataset) -> list[str]:
    """The files of a built dataset in the order in which they are sent: the manifest last."""
    return [each["name"] for each in (dataset.manifest or {}).get("files", ())] + [MANIFEST]
