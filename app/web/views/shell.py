"""The frame around every page: who, where, what is in the header, and what must be known."""

from sqlalchemy.orm import Session

from app.actions.projects import visible_projects
from app.core.language import N_, translated
from app.core.model import Frozen
from app.core.roles import Actor, Role
from app.db.queries.shell import last_isolation, queue_length
from app.db.queries.talk import unseen_mentions
from app.db.queries.webhooks import failing_in
from app.db.tables import Project, User
from app.settings import settings

UNISOLATED = N_("Code runs without isolation on this machine: run only models that you trust.")
ALLOWED = N_(
    "Code may run without isolation on this machine: an administrator allowed it "
    "(CALM_SANDBOX_ALLOW_UNISOLATED)."
)
RECORDING = N_(
    "The Reasoner of this project is a recording: it goes on only where a continuation was "
    "recorded. Connect a model in the settings."
)
FAILING = N_("A webhook of this project is not told anything any more: see Members, Webhooks.")
NO_PASSWORD = N_("Your account has no password yet: set one under your name, top right.")


class ProjectLink(Frozen):
    """A project that the person can go to."""

    slug: str
    name: str


class Shell(Frozen):
    """`queue` is the number of traces that wait for a person, `mentions` of those not seen yet.

    `alarm` stands above every page, `lines` above those that have the room.
    """

    user: str
    user_id: int
    admin: bool
    projects: tuple[ProjectLink, ...]
    project: ProjectLink | None = None
    role: Role | None = None
    queue: int = 0
    mentions: int = 0
    alarm: str = ""
    lines: tuple[str, ...] = ()


def shell_view(session: Session, user: User, project: Project | None, actor: Actor | None) -> Shell:
    """The frame for a person on a page of `project`, or outside any."""
    return Shell(
        user=user.name,
        user_id=user.id,
        admin=user.admin,
        projects=tuple(_link(each) for each in visible_projects(session, user)),
        project=_link(project) if project else None,
        role=actor.role if actor else None,
        queue=queue_length(session, project.id, user.id) if project else 0,
        mentions=unseen_mentions(session, user.id),
        alarm=_alarm(session),
        lines=tuple(_lines(session, user, project, actor)),
    )


def _alarm(session: Session) -> str:
    """What was seen of the newest execution, else what may come of the next."""
    if last_isolation(session) == "none":
        return translated(UNISOLATED)
    return translated(ALLOWED) if settings().sandbox_allow_unisolated else ""


def _link(project: Project) -> ProjectLink:
    return ProjectLink(slug=project.slug, name=project.name)


def _lines(session: Session, user: User, project: Project | None, actor: Actor | None) -> list[str]:
    lines = {
        RECORDING: project is not None and project.reasoner["name"] == "scripted",
        FAILING: project is not None
        and actor is not None
        and actor.may("lead")
        and failing_in(session, project.id),
        NO_PASSWORD: user.password_hash is None,
    }
    return [translated(line) for line, holds in lines.items() if holds]
