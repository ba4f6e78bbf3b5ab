"""Sampling again: the Reasoner goes on from a step of a branch once more, without a hint.

Promises: a new branch, marked as such, with a seed of its own; nothing that is there changes, and
no hint is spent. Asking twice from one page begins one. It can be undone, as a hint can.
"""

import secrets
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.facts import TRIAL_REFUSAL, active_verdict, refresh_state
from app.actions.record import get, lock_trace, record_on_trace
from app.actions.slots import check_seen, owner_here
from app.actions.spending import cap_refusal
from app.actions.start_trace import new_branch, queue_growth
from app.core.errors import Invalid, Refused
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.convert import path_of
from app.db.tables import Branch, Project, Verdict

Place = dict[str, Any]
"""Where a branch leaves its parent, as columns of `Branch`."""


def sample_again(
    session: Session, actor: Actor, branch_id: int, step: int, known: int | None = None
) -> Branch:
    """A branch that goes on from before `step` of the path, counted from 0; 0 starts a new run.

    `known` is the newest branch number that the person's page knew: what they began from there
    since is what they meant. For annotators. Raises Refused with the reason, Invalid for no step.
    """
    actor.require("annotator", N_("sample again"))
    parent = get(session, Branch, branch_id)
    lock_trace(session, parent.trace_id)
    session.refresh(parent, ["outcome", "set_aside", "number"])
    check_seen(session, actor, parent)
    owner = owner_here(session, actor, parent.trace)
    project = get(session, Project, parent.trace.project_id)
    verdict = active_verdict(session, parent.trace_id, owner)
    refusal = sample_refusal(project, parent, verdict) or cap_refusal(session, project)
    if refusal:
        raise Refused(refusal)
    _check_step(parent, step)
    place = _place(parent, step) | {"owner_id": owner}
    begun = _begun(session, actor, parent, place, known)
    return begun or _begin(session, actor, parent, step, place)


def sample_refusal(project: Project, branch: Branch, verdict: Verdict | None) -> str | None:
    """Why nothing can be sampled again from any step of this branch, or None where it can."""
    if branch.trial:
        return TRIAL_REFUSAL
    if branch.outcome is None:
        return _("The Reasoner is still writing this branch.")
    if branch.set_aside:
        return _("This branch was set aside; sample again from where the work goes on.")
    if verdict:
        return _("The trace has a verdict; reopen it first.")
    if project.reasoner["name"] == "scripted":
        return _("Nothing else was recorded: connect a model to sample again.")
    return None


def _begun(
    session: Session, actor: Actor, parent: Branch, place: Place, known: int | None
) -> Branch | None:
    """What the actor began from the same place after branch number `known`."""
    if known is None:
        return None
    since = select(Branch).where(
        Branch.trace_id == parent.trace_id,
        Branch.number > known,
        Branch.parent_id == place["parent_id"],
        Branch.cut_step == place["cut_step"],
        Branch.set_aside.is_(False),
    )
    found = session.scalars(since.order_by(Branch.number))
    return next((branch for branch in found if branch.sampled == actor.signature), None)


def _begin(session: Session, actor: Actor, parent: Branch, step: int, place: Place) -> Branch:
    seed, trace = secrets.randbits(31), parent.trace
    branch = new_branch(session, trace, seed=seed, sampled=actor.signature, **place)
    queue_growth(session, branch)
    refresh_state(session, trace)
    told = {"step": step, "branch": branch.id, "seed": seed}
    record_on_trace(session, actor, "sample", f"branch:{parent.id}", trace, **told)
    return branch


def _place(parent: Branch, step: int) -> Place:
    """Where the new branch leaves its parent; a new run leaves none."""
    if not step:
        return {"parent_id": None, "cut_step": None, "cut_offset": None}
    return {"parent_id": parent.id, "cut_step": step, "cut_offset": 0}


def _check_step(parent: Branch, step: int) -> None:
    path = path_of(parent)
    if not 0 <= step < len(path):
        raise Invalid(_("There is no such step in this trace."))
    if path[step].kind == "output":
        raise Refused(
            _("An output is the sandbox’s: sample again from its program, or from behind it.")
        )
