"""Projects as the API shows them."""

from pydantic import Field

from app.actions.projects import Prices, ProjectLimits, limits_of, policy_of, prompts_of
from app.core.flaws import Taxonomy
from app.core.model import Frozen
from app.core.policy import Policy
from app.db.tables import Project
from app.prompts.own import Prompts
from app.web.deps import Place


class ProjectLine(Frozen):
    """A project in a list; `slug` is what its addresses are made with."""

    slug: str = Field(examples=["ducks"])
    name: str = Field(examples=["Ducks"])


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
    """A project in a list."""
    return ProjectLine(slug=project.slug, name=project.name)


def project_view(here: Place) -> ProjectView:
    """A project, as far as this caller may know it."""
    project = here.project
    return ProjectView(
        slug=project.slug,
        name=project.name,
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
