"""Closing a branch: its outcome, its answer and its grade, and the queue told."""

from sqlalchemy.orm import Session

from app.actions.facts import answer_of, grade_of, refresh_state
from app.actions.verify_answer import verify_answer
from app.core.budget import measure
from app.core.trace import Outcome
from app.db.convert import path_of
from app.db.tables import Branch
from app.db.types import now


def close_branch(session: Session, branch: Branch, outcome: Outcome, detail: str = "") -> None:
    """Close a branch for good; from here on only its grade may change, with its reference."""
    branch.outcome, branch.detail, branch.closed_at = outcome, detail, now()
    answer = answer_of(branch)
    branch.answer = answer.text if answer else None
    verify_answer(session, branch)
    _measure(branch)
    regrade(branch)
    refresh_state(session, branch.trace)


def regrade(branch: Branch) -> None:
    """Grade a closed branch against its problem's newest reference."""
    branch.grade = grade_of(branch).model_dump(mode="json")


def _measure(branch: Branch) -> None:
    """What the insights add up, kept so that they need not read any text."""
    path = path_of(branch)
    budget = measure(path)
    branch.code_calls = sum(step.kind == "code" for step in path)
    branch.hints, branch.hint_tokens = budget.hints, budget.hint_tokens
    branch.path_tokens = budget.tokens
