"""The list of projects, a new one, and the way in."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.actions.projects import create_project
from app.core.language import _
from app.web.deps import Db, Person, PersonActor, Showing
from app.web.views.projects import projects_view

router = APIRouter()


@router.get("/")
def first_page(show: Showing, session: Db, person: Person, actor: PersonActor) -> Response:
    """The only project where there is one, else the list."""
    view = projects_view(session, person, actor)
    only = view.projects[0].slug if len(view.projects) == 1 else None
    return show.go(f"/p/{only}" if only else "/projects")


@router.get("/projects")
def projects_page(show: Showing, session: Db, person: Person, actor: PersonActor) -> Response:
    """The person's projects."""
    return show.page("projects", view=projects_view(session, person, actor))


@router.post("/projects")
def create(
    show: Showing, session: Db, actor: PersonActor, name: Annotated[str, Form()] = ""
) -> Response:
    """Create a project and go to it."""
    project = create_project(session, actor, name)
    return show.go(f"/p/{project.slug}", _("%(name)s is created.", name=project.name))
