"""What routes of the API are given: who calls, and the project of the address.

Promises: the same as `app.web.deps`: what the caller may not know of is not there.
"""

from typing import Annotated

from fastapi import Depends, Path, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.accounts import actor_of
from app.actions.record import get
from app.core.errors import NotFound
from app.core.language import _
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


Here = Annotated[Place, Depends(place)]
HereApart = Annotated[Place, Depends(place_apart)]
