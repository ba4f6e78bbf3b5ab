"""Full-text search over problems, traces and hints: in a project, or in all of a person's."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app.actions.projects import visible_projects
from app.db.search.documents import Kind
from app.web.deps import Db, Here, Person, Showing
from app.web.views.search import search_view

router = APIRouter()


class Asked:
    """What is looked for: of one kind or all, behind the entry `before`."""

    def __init__(
        self,
        q: str = "",
        kind: Kind | None = None,
        before: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    ) -> None:
        self.text, self.kind, self.before = q.strip(), kind, before


AskedFor = Annotated[Asked, Depends()]


@router.get("/p/{slug}/search")
def search_here(show: Showing, session: Db, here: Here, asked: AskedFor) -> Response:
    """What a project has."""
    view = search_view(session, [here.project], asked.text, asked.kind, asked.before)
    return show.page("search", here, view=view)


@router.get("/search")
def search_everywhere(show: Showing, session: Db, person: Person, asked: AskedFor) -> Response:
    """What all the person's projects have."""
    projects = visible_projects(session, person)
    view = search_view(session, projects, asked.text, asked.kind, asked.before)
    return show.page("search", view=view)
