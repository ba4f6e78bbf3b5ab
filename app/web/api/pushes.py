"""Pushing datasets to a hub or an S3-compatible store, and the keys of these."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field

from app.actions.pushes import push_dataset
from app.actions.secrets import store_secret
from app.core.errors import NotFound
from app.core.language import _
from app.core.model import Frozen
from app.core.push import Store
from app.db.queries.pushes import pushes_of
from app.db.tables import Push
from app.web.api.datasets import ThisDataset
from app.web.api.deps import Here, Id, LeadHere
from app.web.api.etags import IfNoneMatch, shown
from app.web.api.models import NewKey
from app.web.api.paging import Page, Paged
from app.web.api.sent import Sent
from app.web.deps import Db, WebPorts
from app.web.views.pushes import PushView, push_view

router = APIRouter(prefix="/projects/{slug}", tags=["datasets"])
_PUSHES = "/datasets/{dataset_id}/pushes"
Which = Annotated[Store, Path(examples=["hub"])]


class NewPush(Frozen):
    """Where a dataset is pushed. `pass_on`: although a source forbids redistribution."""

    target: str = Field(max_length=300, examples=["hf://datasets/OWNER/NAME"])
    pass_on: bool = False


@router.get(_PUSHES)
def list_pushes(session: Db, row: ThisDataset, paging: Paged) -> Page[PushView]:
    """The places that a dataset is at, or on its way to."""
    found = sorted(pushes_of(session, row.id), key=lambda push: push.id)
    rows, following = paging.some(found, lambda push: push.id)
    return Page(items=tuple(map(push_view, rows)), next=following)


@router.post(_PUSHES, status_code=201, response_model=PushView)
def push_dataset_(
    session: Db, here: Here, ports: WebPorts, row: ThisDataset, new: Sent[NewPush]
) -> Response:
    """Push a dataset; a worker sends it. The same place again gets what is missing. For leads."""
    asked = (ports.settings, row.id, new.target)
    return shown(push_view(push_dataset(session, here.actor, *asked, pass_on=new.pass_on)), 201)


@router.get(_PUSHES + "/{push_id}", response_model=PushView)
def get_push(session: Db, row: ThisDataset, push_id: Id, condition: IfNoneMatch) -> Response:
    """How far it is."""
    found = session.get(Push, push_id)
    if found is None or found.dataset_id != row.id:
        raise NotFound(_("There is no such push."))
    return condition.show(push_view(found))


@router.put("/stores/{store}/key", status_code=204)
def set_store_key(session: Db, here: LeadHere, store: Which, key: Sent[NewKey]) -> None:
    """Keep the key of a store, encrypted: a hub's token, or S3's as ID:SECRET. For leads."""
    store_secret(session, here.actor, here.project.id, store, key.value.strip())


@router.delete("/stores/{store}/key", status_code=204)
def delete_store_key(session: Db, here: LeadHere, store: Which) -> None:
    """Forget a store's key. For leads."""
    store_secret(session, here.actor, here.project.id, store, "")
