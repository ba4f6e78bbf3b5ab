"""What routes of the API are given: who calls, and the project of the address.

Promises: the same as `app.web.deps`: what the caller may not know of is not there.
"""

from typing import Annotated

from fastapi import Depends, Path, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.accounts import actor_of
from app.actions.record import get
from app.core.errors import NotAllowed, NotFound
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.session import reading
from app.db.tables import Project, User
from app.web.deps import Db, Place, ports_of

Slug = Annotated[str, Path(max_length=60, examples=["ducks"])]
Id = Annotated[int, Path(ge=1, le=2**31 - 1, examples=[7])]


def caller(request: Request) -> Actor:
    """Who calls, outside any project."""
    actor: Actor = request.scope["calm_actor"]
    return actor


Caller = Annotated[Actor, Depends(caller)]


def caller_choosing(actor: Caller) -> Actor:
    """The same, to change what is the caller's own and nobody else's. Raises NotAllowed."""
    actor.require_scope("annotate", N_("change what is your own"))
    return actor


def caller_managing(actor: Caller) -> Actor:
    """The same, to see and end by what their account is entered. Raises NotAllowed."""
    actor.require_scope("manage", N_("see sessions and tokens"))
    return actor


def administrator(actor: Caller) -> Actor:
    """The same, if an administrator. Raises NotAllowed."""
    if not actor.administers:
        raise NotAllowed(_("Only administrators can do this."))
    return actor


Choosing = Annotated[Actor, Depends(caller_choosing)]
Managing = Annotated[Actor, Depends(caller_managing)]
Admin = Annotated[Actor, Depends(administrator)]


def user_of(session: Session, actor: Actor) -> User:
    """The account behind a caller."""
    return get(session, User, actor.id or 0)


def place(session: Db, actor: Caller, slug: Slug) -> Place:
    """The project of the address. Raises NotFound where the caller is no member of it."""
    project = session.scalar(select(Project).where(Project.slug == slug))
    here = actor_in(session, actor, project.id) if project else actor
    if project is None or not here.may("viewer"):
        raise NotFound(_("There is no such project."))
    return Place(project, here)


def actor_in(session: Session, actor: Actor, project_id: int) -> Actor:
    """The caller in a project, as far as the token reaches."""
    inside = actor_of(session, user_of(session, actor), project_id, "token")
    return inside.model_copy(update={"token": actor.token, "scopes": actor.scopes})


def place_apart(request: Request, actor: Caller, slug: Slug) -> Place:
    """The same for a route whose verb opens its own transactions: none is open when it runs."""
    with reading(ports_of(request).engine) as session:
        return place(session, actor, slug)


def lead_only(here: Annotated[Place, Depends(place)]) -> Place:
    """A place of which only leads are told. Raises NotAllowed."""
    here.actor.require("lead", N_("see this"))
    return here


Here = Annotated[Place, Depends(place)]
HereApart = Annotated[Place, Depends(place_apart)]
LeadHere = Annotated[Place, Depends(lead_only)]
