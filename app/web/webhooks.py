"""A project's webhooks: the list, and one with what it was told, for leads."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Response
from sqlalchemy.orm import Session

from app.actions.webhooks import (
    change_webhook,
    create_webhook,
    remove_webhook,
    renew_secret,
    send_again,
    test_webhook,
    webhook_in,
)
from app.core.language import _
from app.db.tables import Webhook
from app.web.deps import Db, LeadHere, Place, Show, Showing
from app.web.views.webhooks import webhook_view, webhooks_view

router = APIRouter(prefix="/p/{slug}/webhooks")
_ONE = "/{webhook_id}"
Url = Annotated[str, Form()]
Kinds = Annotated[tuple[str, ...], Form()]


def webhook_here(session: Db, here: LeadHere, webhook_id: int) -> Webhook:
    """The webhook of the address. Raises NotFound for one of another project."""
    return webhook_in(session, here.actor, here.project.id, webhook_id)


ThisWebhook = Annotated[Webhook, Depends(webhook_here)]


@router.get("")
def webhooks(show: Showing, session: Db, here: LeadHere) -> Response:
    """The webhooks of the project, and a form for another."""
    return show.page("webhooks", here, view=webhooks_view(session, here.project.id))


@router.post("")
def create(show: Showing, session: Db, here: LeadHere, url: Url, kinds: Kinds = ()) -> Response:
    """Make one, and show its secret on the page that answers."""
    row, secret = create_webhook(session, here.actor, here.project.id, url, kinds)
    session.flush()
    return show.page("webhook", here, view=webhook_view(session, row, secret=secret))


@router.get(_ONE)
def webhook(
    show: Showing,
    session: Db,
    here: LeadHere,
    row: ThisWebhook,
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> Response:
    """One webhook and what it was told, newest first."""
    return show.page("webhook", here, view=webhook_view(session, row, page))


@router.post(_ONE)
def change(
    show: Showing, session: Db, here: LeadHere, row: ThisWebhook, url: Url, kinds: Kinds = ()
) -> Response:
    """Change where it goes and what it is told of."""
    change_webhook(session, here.actor, row, url=url, kinds=kinds)
    return _changed(show, session, here, row, _("Saved."))


@router.post(f"{_ONE}/on")
def switch(
    show: Showing, session: Db, here: LeadHere, row: ThisWebhook, on: Annotated[bool, Form()]
) -> Response:
    """Switch it on or off."""
    change_webhook(session, here.actor, row, on=on)
    return _changed(show, session, here, row, _("Switched on.") if on else _("Switched off."))


@router.post(f"{_ONE}/secret")
def renew(show: Showing, session: Db, here: LeadHere, row: ThisWebhook) -> Response:
    """Make a new secret, and show it on the page that answers."""
    secret = renew_secret(session, here.actor, row)
    session.flush()
    return show.page("webhook", here, view=webhook_view(session, row, secret=secret))


@router.post(f"{_ONE}/test")
def test(show: Showing, session: Db, here: LeadHere, row: ThisWebhook) -> Response:
    """Have a test sent."""
    test_webhook(session, here.actor, row)
    return _changed(show, session, here, row, _("A test is on its way."))


@router.post(f"{_ONE}/deliveries/{{delivery_id}}/again")
def again(
    show: Showing, session: Db, here: LeadHere, row: ThisWebhook, delivery_id: int
) -> Response:
    """Have a message sent once more."""
    send_again(session, here.actor, row, delivery_id)
    return _changed(show, session, here, row, _("It is sent again."))


@router.post(f"{_ONE}/remove")
def remove(show: Showing, session: Db, here: LeadHere, row: ThisWebhook) -> Response:
    """Remove it."""
    remove_webhook(session, here.actor, row)
    return show.go(here.url("/webhooks"), _("Removed."))


def _changed(show: Show, session: Session, here: Place, row: Webhook, said: str) -> Response:
    session.flush()
    view = webhook_view(session, row)
    return show.changed("webhook", here.url(f"/webhooks/{row.id}"), here, said, view=view)
