"""The operations of the API on projects. Written by `make openapi`."""

from collections.abc import Iterator

from pydantic import Field

from app.client.base import Operations, Shown
from app.core.flaws import Taxonomy
from app.core.model import Frozen
from app.core.policy import Policy


class ListedProject(Shown):
    """A project in a list, with how much is in it."""

    id: int
    slug: str
    name: str
    problems: int
    traces: int


class NewProject(Frozen):
    """A project to create."""

    name: str


class ProjectLimits(Shown):
    """What a project allows. Tokens are the Reasoner's; seconds are wall time of one code
    call.

    `max_trials` is how often one hint may be tried in the same words before it is
    judged. `overlap` people judge each of `overlap_share` of the new traces, one person
    each of the others. Of what annotators are given `gold_share` are gold standards;
    `gold_shown` lets them see their score.
    """

    max_hints: int = 5
    max_code_calls: int = 8
    max_tokens: int = 16384
    output_tokens: int = 2048
    wall_seconds: float = 30
    memory_mb: int = 1024
    max_trials: int = 16
    share_blocks: bool = False
    overlap: int = 1
    overlap_share: float = 1
    gold_share: float = 0
    gold_shown: bool = False


class Prompts(Shown):
    """A project's own words; an empty text stands for the default. `hints` are by the
    rule.
    """

    reasoner: str = ""
    intervener: str = ""
    hints: dict[str, str] = Field(default_factory=dict)


class Prices(Shown):
    """Money for a million tokens; `cached` prompt tokens cost as all others where it is
    None.
    """

    prompt: float = 0
    cached: float | None = None
    completion: float = 0


class ProjectSettings(Shown):
    """What leads set; `spending_cap` of null is none."""

    limits: ProjectLimits
    policy: Policy
    prompts: Prompts
    prices: Prices
    spending_cap: float | None


class ProjectView(Shown):
    """A project. `settings` are shown to leads alone, and null to others."""

    id: int
    slug: str
    name: str
    guidelines: str
    taxonomy: Taxonomy
    settings: ProjectSettings | None


class ChangedProject(Frozen):
    """What is to be changed; what is left out, or null, stays. A `spending_cap` of 0 takes
    it away.

    The Reasoner, the Intervener and their keys are set on the settings page.
    """

    name: str | None = None
    guidelines: str | None = None
    taxonomy: Taxonomy | None = None
    prompts: Prompts | None = None
    limits: ProjectLimits | None = None
    policy: Policy | None = None
    prices: Prices | None = None
    spending_cap: float | None = None


class ProjectsOperations(Operations):
    """What can be asked for."""

    def list_projects(self, *, limit: int = 50) -> Iterator[ListedProject]:
        """The projects that the caller is a member of; for administrators all."""
        return self._list(ListedProject, ("projects",), limit=limit)

    def create_project(self, body: NewProject) -> ProjectView:
        """Create a project that the caller leads. For administrators, and who leads one
        already.
        """
        return self._one(ProjectView, "POST", ("projects",), body=body)

    def get_project(self, slug: str, *, seen: Shown | None = None) -> ProjectView:
        """One project."""
        return self._one(ProjectView, "GET", ("projects", slug), seen=seen)

    def change_project(
        self, slug: str, body: ChangedProject, *, seen: Shown | None = None
    ) -> ProjectView:
        """Change what a project is set to. For leads."""
        return self._one(ProjectView, "PATCH", ("projects", slug), body=body, seen=seen)
