"""People: accounts for administrators, and one's own language and password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from app.actions.accounts import create_user, open_login, set_language, set_password
from app.actions.record import get
from app.core.errors import NotAllowed
from app.core.language import _
from app.core.roles import Actor
from app.db.tables import User
from app.web.deps import Db, Person, PersonActor, Showing, WebPorts
from app.web.language import speak_with
from app.web.security import set_session
from app.web.views.people import account_view, people_view

router = APIRouter()


def administrator(actor: PersonActor) -> Actor:
    """The person, if an administrator. Raises NotAllowed."""
    if not actor.admin:
        raise NotAllowed(_("Only administrators see this page."))
    return actor


Admin = Annotated[Actor, Depends(administrator)]


@router.get("/users")
def users(show: Showing, session: Db, _: Admin) -> Response:
    """Everybody with an account."""
    return show.page("users", view=people_view(session))


@router.post("/users")
def create(
    show: Showing,
    session: Db,
    actor: Admin,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    admin: Annotated[bool, Form()] = False,
) -> Response:
    """Make an account."""
    user = create_user(session, actor, name, password or None, admin)
    return show.changed(
        "users", "/users", said=_("%(name)s is in.", name=user.name), view=people_view(session)
    )


@router.post("/users/{user_id}/once")
def once(show: Showing, request: Request, session: Db, _: Admin, user_id: int) -> Response:
    """Show a one-time address for a person, this once; it is stored as a hash alone."""
    user = get(session, User, user_id)
    token = open_login(session, user, "once")
    address = f"{request.base_url}login/once?token={token}"
    return show.page("users", view=people_view(session, address, user.name))


@router.get("/account")
def account(show: Showing, person: Person) -> Response:
    """One's own language and password."""
    return show.page("account", view=account_view(person.language))


@router.post("/account/language")
def choose_language(
    show: Showing, session: Db, person: Person, actor: PersonActor, tag: Annotated[str, Form()] = ""
) -> Response:
    """Choose one's own language; the page that follows is in it."""
    set_language(session, actor, person.id, tag)
    speak_with(person)
    return show.go("/account", _("Your language is set."))


@router.post("/account")
def password(
    show: Showing,
    session: Db,
    ports: WebPorts,
    person: Person,
    actor: PersonActor,
    password: Annotated[str, Form()] = "",
) -> Response:
    """Set one's own password; every other session ends, and this one goes on."""
    set_password(session, actor, person.id, password)
    response = show.go("/", _("Your password is set."))
    set_session(response, open_login(session, person, "session"), ports.settings)
    return response
