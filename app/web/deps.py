"""What routes are given: a session, the person, the place they are in, and a way to answer.

Promises: a route of a project never runs for somebody who may not know of that project; they get
the same "no such page" as for one that does not exist. A change is committed before its response
is sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import BackgroundTasks, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.accounts import actor_of, login_of
from app.actions.ports import Ports
from app.actions.preferences import preference_of
from app.actions.record import get
from app.actions.sessions import note_seen, was_seen_long_ago
from app.core.errors import NotFound
from app.core.keys import keys_with
from app.core.language import N_, _
from app.core.roles import Actor
from app.core.visitor import Visitor, visitor_of
from app.db.session import reading, transaction
from app.db.tables import Project, User
from app.web.errors import LoginNeeded
from app.web.language import speak_with
from app.web.security import SAFE_METHODS, session_token
from app.web.templates import is_htmx, render
from app.web.views.shell import Shell, shell_view

SAID = "calm_said"


def ports_of(request: Request) -> Ports:
    """The database and settings of this process."""
    ports: Ports = request.app.state.ports
    return ports


def get_session(request: Request) -> Iterator[Session]:
    """One transaction for a change, a session that only reads for everything else."""
    opened = reading if request.method in SAFE_METHODS else transaction
    with opened(ports_of(request).engine) as session:
        yield session


def visiting(request: Request) -> Visitor:
    """From where the request comes."""
    host = request.client.host if request.client else ""
    return visitor_of(host, request.headers.get("user-agent", ""))


WebPorts = Annotated[Ports, Depends(ports_of)]
Visiting = Annotated[Visitor, Depends(visiting)]
# Function scope: the commit comes before the response, so that a failed one is no success.
Db = Annotated[Session, Depends(get_session, scope="function")]


def current_user(request: Request, session: Db, after: BackgroundTasks) -> User:
    """Who is logged in, and so in which language they are answered. Raises LoginNeeded."""
    login = login_of(session, session_token(request))
    if login is None:
        raise LoginNeeded
    if was_seen_long_ago(login):
        after.add_task(note_seen, ports_of(request).engine, login.id)
    user = get(session, User, login.user_id)
    speak_with(user)
    return user


Person = Annotated[User, Depends(current_user)]


def person_actor(session: Db, user: Person) -> Actor:
    """The person outside any project."""
    return actor_of(session, user)


PersonActor = Annotated[Actor, Depends(person_actor)]


@dataclass(frozen=True)
class Place:
    """A project that the person may see, and what they are there."""

    project: Project
    actor: Actor

    def url(self, path: str = "") -> str:
        """The address of a page of this project: `url("/traces/7")`."""
        return f"/p/{self.project.slug}{path}"


def place(session: Db, user: Person, slug: str) -> Place:
    """The project of the address. Raises NotFound where the person is no member of it."""
    project = session.scalar(select(Project).where(Project.slug == slug))
    actor = actor_of(session, user, project.id) if project else None
    if project is None or actor is None or not actor.may("viewer"):
        raise NotFound(_("There is no such project."))
    return Place(project, actor)


def place_apart(request: Request, slug: str, after: BackgroundTasks) -> Place:
    """The same for a route whose verb opens its own transactions: none is open when it runs."""
    with reading(ports_of(request).engine) as session:
        return place(session, current_user(request, session, after), slug)


def lead_only(here: Annotated[Place, Depends(place)]) -> Place:
    """A place whose pages are for leads; others are told so."""
    here.actor.require("lead", N_("see this page"))
    return here


def lead_only_apart(here: Annotated[Place, Depends(place_apart)]) -> Place:
    """The same, with no transaction open."""
    return lead_only(here)


Here = Annotated[Place, Depends(place)]
HereApart = Annotated[Place, Depends(place_apart)]
LeadHere = Annotated[Place, Depends(lead_only)]
LeadHereApart = Annotated[Place, Depends(lead_only_apart)]


def go(request: Request, address: str, said: str = "") -> Response:
    """Send the browser to another page, with a sentence to show there."""
    response: Response = RedirectResponse(address, 303)
    if is_htmx(request):
        response = Response(status_code=200, headers={"HX-Redirect": address})
    if said:
        response.set_cookie(SAID, quote(said), max_age=60, httponly=True, samesite="lax")
    return response


class Show:
    """How a route answers: a page, a changed part, or a redirect."""

    def __init__(self, request: Request, session: Db, user: Person) -> None:
        self.request, self.session, self.user = request, session, user

    def page(
        self, template: str, here: Place | None = None, status: int = 200, /, **context: Any
    ) -> Response:
        """The page `templates/pages/<template>.html` inside the frame that all pages share."""
        said = unquote(self.request.cookies.get(SAID, ""))
        shown = {"here": here, "shell": self._shell(here), "said": said, "keys": self.keys}
        context = {**shown, **context}
        response = render(self.request, f"pages/{template}.html", status, **context)
        if said:
            response.delete_cookie(SAID)
        return response

    def part(
        self, template: str, here: Place | None = None, status: int = 200, /, **context: Any
    ) -> Response:
        """The region `templates/parts/<template>.html` alone."""
        context = {"here": here, "said": "", "keys": self.keys, **context}
        return render(self.request, f"parts/{template}.html", status, **context)

    def changed(
        self, template: str, back: str, here: Place | None = None, said: str = "", **context: Any
    ) -> Response:
        """After a change: the region for htmx, else a redirect to the page that holds it."""
        if is_htmx(self.request):
            return self.part(
                "after_change", here, part=f"parts/{template}.html", said=said, **context
            )
        return self.go(back, said)

    def go(self, address: str, said: str = "") -> Response:
        """Send the browser to another page, with a sentence to show there."""
        return go(self.request, address, said)

    @property
    def keys(self) -> dict[str, str]:
        """The person's key of each deed."""
        return keys_with(preference_of(self.session, self.user.id).keys)

    def _shell(self, here: Place | None) -> Shell:
        role = here.actor if here else None
        return shell_view(self.session, self.user, here.project if here else None, role)


Showing = Annotated[Show, Depends()]
