"""Doubting a reference answer before anybody knows the right one, and taking the doubt back.

Promises: a doubt changes no grade; it stays open until a reference is recorded or confirmed.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.record import from_to, get, record
from app.core.errors import Conflict, Invalid, NotFound
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.queries.problems import is_open
from app.db.tables import Doubt, ProblemRow
from app.db.types import now


def doubt_reference(session: Session, actor: Actor, problem_id: int, reason: str) -> Doubt:
    """Question a problem's reference, with a reason. For annotators; one open doubt a person."""
    actor.require("annotator", N_("question a reference"))
    problem = get(session, ProblemRow, problem_id)
    # Of two at once, the second finds the first.
    session.refresh(problem, with_for_update={"key_share": True})
    if not reason.strip():
        raise Invalid(_("Say in a few words what seems wrong."))
    mine = select(Doubt.id).where(
        Doubt.problem_id == problem_id, Doubt.user_id == actor.id, is_open()
    )
    if session.scalar(mine) is not None:
        raise Conflict(_("You question this reference already."))
    doubt = Doubt(
        problem_id=problem_id, user_id=actor.id, actor_name=actor.name, reason=reason.strip()
    )
    session.add(doubt)
    session.flush()
    _record(session, actor, "doubt_reference", problem, doubt)
    return doubt


def take_doubt_back(session: Session, actor: Actor, problem_id: int, doubt_id: int) -> None:
    """Withdraw one's own doubt; it stays in the history. Raises NotFound for anybody else's."""
    actor.require("annotator", N_("take a doubt back"))
    problem = get(session, ProblemRow, problem_id)
    doubt = get(session, Doubt, doubt_id)
    if doubt.problem_id != problem_id or doubt.user_id != actor.id:
        raise NotFound(_("There is no such doubt of yours."))
    if doubt.answered_by is not None:
        raise Conflict(_("It was answered meanwhile."))
    if doubt.withdrawn_at is not None:
        return
    doubt.withdrawn_at = now()
    _record(session, actor, "take_doubt_back", problem, doubt)


def _record(session: Session, actor: Actor, verb: str, problem: ProblemRow, doubt: Doubt) -> None:
    before, after = (None, "open") if doubt.withdrawn_at is None else ("open", "taken back")
    told = from_to({"doubt": before}, {"doubt": after}) | {"reason": doubt.reason}
    subject, place = f"problem:{problem.id}", {"project_id": problem.project_id}
    record(session, actor, verb, subject, **place, doubt=doubt.id, **told)
