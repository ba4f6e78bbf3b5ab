"""Closing a branch: its outcome, its answer and its grade, and the queue told."""

from sqlalchemy.orm import Session

from app.actions.facts import answer_of, grade_of, refresh_state
from app.core.trace import Outcome
from app.db.tables import Branch
from app.db.types import now


def close_branch(session: Session, branch: Branch, outcome: Outcome, detail: str = "") -> None:
    """Close a branch for good; from here on only its grade may change, with its reference."""
    branch.outcome, branch.detail, branch.closed_at = outcome, detail, now()
    answer = answer_of(branch)
    branch.answer = answer.text if answer else None
    regrade(branch)
    refresh_state(session, branch.trace)


def regrade(branch: Branch) -> None:
    """Grade a closed branch against its problem's newest reference."""
    branch.grade = grade_of(branch).model_dump(mode="json")
