"""Coming in by an OpenID Connect provider, and connecting one's account with it.

What a browser keeps while it is away is a cookie that it can't read: encrypted, for ten minutes,
sent to these addresses alone, and gone as it comes back.
"""

import json
from typing import Any

from cryptography.fernet import InvalidToken
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.actions.accounts import actor_of, user_of_token
from app.actions.identities import enter_as, forget_identity, join_identity
from app.backends.oidc import Flow, begin, finish
from app.core.errors import CalmError, NotAllowed, NotFound, ProviderDown
from app.core.language import _
from app.db.session import transaction
from app.db.types import now
from app.web.deps import Db, Person, PersonActor, Showing, Visiting, WebPorts
from app.web.login import enter, login_form, own_path
from app.web.sealed import seal, unseal
from app.web.security import session_token

router = APIRouter()
_COOKIE = "calm_oidc"
_PATH = "/login/oidc"
_SECONDS = 600


@router.get(_PATH)
def leave(request: Request, ports: WebPorts, next: str = "/") -> Response:
    """To the provider."""
    _require_provider(ports)
    try:
        address, flow = begin(ports.settings)
    except ProviderDown as down:
        return login_form(request, next, 503, str(down))
    response = RedirectResponse(address, 303)
    _keep(response, ports, flow, next=own_path(next))
    return response


@router.get(f"{_PATH}/callback")
def come_back(request: Request, ports: WebPorts, visitor: Visiting) -> Response:
    """From the provider: in, or connected with it, or told why not."""
    _require_provider(ports)
    try:
        kept = _kept(request, ports)
        identity = finish(ports.settings, Flow(**kept["flow"]), dict(request.query_params), now())
        with transaction(ports.engine) as session:
            if kept["join"] is None:
                user = enter_as(session, ports.settings, identity)
            else:
                person = user_of_token(session, session_token(request))
                if person is None or person.id != kept["join"]:
                    raise NotAllowed(_("You are no longer logged in. Log in, then try again."))
                join_identity(session, actor_of(session, person), identity)
    except CalmError as refused:
        status = 503 if isinstance(refused, ProviderDown) else 403
        response = login_form(request, "/", status, str(refused))
    else:
        response = (
            enter(ports, user, visitor, kept["next"], "provider")
            if kept["join"] is None
            else RedirectResponse("/account", 303)
        )
    response.delete_cookie(_COOKIE, path=_PATH)
    return response


@router.post("/account/oidc")
def connect(show: Showing, ports: WebPorts, person: Person) -> Response:
    """To the provider, to connect one's account.

    Answered by a page that goes on there: a form may lead to no other site, even by a redirect.
    """
    _require_provider(ports)
    address, flow = begin(ports.settings)
    response = show.page("onward", address=address, name=ports.settings.oidc_name)
    response.headers["Refresh"] = f"0; url={address}"
    _keep(response, ports, flow, join=person.id)
    return response


@router.post("/account/oidc/{identity_id}/forget")
def forget(show: Showing, session: Db, actor: PersonActor, identity_id: int) -> Response:
    """Come in by it no more."""
    forget_identity(session, actor, identity_id)
    return show.go("/account", _("Removed."))


def _require_provider(ports: WebPorts) -> None:
    if not ports.settings.oidc:
        raise NotFound(_("There is no such page."))


def _keep(
    response: Response, ports: WebPorts, flow: Flow, next: str = "/", join: int | None = None
) -> None:
    kept = json.dumps({"flow": flow.model_dump(), "next": next, "join": join})
    response.set_cookie(
        _COOKIE,
        seal(ports.engine, kept),
        max_age=_SECONDS,
        path=_PATH,
        secure=ports.settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def _kept(request: Request, ports: WebPorts) -> dict[str, Any]:
    try:
        kept = unseal(ports.engine, request.cookies.get(_COOKIE, ""), _SECONDS)
    except InvalidToken:
        raise NotAllowed(_("That took too long, or began elsewhere. Try again.")) from None
    read: dict[str, Any] = json.loads(kept)
    return read
