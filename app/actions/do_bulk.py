"""A worker's round of a deed on many traces: the next hundred, in one transaction."""

from collections import Counter
from collections.abc import Callable

from sqlalchemy.orm import Session

from app.actions.accounts import actor_of
from app.actions.assign import assign_trace, take_back
from app.actions.bulk import bulk_of, judged
from app.actions.claims import free_trace
from app.actions.facts import current_branch
from app.actions.judge_branch import judge_branch
from app.actions.ports import Ports
from app.actions.record import get
from app.actions.request_review import request_review
from app.actions.start_trace import start_trace
from app.actions.undo import reopen
from app.actions.work import Held, Lost, go_on, let_go
from app.core.assignee import assignee_of
from app.core.bulk import BulkDeed, Target
from app.core.errors import CalmError
from app.core.roles import Actor
from app.db.session import transaction
from app.db.tables import Batch, Bulk, User

AT_ONCE = 100
Verb = Callable[[Session, Actor, Target, Bulk], object]
_VERBS: dict[BulkDeed, Verb] = {
    "look": lambda session, actor, target, bulk: request_review(
        session, actor, current_branch(session, target.id).id, bulk.batch_id
    ),
    "sample": lambda session, actor, target, bulk: start_trace(
        session, actor, target.problem_id, bulk.batch_id
    ),
    "reopen": lambda session, actor, target, bulk: reopen(session, actor, target.id, bulk.reason),
    "discard": lambda session, actor, target, bulk: judge_branch(
        session, actor, current_branch(session, target.id).id, "discard", bulk.reason
    ),
    "release": lambda session, actor, target, _bulk: free_trace(session, actor, target.id),
    "assign": lambda session, actor, target, bulk: assign_trace(
        session, actor, target.id, assignee_of(bulk.assignee)
    ),
    "take_back": lambda session, actor, target, _bulk: take_back(session, actor, target.id),
}


def do_bulk(ports: Ports, held: Held) -> None:
    """Do the next of it, and leave the rest to the next round."""
    try:
        with transaction(ports.engine) as session:
            bulk = bulk_of(session, held.job_id)
            if _is_stopped(session, bulk):
                let_go(session, held, "cancelled")
                return
            person = get(session, User, bulk.user_id or 0)
            _do_some(session, actor_of(session, person, bulk.project_id, "worker"), bulk)
            if bulk.looked_at < len(bulk.trace_ids):
                go_on(session, held, "model")
            else:
                let_go(session, held, "done")
    except Lost:
        return


def _is_stopped(session: Session, bulk: Bulk) -> bool:
    """Whether its batch was stopped; one that is stopped meanwhile waits, and stops this too."""
    if bulk.batch_id is None:
        return False
    return session.get_one(Batch, bulk.batch_id, with_for_update=True).state == "stopped"


def _do_some(session: Session, actor: Actor, bulk: Bulk) -> None:
    some = bulk.trace_ids[bulk.looked_at : bulk.looked_at + AT_ONCE]
    reasons = Counter(bulk.left_out)
    for target, why in list(judged(session, bulk, some)):
        why = why or _refusal(session, actor, bulk, target)
        if why:
            reasons[why] += 1
        else:
            bulk.done += 1
    bulk.looked_at += len(some)
    bulk.left_out = dict(reasons)


def _refusal(session: Session, actor: Actor, bulk: Bulk, target: Target) -> str | None:
    """Do it to one trace; why not, where it can't be done, and then nothing of it is."""
    try:
        with session.begin_nested():
            _VERBS[bulk.deed](session, actor, target, bulk)
    except CalmError as refused:
        return str(refused)
    return None
