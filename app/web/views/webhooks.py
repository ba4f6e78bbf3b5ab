"""Webhooks as their leads see them; a secret only as it is made."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.core.language import N_, translated
from app.core.model import Frozen
from app.core.webhooks import KINDS, TEST, State
from app.db.queries.paging import count_of, page_of, pages_for
from app.db.queries.webhooks import deliveries_of, held_back, webhooks_of
from app.db.tables import Delivery, Webhook
from app.web.views.history import VERBS

STATES: dict[State, str] = {
    "on": N_("on"),
    "off": N_("off"),
    "failing": N_("failing"),
    "gone": N_("gone"),
}


class Kind(Frozen):
    """What a webhook can be told of."""

    name: str
    words: str
    chosen: bool


class WebhookLine(Frozen):
    """A webhook in the list."""

    id: int
    url: str
    state: str
    kinds: int


class WebhooksView(Frozen):
    """The list, and what a form for a new one offers."""

    webhooks: tuple[WebhookLine, ...]
    kinds: tuple[Kind, ...]


class DeliveryLine(Frozen):
    """A message: of what, and what came of it. `answer` is somebody else's words."""

    id: int
    did: str
    event: int | None
    subject: str
    state: str
    status: int | None
    answer: str
    attempts: int
    again: datetime | None
    at: datetime


class WebhookView(Frozen):
    """One webhook with a page of its messages; `held` wait until all have judged.

    `secret` is one that was just made, in clear; `rests_until` when it is tried again.
    """

    id: int
    url: str
    state: str
    is_on: bool
    said: str
    rests_until: datetime | None
    kinds: tuple[Kind, ...]
    deliveries: tuple[DeliveryLine, ...]
    held: int
    page: int
    pages: int
    secret: str


def webhooks_view(session: Session, project_id: int) -> WebhooksView:
    """The webhooks of a project."""
    rows = session.scalars(webhooks_of(project_id))
    return WebhooksView(webhooks=tuple(map(_line, rows)), kinds=_kinds(()))


def webhook_view(session: Session, row: Webhook, page: int = 1, *, secret: str = "") -> WebhookView:
    """One of them."""
    query = deliveries_of(row.id)
    return WebhookView(
        id=row.id,
        url=row.url,
        state=translated(STATES[row.state]),
        is_on=row.state == "on",
        said=row.said,
        rests_until=row.not_before if row.failures else None,
        kinds=_kinds(row.kinds),
        deliveries=tuple(map(_delivery, session.scalars(page_of(query, page)))),
        held=held_back(session, row.id),
        page=page,
        pages=pages_for(count_of(session, query)),
        secret=secret,
    )


def _line(row: Webhook) -> WebhookLine:
    state = translated(STATES[row.state])
    return WebhookLine(id=row.id, url=row.url, state=state, kinds=len(row.kinds))


def _kinds(chosen: list[str] | tuple[str, ...]) -> tuple[Kind, ...]:
    return tuple(
        Kind(name=name, words=translated(VERBS[name]), chosen=name in chosen) for name in KINDS
    )


def _delivery(row: Delivery) -> DeliveryLine:
    event = row.event
    verb = event.verb if event else TEST
    return DeliveryLine(
        id=row.id,
        did=translated(VERBS[verb]) if event else translated(N_("a test")),
        event=row.event_id,
        subject=event.subject.replace(":", " ") if event else "",
        state=row.state,
        status=row.status,
        answer=row.answer,
        attempts=row.attempts,
        again=row.not_before if row.state == "queued" else None,
        at=row.created_at,
    )
