"""Projects as the API shows them."""

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.projects import Prices, ProjectLimits, limits_of, policy_of, prompts_of
from app.core.flaws import Taxonomy
from app.core.model import Frozen
from app.core.policy import Policy
from app.db.tables import ProblemRow, Project, Trace
from app.prompts.own import Prompts
from app.web.deps import Place


class ProjectLine(Frozen):
    """A project; `slug` is what its addresses are made with."""

    id: int = Field(examples=[1])
    slug: str = Field(examples=["ducks"])
    name: str = Field(examples=["Ducks"])


class ListedProject(ProjectLine):
    """A project in a list, with how much is in it."""

    problems: int
    traces: int


class ProjectSettings(Frozen):
    """What leads set; `spending_cap` of null is none."""

    limits: ProjectLimits
    policy: Policy
    prompts: Prompts
    prices: Prices
    spending_cap: float | None


class ProjectView(ProjectLine):
    """A project. `settings` are shown to leads alone, and null to others."""

    guidelines: str
    taxonomy: Taxonomy
    settings: ProjectSettings | None


def project_line(project: Project) -> ProjectLine:
    """What tells a project."""
    return ProjectLine(id=project.id, slug=project.slug, name=project.name)


def listed_projects(session: Session, projects: Sequence[Project]) -> tuple[ListedProject, ...]:
    """Projects with how much is in each."""
    problems, traces = (_counts(session, table, projects) for table in (ProblemRow, Trace))
    return tuple(
        ListedProject(
            **dict(project_line(each)),
            problems=problems.get(each.id, 0),
            traces=traces.get(each.id, 0),
        )
        for each in projects
    )


def _counts(
    session: Session, table: type[ProblemRow] | type[Trace], projects: Sequence[Project]
) -> dict[int, int]:
    mine = table.project_id.in_([each.id for each in projects])
    query = (
        select(table.project_id, func.count().label("many")).where(mine).group_by(table.project_id)
    )
    return {row.project_id: row.many for row in session.execute(query)}


def project_view(here: Place) -> ProjectView:
    """A project, as far as this caller may know it."""
    project = here.project
    return ProjectView(
        **dict(project_line(project)),
        guidelines=project.guidelines,
        taxonomy=Taxonomy.model_validate(project.taxonomy),
        settings=_settings(project) if here.actor.may("lead") else None,
    )


def _settings(project: Project) -> ProjectSettings:
    return ProjectSettings(
        limits=limits_of(project),
        policy=policy_of(project),
        prompts=prompts_of(project),
        prices=Prices.model_validate(project.prices),
        spending_cap=project.spending_cap,
    )
