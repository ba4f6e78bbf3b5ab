"""Webhooks: servers elsewhere that are told what happens in a project, and what each was told.

A secret is shown once, as it is made; no answer that is kept for an `Idempotency-Key` holds one.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from app.actions.webhooks import (
    change_webhook,
    create_webhook,
    remove_webhook,
    renew_secret,
    send_again,
    test_webhook,
    webhook_in,
)
from app.core.model import Frozen
from app.core.webhooks import KINDS
from app.db.queries.webhooks import deliveries_of, webhooks_of
from app.db.tables import Delivery, Webhook
from app.web.api.deps import Id, LeadHere
from app.web.api.etags import IfMatch, IfNoneMatch, shown, shown_once
from app.web.api.paging import Page, Paged
from app.web.api.sent import Sent
from app.web.api.views.webhooks import (
    DeliveryView,
    FreshSecret,
    FreshWebhook,
    WebhookView,
    delivery_view,
    fresh_webhook,
    webhook_view,
)
from app.web.deps import Db

router = APIRouter(prefix="/projects/{slug}/webhooks", tags=["webhooks"])
_ONE = "/{webhook_id}"
Url = Annotated[str, Field(max_length=500, examples=["https://example.org/hook"])]
Kinds = Annotated[
    tuple[Annotated[str, Field(max_length=40)], ...],
    Field(min_length=1, max_length=len(KINDS), examples=[["golden"]]),
]


class NewWebhook(Frozen):
    """A webhook to make: an https address, and the verbs of the history that it is told of."""

    url: Url
    kinds: Kinds


class ChangedWebhook(Frozen):
    """What is to be changed; what is left out, or null, stays."""

    url: Url | None = None
    kinds: Kinds | None = None
    on: bool | None = None


def webhook_here(session: Db, here: LeadHere, webhook_id: Id) -> Webhook:
    """The webhook of the address. Raises NotFound for one of another project."""
    return webhook_in(session, here.actor, here.project.id, webhook_id)


ThisWebhook = Annotated[Webhook, Depends(webhook_here)]


@router.get("")
def list_webhooks(session: Db, here: LeadHere, paging: Paged) -> Page[WebhookView]:
    """The webhooks of a project. For leads."""
    rows, following = paging.rows(session, webhooks_of(here.project.id), Webhook.id)
    return Page(items=tuple(map(webhook_view, rows)), next=following)


@router.post("", status_code=201, response_model=FreshWebhook)
def create_webhook_(session: Db, here: LeadHere, new: Sent[NewWebhook]) -> Response:
    """Make a webhook, whose secret is in clear for this once. For leads."""
    row, secret = create_webhook(session, here.actor, here.project.id, new.url, new.kinds)
    return shown_once(fresh_webhook(row, secret))


@router.get(_ONE, response_model=WebhookView)
def get_webhook(row: ThisWebhook, condition: IfNoneMatch) -> Response:
    """One webhook. For leads."""
    return condition.show(webhook_view(row))


@router.patch(_ONE, response_model=WebhookView)
def change_webhook_(
    session: Db, here: LeadHere, row: ThisWebhook, change: Sent[ChangedWebhook], condition: IfMatch
) -> Response:
    """Change a webhook, or switch it on or off. For leads."""
    condition.check(lambda: webhook_view(row))
    change_webhook(session, here.actor, row, **dict(change))
    return shown(webhook_view(row))


@router.delete(_ONE, status_code=204)
def remove_webhook_(session: Db, here: LeadHere, row: ThisWebhook) -> None:
    """Remove a webhook, and forget its secret. For leads."""
    remove_webhook(session, here.actor, row)


@router.post(f"{_ONE}/secret", status_code=201, response_model=FreshSecret)
def renew_secret_(session: Db, here: LeadHere, row: ThisWebhook) -> Response:
    """Have a new secret made, in clear for this once. For leads.

    The one before it signs beside it for a day.
    """
    return shown_once(FreshSecret(secret=renew_secret(session, here.actor, row)))


@router.post(f"{_ONE}/tests", status_code=202)
def test_webhook_(session: Db, here: LeadHere, row: ThisWebhook) -> None:
    """Have a test message sent. For leads."""
    test_webhook(session, here.actor, row)


@router.get(f"{_ONE}/deliveries")
def list_deliveries(session: Db, row: ThisWebhook, paging: Paged) -> Page[DeliveryView]:
    """What a webhook was told and will be, for thirty days, the oldest first. For leads."""
    rows, following = paging.rows(session, deliveries_of(row.id), Delivery.id)
    return Page(items=tuple(map(delivery_view, rows)), next=following)


@router.post(f"{_ONE}/deliveries/{{delivery_id}}/again", response_model=DeliveryView)
def send_again_(session: Db, here: LeadHere, row: ThisWebhook, delivery_id: Id) -> Response:
    """Have a message sent once more, by its own id. For leads."""
    return shown(delivery_view(send_again(session, here.actor, row, delivery_id)))
