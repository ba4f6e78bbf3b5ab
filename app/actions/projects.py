"""Projects: creating one and changing its settings."""

import re
import unicodedata
from typing import Any

from pydantic import Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.actions.record import from_to, get, record
from app.actions.secrets import MODELS as ROLES
from app.actions.secrets import forget_secret
from app.core.budget import MAX_HINTS
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.flaws import DEFAULT, Taxonomy
from app.core.language import N_, _
from app.core.model import Frozen
from app.core.policy import Policy
from app.core.roles import Actor
from app.db.tables import Membership, Project, User
from app.prompts.own import Prompts

MAX_OVERLAP = 10


class ProjectLimits(Frozen):
    """What a project allows. Tokens are the Reasoner's; seconds are wall time of one code call.

    `max_trials` is how often one hint may be tried in the same words before it is judged. `overlap`
    people judge each of `overlap_share` of the new traces, one person each of the others. Of what
    annotators are given `gold_share` are gold standards; `gold_shown` lets them see their score.
    """

    max_hints: int = Field(default=MAX_HINTS, ge=0, le=MAX_HINTS)
    max_code_calls: int = Field(default=8, ge=0, le=100)
    max_tokens: int = Field(default=16_384, ge=16, le=1_000_000)
    output_tokens: int = Field(default=2_048, ge=16, le=100_000)
    wall_seconds: float = Field(default=30, gt=0, le=3600)
    memory_mb: int = Field(default=1024, ge=64, le=65_536)
    max_trials: int = Field(default=16, ge=0, le=100)
    share_blocks: bool = False
    overlap: int = Field(default=1, ge=1, le=MAX_OVERLAP)
    overlap_share: float = Field(default=1, ge=0, le=1, allow_inf_nan=False)
    gold_share: float = Field(default=0, ge=0, le=0.5, allow_inf_nan=False)
    gold_shown: bool = False


class Prices(Frozen):
    """Money for a million tokens; `cached` prompt tokens cost as all others where it is None."""

    prompt: float = Field(default=0, ge=0, allow_inf_nan=False)
    cached: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    completion: float = Field(default=0, ge=0, allow_inf_nan=False)


class ProjectChange(Frozen):
    """New values; what is None stays. A `spending_cap` of 0 or less takes the cap away."""

    name: str | None = Field(default=None, min_length=1, max_length=120)
    guidelines: str | None = Field(default=None, max_length=100_000)
    taxonomy: Taxonomy | None = None
    reasoner: dict[str, Any] | None = None
    intervener: dict[str, Any] | None = None
    prompts: Prompts | None = None
    limits: ProjectLimits | None = None
    policy: Policy | None = None
    prices: Prices | None = None
    spending_cap: float | None = Field(default=None, allow_inf_nan=False)


def create_project(session: Session, actor: Actor, name: str) -> Project:
    """A project that its maker leads. For administrators, and for people already leading one."""
    if not may_create(session, actor):
        raise NotAllowed(_("Only administrators and leads create projects."))
    name = name.strip()
    if not name or len(name) > 120:
        raise Invalid(_("A project's name has 1 to 120 characters."))
    project = Project(
        slug=_free_slug(session, name),
        name=name,
        taxonomy=DEFAULT.model_dump(mode="json"),
        reasoner={"name": "openai"},
        intervener={"name": "rules"},
        limits=ProjectLimits().model_dump(),
        prices=Prices().model_dump(),
    )
    session.add(project)
    session.flush()
    if actor.id:
        session.add(Membership(project_id=project.id, user_id=actor.id, role="lead"))
    told, place = from_to({}, {"name": project.name}), {"project_id": project.id}
    record(session, actor, "create_project", f"project:{project.id}", **place, **told)
    return project


def may_create(session: Session, actor: Actor) -> bool:
    """Whether the actor may create projects."""
    led = select(Membership.id).where(Membership.user_id == actor.id, Membership.role == "lead")
    leads = actor.id is not None and session.scalar(led.limit(1)) is not None
    return actor.administers or (leads and actor.reaches("manage"))


def change_project(
    session: Session, actor: Actor, project_id: int, change: ProjectChange
) -> Project:
    """Set what `change` names. For leads; the event keeps the values before and after.

    A stored key belongs to the server that it was stored for: another one never gets it. Raises
    Invalid for prompts that can't be used.
    """
    actor.require("lead", N_("change the project"))
    if change.prompts and (refusal := change.prompts.refusal):
        raise Invalid(refusal)
    project = get(session, Project, project_id)
    values = change.model_dump(mode="json", exclude_none=True)
    if "spending_cap" in values and values["spending_cap"] <= 0:
        values["spending_cap"] = None
    before = {name: getattr(project, name) for name in values}
    for name in set(ROLES) & set(values):
        if (server := before[name].get("base_url")) and server != values[name].get("base_url"):
            forget_secret(session, actor, project_id, name)
    for name, value in values.items():
        setattr(project, name, value)
    record(
        session,
        actor,
        "change_project",
        f"project:{project_id}",
        project_id=project_id,
        before=_told(before),
        after=_told(values),
    )
    return project


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Settings as the history keeps them: an address without the password that may stand in it."""
    told = dict(values)
    for name in set(ROLES) & set(values):
        if address := values[name].get("base_url"):
            told[name] = values[name] | {"base_url": re.sub(r"//[^/@]*@", "//…@", address)}
    return told


def visible_projects(session: Session, user: User) -> list[Project]:
    """The projects that a person is a member of; all of them for an administrator."""
    return list(session.scalars(visible_to(user).order_by(Project.name)))


def visible_to(user: User) -> Select[Project]:
    """The same as a query."""
    query = select(Project)
    return query if user.admin else query.join(Membership).where(Membership.user_id == user.id)


def find_project(session: Session, name: str) -> Project:
    """The project of this slug, else of this name. Raises NotFound, or Invalid for several."""
    by_slug = session.scalars(select(Project).filter_by(slug=name)).all()
    found = by_slug or session.scalars(select(Project).filter_by(name=name)).all()
    if not found:
        raise NotFound(_("There is no project called %(name)s.", name=name))
    if len(found) > 1:
        slugs = ", ".join(sorted(project.slug for project in found))
        raise Invalid(
            _("Several projects are called %(name)s; say which: %(slugs)s.", name=name, slugs=slugs)
        )
    return found[0]


def limits_of(project: Project) -> ProjectLimits:
    """A project's limits, with defaults for what it never set."""
    return ProjectLimits.model_validate(project.limits)


def policy_of(project: Project) -> Policy:
    """What passes without a person; for what was never set: nothing."""
    return Policy.model_validate(project.policy)


def prompts_of(project: Project) -> Prompts:
    """A project's own words for models."""
    return Prompts.model_validate(project.prompts)


def _free_slug(session: Session, name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50] or "project"
    taken = set(session.scalars(select(Project.slug).where(Project.slug.startswith(base))))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, len(taken) + 3) if f"{base}-{n}" not in taken)
