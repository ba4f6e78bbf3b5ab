"""Trying a proposed hint before it is judged: how the Reasoner goes on with it, and without it.

Promises: trials are branches outside the lineage, the budget, reviews and exports; what they cost
is spent like any other. Asking twice from one page starts nothing twice.
"""

import secrets

from sqlalchemy.orm import Session

from app.actions.cancel import stop_writing
from app.actions.facts import active_verdict
from app.actions.hints import author_of, check_hint, grow_from
from app.actions.projects import limits_of
from app.actions.record import get, lock_trace, record
from app.actions.slots import check_seen, owner_here
from app.actions.spending import cap_refusal
from app.actions.trials import hold_jobs
from app.backends.reasoners.base import sampling_of
from app.core.errors import Conflict, Invalid, Refused
from app.core.language import N_, _
from app.core.proposal import Decision, Proposal
from app.core.roles import Actor
from app.core.trace import Cut
from app.core.trials import Trial, compare
from app.db.queries.trials import trials_of
from app.db.queries.workbench import judgement_by
from app.db.tables import Branch, Project, ProposalRow, TrialRow
from app.live import announce, trace_channel

TRIALS = 4
"""How many continuations are tried unless a person says otherwise."""


def try_proposal(
    session: Session,
    actor: Actor,
    proposal_id: int,
    k: int = TRIALS,
    *,
    words: str | None = None,
    cut: Cut | None = None,
    shown: int = 0,
) -> int:
    """Let the Reasoner go on `k` times more with the hint, and as often without it; how many began.

    `shown` is the newest trial that the person knew of: those begun since count among the `k`. For
    annotators. Raises Conflict where the hint was judged, Refused with the rule's sentence.
    """
    actor.require("annotator", N_("try hints"))
    row = get(session, ProposalRow, proposal_id)
    hold_jobs(session, row.trace_id)
    lock_trace(session, row.trace_id)
    proposal = Proposal.model_validate(row.proposal)
    words, cut = words if words is not None else proposal.words, cut or proposal.cut
    parent, project = _check_open(session, actor, row)
    check_hint(session, parent, cut, words)
    known = trials_of(session, [row.id]).get(row.id, [])
    wanted = _wanted(project, known, k, words, cut, shown)
    if any(wanted) and (refusal := cap_refusal(session, project)):
        raise Refused(refusal)
    edited: Decision = "accept" if (words, cut) == (proposal.words, proposal.cut) else "edit"
    author = author_of(edited, proposal)
    for tried, many in zip((words, None), wanted, strict=True):
        for _each in range(many):
            seed = secrets.randbits(31)
            branch = grow_from(session, row, cut, tried, author, seed=seed, trial=True)
            session.add(TrialRow(proposal_id=row.id, branch_id=branch.id, words=tried))
    place = {"project_id": project.id, "trace_id": row.trace_id}
    event = record(session, actor, "try", f"proposal:{row.id}", **place, begun=wanted)
    announce(session, trace_channel(row.trace_id), "review", event=event)
    return sum(wanted)


def stop_trials(session: Session, actor: Actor, proposal_id: int) -> int:
    """Stop what still runs of a hint's trials, and give how many ran. For annotators."""
    actor.require("annotator", N_("stop the Reasoner"))
    row = get(session, ProposalRow, proposal_id)
    hold_jobs(session, row.trace_id)
    running = [
        get(session, Branch, trial.branch_id)
        for trial in trials_of(session, [row.id]).get(row.id, ())
        if trial.outcome is None and trial.free
    ]
    return sum(stop_writing(session, actor, branch) for branch in running)


def most_trials(project: Project) -> int:
    """How often one hint may be tried: where all continuations are alike, one tells everything."""
    most = limits_of(project).max_trials
    return min(most, 1) if alike(project) else most


def alike(project: Project) -> str:
    """Why the Reasoner goes on from one place in one way only; "" where it does not."""
    if project.reasoner["name"] == "scripted":
        return _("The Reasoner is a recording: it knows one continuation, or none.")
    if sampling_of(project.reasoner).temperature == 0:
        return _("At temperature 0 the Reasoner goes on in one way only.")
    return ""


def trial_refusal(project: Project, standing: int, more: int = 1) -> str | None:
    """Why a hint that `standing` trials tell of can't be tried `more` times, or None."""
    most = most_trials(project)
    if not most:
        return _("This project tries no hints.")
    if standing + more <= most:
        return None
    return alike(project) or _(
        "A hint is tried at most %(most)s times in the same words.", most=most
    )


def _check_open(session: Session, actor: Actor, row: ProposalRow) -> tuple[Branch, Project]:
    session.refresh(row, ["state"])
    parent = get(session, Branch, row.branch_id)
    check_seen(session, actor, parent)
    owner = owner_here(session, actor, parent.trace)
    if row.state != "open" or (owner and judgement_by(session, row.id, owner)):
        raise Conflict(_("Somebody judged this hint already; the page shows their decision."))
    if parent.outcome is None:
        raise Refused(_("The Reasoner is still writing this branch."))
    if active_verdict(session, row.trace_id, owner):
        raise Refused(_("The trace has a verdict; reopen it first."))
    return parent, get(session, Project, parent.trace.project_id)


def _wanted(
    project: Project, known: list[Trial], k: int, words: str, cut: Cut, shown: int
) -> tuple[int, int]:
    """How many to begin with the hint, and without it: as many without it stand in the end."""
    if k < 1:
        raise Invalid(_("A hint is tried at least once."))
    now = compare(known, words, cut)
    since = sum(trial.id > shown and (trial.words, trial.cut) == (words, cut) for trial in known)
    more = max(0, k - since)
    standing = now.with_hint.standing
    if more and (refusal := trial_refusal(project, standing, more)):
        raise Refused(refusal)
    return more, max(0, standing + more - now.without.standing) if more else 0
