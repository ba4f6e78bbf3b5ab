"""One's own account: language, mail address and password."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.actions.accounts import open_login, set_language, set_password
from app.actions.reset_password import set_email
from app.core.language import _
from app.web.deps import Db, Person, PersonActor, Showing, Visiting, WebPorts
from app.web.language import speak_with
from app.web.security import set_session
from app.web.views.account import account_view

router = APIRouter(prefix="/account")


@router.get("")
def account(show: Showing, session: Db, person: Person) -> Response:
    """One's own language, mail address and password."""
    return show.page("account", view=account_view(session, person))


@router.post("/language")
def choose_language(
    show: Showing, session: Db, person: Person, actor: PersonActor, tag: Annotated[str, Form()] = ""
) -> Response:
    """Choose one's own language; the page that follows is in it."""
    set_language(session, actor, person.id, tag)
    speak_with(person)
    return show.go("/account", _("Your language is set."))


@router.post("")
def password(
    show: Showing,
    session: Db,
    ports: WebPorts,
    person: Person,
    actor: PersonActor,
    visitor: Visiting,
    password: Annotated[str, Form()] = "",
) -> Response:
    """Set one's own password; every other session ends, and this one goes on."""
    set_password(session, actor, person.id, password)
    response = show.go("/", _("Your password is set."))
    set_session(response, open_login(session, person, "session", visitor), ports.settings)
    return response


@router.post("/email")
def email(
    show: Showing,
    session: Db,
    person: Person,
    actor: PersonActor,
    email: Annotated[str, Form()] = "",
) -> Response:
    """Say where a mail reaches oneself."""
    set_email(session, actor, person.id, email)
    return show.go("/account", _("Saved."))
