"""A project's first page: where its work stands, and the one thing to do next."""

from typing import Any

from sqlalchemy.orm import Session

from app.core.language import _, ngettext
from app.core.model import Frozen
from app.core.roles import Actor, Role
from app.db.queries.economy import Economy, economy_of
from app.db.queries.projects import problems_by_project, states_by_project
from app.db.tables import Project
from app.web.views.gold import ScoreLine, own_score
from app.web.views.guide import guide_wanted


class Step(Frozen):
    """One station on the way from problems to a dataset. `now` marks the one to go on with.

    `role` is what it takes to do it; `label` is "" for somebody who can't.
    """

    title: str
    told: str
    label: str
    path: str
    done: bool
    role: Role = "annotator"
    now: bool = False


class HomeView(Frozen):
    """`steps` in their order; counts of traces by state; tokens; the guidelines for annotators.

    `waits_for` says who has to go on where the person can't; `guided` offers the first trace.
    """

    name: str
    steps: tuple[Step, ...]
    waits_for: str
    guided: bool
    problems: int
    states: dict[str, int]
    economy: Economy
    guidelines: str
    score: ScoreLine | None


def home_view(session: Session, project: Project, actor: Actor) -> HomeView:
    """The first page as this person sees it."""
    problems = problems_by_project(session).get(project.id, 0)
    states = states_by_project(session, actor.id).get(project.id, {})
    steps = _steps(project, problems, states)
    return HomeView(
        name=project.name,
        steps=_marked(steps, actor),
        waits_for=_waits_for(steps, actor),
        guided=bool(states.get("review")) and guide_wanted(session, actor),
        problems=problems,
        states=states,
        economy=economy_of(session, project.id),
        guidelines=project.guidelines,
        score=own_score(session, project, actor),
    )


def _steps(project: Project, problems: int, states: dict[str, int]) -> list[Step]:
    reasoner = project.reasoner
    connected = reasoner["name"] != "openai" or bool(reasoner.get("base_url"))
    review, golden = states.get("review", 0), states.get("golden", 0)
    return [
        Step(
            title=_("Problems"),
            told=ngettext("%(num)s imported", "%(num)s imported", problems)
            if problems
            else _("A file of problems, or of traces."),
            label=_("Import more") if problems else _("Import problems"),
            path="/import",
            done=problems > 0,
            role="lead",
        ),
        Step(
            title=_("Reasoner"),
            told=_reasoner_words(reasoner),
            label=_("Settings") if connected else _("Connect a model"),
            path="/settings",
            done=connected,
            role="lead",
        ),
        Step(
            title=_("Traces"),
            told=ngettext("%(num)s written", "%(num)s written", sum(states.values()))
            if states
            else _("Have the Reasoner write some."),
            label=_("Start traces"),
            path="/problems",
            done=bool(states),
        ),
        Step(
            title=_("Review"),
            told=ngettext("%(num)s waiting", "%(num)s waiting", review)
            if review
            else _("Nothing is waiting."),
            label=_("Review the next one"),
            path="/queue",
            done=bool(states) and not review,
        ),
        Step(
            title=_("Dataset"),
            told=ngettext("%(num)s golden", "%(num)s golden", golden)
            if golden
            else _("No trace is golden yet."),
            label=_("Export"),
            path="/datasets",
            done=False,
        ),
    ]


def _reasoner_words(reasoner: dict[str, Any]) -> str:
    if reasoner["name"] == "scripted":
        return _("A recording.")
    return reasoner.get("model") or _("Not connected yet.")


def _next(steps: list[Step]) -> Step | None:
    """The first station that is not done."""
    return next((step for step in steps if not step.done), None)


def _waits_for(steps: list[Step], actor: Actor) -> str:
    """Whose turn it is, where it is not this person's."""
    following = _next(steps)
    if following is None or not actor.may("annotator") or actor.may(following.role):
        return ""
    return _("Next: a lead of this project sees to “%(station)s”.", station=following.title)


def _marked(steps: list[Step], actor: Actor) -> tuple[Step, ...]:
    """The station to go on with is marked, if it is this person's; viewers only look."""
    following = _next(steps)
    return tuple(
        step.model_copy(
            update={
                "now": step is following and actor.may(step.role),
                "label": step.label if actor.may(step.role) else "",
            }
        )
        for step in steps
    )
