"""People, for administrators: accounts, who else is an administrator, who may come in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from app.actions.accounts import create_user, hand_out_once
from app.actions.administer import set_active, set_admin
from app.actions.record import get
from app.actions.remove_person import removal_of, remove_person
from app.actions.second_factor import take_away
from app.core.errors import NotAllowed
from app.core.language import _
from app.core.roles import Actor
from app.db.tables import User
from app.web.deps import Db, PersonActor, Showing
from app.web.views.people import people_view

router = APIRouter()


def administrator(actor: PersonActor) -> Actor:
    """The person, if an administrator. Raises NotAllowed."""
    if not actor.administers:
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
def once(show: Showing, request: Request, session: Db, actor: Admin, user_id: int) -> Response:
    """Show a one-time address for a person, this once; it is stored as a hash alone."""
    token = hand_out_once(session, actor, user_id)
    user = get(session, User, user_id)
    address = f"{request.base_url}login/once?token={token}"
    return show.page("users", view=people_view(session, address, user.name))


@router.get("/users/{user_id}/remove")
def removal(show: Showing, session: Db, actor: Admin, user_id: int) -> Response:
    """What removing a person would do, and the form that does it."""
    return show.page("remove_user", user_id=user_id, view=removal_of(session, actor, user_id))


@router.post("/users/{user_id}/remove")
def remove(
    show: Showing, session: Db, actor: Admin, user_id: int, name: Annotated[str, Form()] = ""
) -> Response:
    """Remove a person; their name is typed once more."""
    done = remove_person(session, actor, user_id, name)
    return show.go("/users", _("The person is now called “%(name)s”.", name=done.becomes))


@router.post("/users/{user_id}/admin")
def admin(
    show: Showing, session: Db, actor: Admin, user_id: int, on: Annotated[bool, Form()] = False
) -> Response:
    """Make a person an administrator, or no longer one."""
    set_admin(session, actor, user_id, on)
    return show.changed("users", "/users", said=_("Changed."), view=people_view(session))


@router.post("/users/{user_id}/active")
def active(
    show: Showing, session: Db, actor: Admin, user_id: int, on: Annotated[bool, Form()] = False
) -> Response:
    """Let a person in, or no longer."""
    set_active(session, actor, user_id, on)
    return show.changed("users", "/users", said=_("Changed."), view=people_view(session))


@router.post("/users/{user_id}/second-factor/off")
def second_factor_off(show: Showing, session: Db, actor: Admin, user_id: int) -> Response:
    """Switch off the second factor of somebody who lost it."""
    take_away(session, actor, user_id)
    return show.changed("users", "/users", said=_("Changed."), view=people_view(session))
