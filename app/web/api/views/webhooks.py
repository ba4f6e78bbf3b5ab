"""Webhooks and their messages as the API shows them; never a secret but a fresh one."""

from datetime import datetime
from typing import Any

from pydantic import Field

from app.core.model import Frozen
from app.core.webhooks import TEST, State
from app.db.tables import Delivery, Webhook


class WebhookView(Frozen):
    """A webhook. `said` is why it is failing or gone, `rests_until` when it is tried again."""

    id: int = Field(examples=[3])
    url: str = Field(examples=["https://example.org/hook"])
    kinds: tuple[str, ...] = Field(examples=[["golden"]])
    state: State
    said: str
    failures: int
    rests_until: datetime | None
    created_at: datetime


class FreshSecret(Frozen):
    """A secret that was just made: it is not shown again."""

    secret: str = Field(examples=["whsec_…"])


class FreshWebhook(WebhookView, FreshSecret):
    """A webhook that was just made, with its secret."""


class DeliveryView(Frozen):
    """A message: queued, sent or failed. `status` and `answer` are of the last try; the answer is
    what the server said, which is not to be trusted, or why there was none."""

    id: int = Field(examples=[12])
    message_id: str = Field(examples=["msg_0a1b"])
    kind: str = Field(examples=["golden"])
    event_id: int | None
    state: str = Field(examples=["sent"])
    attempts: int
    status: int | None = Field(examples=[200])
    answer: str
    tried_at: datetime | None
    created_at: datetime


def webhook_view(row: Webhook) -> WebhookView:
    """One webhook."""
    return WebhookView(**_webhook(row))


def fresh_webhook(row: Webhook, secret: str) -> FreshWebhook:
    """A new one, its secret in clear."""
    return FreshWebhook(**_webhook(row), secret=secret)


def delivery_view(row: Delivery) -> DeliveryView:
    """One message."""
    named = DeliveryView.model_fields.keys() - {"kind"}
    shown = {name: getattr(row, name) for name in named}
    return DeliveryView(**shown, kind=row.event.verb if row.event else TEST)


def _webhook(row: Webhook) -> dict[str, Any]:
    named = ("id", "url", "kinds", "state", "said", "failures", "created_at")
    return {name: getattr(row, name) for name in named} | {"rests_until": row.not_before}
