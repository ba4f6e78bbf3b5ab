"""The outbox: what webhooks are to be told, written down with the event that it is about.

Promises: a message is there exactly where its event is, for they are one transaction; a worker
hears of it after the commit.
"""

from functools import partial

from sqlalchemy.orm import Session

from app.core.webhooks import new_message_id
from app.db.queries.webhooks import listening
from app.db.session import after_commit
from app.db.tables import Delivery, Event
from app.jobs import send_webhook

_LISTENING = "webhooks"
_ASKED = "webhooks_asked"


def put_out(session: Session, event: Event) -> None:
    """Write down the messages about a new event."""
    if event.project_id is None:
        return
    # Asked once: many events of one transaction are of one project.
    known = session.info.setdefault(_LISTENING, {})
    if event.project_id not in known:
        known[event.project_id] = listening(session, event.project_id)
    for webhook_id, kinds in known[event.project_id]:
        if event.verb in kinds:
            queue_delivery(session, webhook_id, event)


def queue_delivery(session: Session, webhook_id: int, event: Event | None) -> None:
    """Write down one message."""
    session.add(Delivery(webhook_id=webhook_id, event=event, message_id=new_message_id()))
    ask_to_tell(session, webhook_id)


def ask_to_tell(session: Session, webhook_id: int) -> None:
    """Have a worker look at a webhook after the commit, once for all its messages."""
    asked = session.info.setdefault(_ASKED, set())
    if webhook_id not in asked:
        asked.add(webhook_id)
        after_commit(session, partial(send_webhook, webhook_id))
