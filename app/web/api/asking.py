"""Asking for what a worker then does: hints, an execution, the model server now, another try."""

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.cancel import ask_again
from app.actions.request_review import request_check, request_review
from app.actions.sample_again import sample_again
from app.core.model import Frozen
from app.db.tables import Job
from app.web.api.deps import Here
from app.web.api.sent import Sent
from app.web.api.traces import BRANCH, ChangedBranch, ThisBranch
from app.web.api.views.traces import BranchLine, branch_line
from app.web.deps import Db

router = APIRouter(prefix="/projects/{slug}", tags=["traces"])


class AskedJob(Frozen):
    """Work that a worker takes up; what comes of it stands on the branch."""

    id: int = Field(examples=[41])
    kind: str = Field(examples=["review"])
    state: str = Field(examples=["queued"])


class NewExecution(Frozen):
    """The Code step to execute, by its `id`."""

    step_id: int = Field(ge=1, le=2**31 - 1, examples=[7])


class NewSample(Frozen):
    """Before which step of the path, counted from 0, to go on anew; 0 begins a new run."""

    step: int = Field(ge=0, le=2**31 - 1, examples=[0])


@router.post(f"{BRANCH}/reviews", status_code=202)
def request_review_(session: Db, here: Here, desk: ThisBranch) -> AskedJob:
    """Have the rules and the Intervener look for hints, also again. For annotators."""
    return _asked(session, request_review(session, here.actor, desk.branch.id))


@router.post(f"{BRANCH}/executions", status_code=202)
def request_execution(
    session: Db, here: Here, desk: ThisBranch, new: Sent[NewExecution]
) -> AskedJob:
    """Have an imported Code step executed here, beside the trace. For annotators."""
    return _asked(session, request_check(session, here.actor, desk.branch.id, new.step_id))


@router.post(f"{BRANCH}/ask-again", status_code=204)
def ask_again_(session: Db, here: Here, desk: ThisBranch) -> None:
    """Ask the model server that a branch waits for now, not at its time. For annotators."""
    ask_again(session, here.actor, desk.branch.id)


@router.post(f"{BRANCH}/samples", status_code=201)
def sample_again_(session: Db, here: Here, desk: ChangedBranch, new: Sent[NewSample]) -> BranchLine:
    """Let the Reasoner go on from a step once more, without a hint. For annotators."""
    begun = sample_again(session, here.actor, desk.branch.id, new.step)
    session.flush()
    return branch_line(begun)


def _asked(session: Session, job: Job) -> AskedJob:
    session.flush()
    return AskedJob(id=job.id, kind=job.kind, state=job.state)
