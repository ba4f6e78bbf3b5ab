"""Answering a request once: what was answered under a key is given again for a day.

Promises: of requests that one token sends under one key, one is carried out, however many come at
once. One that never ended keeps its key taken: nobody can tell whether it was done, so nothing does
it a second time.
"""

from datetime import timedelta

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import IntegrityError

from app.actions.accounts import digest
from app.core.errors import Conflict, Invalid
from app.core.language import _
from app.core.model import Frozen
from app.db.session import reading, transaction
from app.db.tables import KeptAnswer
from app.db.types import now

LONGEST_KEY = 255
_KEPT = timedelta(days=1)


class Answer(Frozen):
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes


def begin_once(engine: Engine, token_id: int, key: str, request: str) -> Answer | None:
    """Take a key for a request, told apart by its hash; None where it is to be carried out.

    Else the answer that it had. Raises Conflict while it is being carried out, Invalid for another
    request, and for a key that is none.
    """
    if not key or len(key) > LONGEST_KEY:
        raise Invalid(_("An idempotency key has 1 to %(most)s characters.", most=LONGEST_KEY))
    try:
        with transaction(engine) as session:
            session.execute(delete(KeptAnswer).where(KeptAnswer.at < now() - _KEPT))
            session.add(KeptAnswer(token_id=token_id, key=digest(key), request=request))
    except IntegrityError:
        return _answer(engine, token_id, key, request)
    return None


def finish_once(engine: Engine, token_id: int, key: str, answer: Answer) -> None:
    """Keep the answer to the request that took the key."""
    mine = (KeptAnswer.token_id == token_id, KeptAnswer.key == digest(key))
    with transaction(engine) as session:
        session.execute(update(KeptAnswer).where(*mine).values(**answer.model_dump()))


def _answer(engine: Engine, token_id: int, key: str, request: str) -> Answer:
    mine = (KeptAnswer.token_id == token_id, KeptAnswer.key == digest(key))
    with reading(engine) as session:
        kept = session.scalar(select(KeptAnswer).where(*mine))
    if kept and kept.request != request:
        raise Invalid(_("This idempotency key was used for another request."))
    if kept is None or kept.status is None:
        raise Conflict(_("A request with this idempotency key was begun and has not ended."))
    return Answer(status=kept.status, headers=kept.headers, body=kept.body or b"")
