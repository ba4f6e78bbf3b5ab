"""The list of projects, each with where its work stands."""

from sqlalchemy.orm import Session

from app.actions.projects import may_create, visible_projects
from app.core.model import Frozen
from app.core.roles import Actor
from app.db.queries.projects import problems_by_project, states_by_project
from app.db.tables import User


class ProjectLine(Frozen):
    """A project, and its counts of problems and of traces by state."""

    slug: str
    name: str
    problems: int
    review: int
    golden: int


class ProjectsView(Frozen):
    """`may_create` says whether the form for a new one is shown."""

    projects: tuple[ProjectLine, ...]
    may_create: bool


def projects_view(session: Session, person: User, actor: Actor) -> ProjectsView:
    """The projects that the person can see."""
    problems, states = problems_by_project(session), states_by_project(session, person.id)
    return ProjectsView(
        projects=tuple(
            ProjectLine(
                slug=project.slug,
                name=project.name,
                problems=problems.get(project.id, 0),
                review=states.get(project.id, {}).get("review", 0),
                golden=states.get(project.id, {}).get("golden", 0),
            )
            for project in visible_projects(session, person)
        ),
        may_create=may_create(session, actor),
    )
