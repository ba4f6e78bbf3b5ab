"""The operations of the API on webhooks. Written by `make openapi`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from app.client.base import Operations, Shown
from app.core.model import Frozen


class WebhookView(Shown):
    """A webhook. `said` is why it is failing or gone, `rests_until` when it is tried
    again.
    """

    id: int
    url: str
    kinds: tuple[str, ...]
    state: Literal["on", "off", "failing", "gone", "removed"]
    said: str
    failures: int
    rests_until: datetime | None
    created_at: datetime


class NewWebhook(Frozen):
    """A webhook to make: an https address, and the verbs of the history that it is told
    of.
    """

    url: str
    kinds: tuple[str, ...]


class FreshWebhook(WebhookView):
    """A webhook that was just made, with its secret."""

    secret: str


class ChangedWebhook(Frozen):
    """What is to be changed; what is left out, or null, stays."""

    url: str | None = None
    kinds: tuple[str, ...] | None = None
    on: bool | None = None


class FreshSecret(Shown):
    """A secret that was just made: it is not shown again."""

    secret: str


class DeliveryView(Shown):
    """A message: queued, sent or failed. `status` and `answer` are of the last try; the
    answer is what the server said, which is not to be trusted, or why there was none.
    """

    id: int
    message_id: str
    kind: str
    event_id: int | None
    state: str
    attempts: int
    status: int | None
    answer: str
    tried_at: datetime | None
    created_at: datetime


class WebhooksOperations(Operations):
    """What can be asked for."""

    def list_webhooks(self, slug: str, *, limit: int = 50) -> Iterator[WebhookView]:
        """The webhooks of a project. For leads."""
        return self._list(WebhookView, ("projects", slug, "webhooks"), limit=limit)

    def create_webhook(self, slug: str, body: NewWebhook) -> FreshWebhook:
        """Make a webhook, whose secret is in clear for this once. For leads."""
        return self._one(FreshWebhook, "POST", ("projects", slug, "webhooks"), body=body)

    def get_webhook(self, slug: str, webhook_id: int, *, seen: Shown | None = None) -> WebhookView:
        """One webhook. For leads."""
        return self._one(WebhookView, "GET", ("projects", slug, "webhooks", webhook_id), seen=seen)

    def change_webhook(
        self, slug: str, webhook_id: int, body: ChangedWebhook, *, seen: Shown | None = None
    ) -> WebhookView:
        """Change a webhook, or switch it on or off. For leads."""
        return self._one(
            WebhookView, "PATCH", ("projects", slug, "webhooks", webhook_id), body=body, seen=seen
        )

    def remove_webhook(self, slug: str, webhook_id: int) -> None:
        """Remove a webhook, and forget its secret. For leads."""
        self._none("DELETE", ("projects", slug, "webhooks", webhook_id))

    def renew_secret(self, slug: str, webhook_id: int) -> FreshSecret:
        """Have a new secret made, in clear for this once. For leads.

        The one before it signs beside it for a day.
        """
        return self._one(FreshSecret, "POST", ("projects", slug, "webhooks", webhook_id, "secret"))

    def test_webhook(self, slug: str, webhook_id: int) -> None:
        """Have a test message sent. For leads."""
        self._none("POST", ("projects", slug, "webhooks", webhook_id, "tests"))

    def list_deliveries(
        self, slug: str, webhook_id: int, *, limit: int = 50
    ) -> Iterator[DeliveryView]:
        """What a webhook was told and will be, for thirty days, the oldest first. For leads."""
        return self._list(
            DeliveryView, ("projects", slug, "webhooks", webhook_id, "deliveries"), limit=limit
        )

    def send_again(self, slug: str, webhook_id: int, delivery_id: int) -> DeliveryView:
        """Have a message sent once more, by its own id. For leads."""
        return self._one(
            DeliveryView,
            "POST",
            ("projects", slug, "webhooks", webhook_id, "deliveries", delivery_id, "again"),
        )
