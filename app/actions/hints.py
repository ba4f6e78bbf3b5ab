"""Putting a hint in: where the rules allow it, as the first step of a branch that goes on from it.

Promises: a hint that is tried and one that is accepted pass the same rules and become the same
step, so that a trial can be accepted as it stands.
"""

from sqlalchemy.orm import Session

from app.actions.projects import limits_of
from app.actions.record import get
from app.actions.start_trace import new_branch, queue_growth
from app.core.errors import Refused
from app.core.lifecycle import hint_refusal
from app.core.proposal import Decision, Proposal
from app.core.splice import before, hint_step
from app.core.trace import Author, Cut
from app.db.convert import add_steps, path_of, problem_of
from app.db.tables import Branch, Project, ProposalRow


def check_hint(session: Session, parent: Branch, cut: Cut, words: str) -> None:
    """Raises Refused with the rule's sentence where these words can't become a hint there."""
    limits = limits_of(get(session, Project, parent.trace.project_id))
    problem = problem_of(parent.trace.problem)
    refusal = hint_refusal(
        path_of(parent),
        cut,
        words,
        question=problem.question,
        reference=problem.reference,
        max_hints=limits.max_hints,
        share_blocks=limits.share_blocks,
    )
    if refusal:
        raise Refused(refusal)


def author_of(decision: Decision, proposal: Proposal) -> Author:
    """Whose words these are: a person's once edited, or if they were from the start."""
    by_person = decision == "edit" or proposal.source.kind in ("person", "recording")
    return "human" if by_person else "intervener"


def grow_from(
    session: Session,
    row: ProposalRow,
    cut: Cut,
    words: str | None,
    author: Author,
    *,
    seed: int,
    trial: bool = False,
) -> Branch:
    """A branch from the cut that begins with the hint, or without one, and grows from there."""
    parent = get(session, Branch, row.branch_id)
    place = {"cut_step": cut.step, "cut_offset": cut.offset, "owner_id": parent.owner_id}
    branch = new_branch(session, parent.trace, seed=seed, trial=trial, parent=parent, **place)
    if words is not None:
        step = hint_step(before(path_of(parent), cut), words, author)
        (hint,) = add_steps(session, branch, [step])
        hint.proposal_id = row.id
    queue_growth(session, branch)
    return branch
