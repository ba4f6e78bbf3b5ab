"""One's own tokens: seen, made, revoked. A new one is shown this once."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.actions.tokens import create_own_token, revoke_token
from app.core.language import _
from app.web.deps import Db, Person, PersonActor, Showing
from app.web.views.tokens import tokens_view

router = APIRouter(prefix="/account/tokens")


@router.get("")
def tokens(show: Showing, session: Db, person: Person) -> Response:
    """One's own tokens."""
    return show.page("tokens", view=tokens_view(session, person.id))


@router.post("")
def create(
    show: Showing,
    session: Db,
    person: Person,
    actor: PersonActor,
    name: Annotated[str, Form()],
    days: Annotated[int, Form()],
    scopes: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Make one, and show it on the page that answers."""
    fresh = create_own_token(session, actor, name, scopes, days)
    session.flush()
    return show.page("tokens", view=tokens_view(session, person.id, fresh))


@router.post("/{token_id}/revoke")
def revoke(
    show: Showing, session: Db, person: Person, actor: PersonActor, token_id: int
) -> Response:
    """End one."""
    revoke_token(session, actor, person.id, token_id)
    view = tokens_view(session, person.id)
    return show.changed("tokens", "/account/tokens", said=_("The token is revoked."), view=view)
