"""The middle of the workbench: the path, the rail beside it, how it ended and whether it goes on.

How a step is shown is in `steps`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from app.actions.sample_again import sample_refusal
from app.core.answer import Grade
from app.core.answer.reasons import reason_words
from app.core.language import _
from app.core.proposal import Proposal
from app.core.trace import FAILURES, OUTCOMES
from app.core.waiting import waiting_words
from app.db.tables import Job
from app.web.typeset import place
from app.web.views.annotated import AnnotatedView, annotated_view
from app.web.views.desk import Desk
from app.web.views.notes import NoteView, notes_view
from app.web.views.rail import RailItem, rail_of
from app.web.views.steps import StepView, ghosts_of, marks_of, step_views
from app.web.views.trials import trial_words
from app.web.views.verified import folded, read_until
from app.web.views.workbench import Badge, HeadView, head_view, rule_of


@dataclass(frozen=True)
class TraceView:
    """The path, how it ended, and whether it goes on.

    `waiting` says what it waits for, "" while it is written, and `put_off` that this is its model
    server; `end_places` are those of hints at its
    end; `next_hint` is the first proposal that waits for a judgement. `trial` says what is read
    where it is a trial of a hint, begun from the branch `parent`. `notes` are beside the step of
    that row; `no_sample` says why nothing can be sampled again; `newest` is the lineage's last
    branch; `annotated` is what people said of it in another tool.
    """

    head: HeadView
    steps: tuple[StepView, ...]
    rail: tuple[RailItem, ...]
    next_hint: int | None
    end_places: tuple[Markup, ...]
    growing: bool
    waiting: str
    put_off: bool
    failed: bool
    ending: str
    detail: str
    outcome: str | None
    diverged: bool
    continuation: str
    set_aside: bool
    trial: str
    parent: int | None
    grade: Badge
    rule: str
    answered: bool
    notes: Mapping[int, tuple[NoteView, ...]]
    may_try: bool
    no_sample: str
    newest: int
    annotated: AnnotatedView | None


def trace_view(desk: Desk) -> TraceView:
    """The whole middle column."""
    branch, marks, ghosts = desk.branch, marks_of(desk), ghosts_of(desk)
    grade, read = grade_badge(desk.facts.grade), read_until(desk)
    shown = step_views(desk, marks)
    steps = tuple(replace(step, fold=folded(step, marks, read)) for step in shown)
    return TraceView(
        head=head_view(desk),
        steps=steps,
        rail=tuple(rail_of(steps, marks, grade.tone)),
        next_hint=_next_hint(desk),
        end_places=tuple(place(mark.link, ghosts[mark.link]) for mark in marks[len(desk.path)]),
        growing=desk.growing,
        waiting=_waiting(desk.facts.job) if desk.growing else "",
        put_off=desk.growing and _put_off(desk.facts.job) is not None,
        failed=branch.outcome in FAILURES,
        ending=OUTCOMES[branch.outcome] if branch.outcome else "",
        detail=branch.detail,
        outcome=branch.outcome,
        diverged=branch.diverged,
        continuation=str(branch.settings.get("continuation", "")),
        set_aside=branch.set_aside,
        trial=trial_words(desk),
        parent=branch.parent_id,
        grade=grade,
        rule=rule_of(desk.problem.tolerance),
        answered=any(step.kind == "answer" for step in desk.path),
        notes=notes_view(desk),
        may_try=desk.actor.may("annotator"),
        no_sample=_no_sample(desk),
        newest=max((each.number or 0 for each in desk.branches), default=0),
        annotated=annotated_view(desk),
    )


def grade_badge(grade: Grade) -> Badge:
    """The grade with its reason, as it stands beside an answer."""
    if grade.correct is None:
        return Badge(reason_words(grade.reason), "plain")
    return Badge(reason_words(grade.reason), "good" if grade.correct else "bad")


def _next_hint(desk: Desk) -> int | None:
    """The open proposal that comes first in the trace, while no verdict stands."""
    waiting = [] if desk.facts.verdict or desk.branch.trial else desk.facts.open_proposals
    cuts = [(Proposal.model_validate(row.proposal).cut, row.id) for row in waiting]
    return min(((cut.step, cut.offset, id_) for cut, id_ in cuts), default=(0, 0, None))[2]


def _no_sample(desk: Desk) -> str:
    refusal = sample_refusal(desk.project, desk.branch, desk.facts.verdict)
    return refusal or desk.cap_refusal or ""


def _waiting(job: Job | None) -> str:
    """What a branch that grows waits for, "" where somebody works on it."""
    if job and (until := _put_off(job)):
        return waiting_words(job.error, until)
    return "" if job and job.state == "running" else _("Waiting for a worker.")


def _put_off(job: Job | None) -> datetime | None:
    """When a job that waits for its model server is tried again."""
    return job.not_before if job and job.state == "queued" else None
