"""Projects: the list, a new one, one, and changing what it is set to."""

from fastapi import APIRouter, Response
from pydantic import Field

from app.actions.projects import (
    Prices,
    ProjectChange,
    ProjectLimits,
    change_project,
    create_project,
    visible_to,
)
from app.core.flaws import Taxonomy
from app.core.model import Frozen
from app.core.policy import Policy
from app.db.tables import Project
from app.prompts.own import Prompts
from app.web.api.deps import Caller, Here, actor_in, user_of
from app.web.api.etags import IfMatch, IfNoneMatch, shown
from app.web.api.paging import Page, Paged
from app.web.api.sent import NOT_BLANK, Sent
from app.web.api.views.projects import ListedProject, ProjectView, listed_projects, project_view
from app.web.deps import Db, Place
from app.web.security import API

router = APIRouter(prefix="/projects", tags=["projects"])


class NewProject(Frozen):
    """A project to create."""

    name: str = Field(min_length=1, max_length=120, pattern=NOT_BLANK, examples=["Ducks"])


class ChangedProject(Frozen):
    """What is to be changed; what is left out, or null, stays. A `spending_cap` of 0 takes it away.

    The Reasoner, the Intervener and their keys are set on the settings page.
    """

    name: str | None = Field(None, min_length=1, max_length=120)
    guidelines: str | None = Field(None, max_length=100_000, examples=["Be brief."])
    taxonomy: Taxonomy | None = None
    prompts: Prompts | None = None
    limits: ProjectLimits | None = None
    policy: Policy | None = None
    prices: Prices | None = None
    spending_cap: float | None = Field(None, allow_inf_nan=False)


@router.get("")
def list_projects(session: Db, actor: Caller, paging: Paged) -> Page[ListedProject]:
    """The projects that the caller is a member of; for administrators all."""
    rows, following = paging.rows(session, visible_to(user_of(session, actor)), Project.id)
    return Page(items=listed_projects(session, rows), next=following)


@router.post("", status_code=201, response_model=ProjectView)
def create_project_(session: Db, actor: Caller, new: Sent[NewProject]) -> Response:
    """Create a project that the caller leads. For administrators, and who leads one already."""
    project = create_project(session, actor, new.name)
    session.flush()
    view = project_view(Place(project, actor_in(session, actor, project.id)))
    return shown(view, 201, f"{API}/projects/{project.slug}")


@router.get("/{slug}", response_model=ProjectView)
def get_project(here: Here, condition: IfNoneMatch) -> Response:
    """One project."""
    return condition.show(project_view(here))


@router.patch("/{slug}", response_model=ProjectView)
def change_project_(
    session: Db, here: Here, change: Sent[ChangedProject], match: IfMatch
) -> Response:
    """Change what a project is set to. For leads."""
    session.refresh(here.project, with_for_update=True)
    match.check(lambda: project_view(here))
    values = ProjectChange(**{name: getattr(change, name) for name in change.model_fields_set})
    change_project(session, here.actor, here.project.id, values)
    session.flush()
    return shown(project_view(here))
