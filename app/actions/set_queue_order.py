"""The order in which a person sees the queue, and Next gives its traces."""

from typing import get_args

from sqlalchemy.orm import Session

from app.actions.record import from_to, get, record
from app.core.errors import Invalid
from app.core.language import _
from app.core.roles import Actor
from app.db.tables import QueueOrder, User


def set_queue_order(session: Session, actor: Actor, order: QueueOrder) -> None:
    """Keep one's own order, in every project. Raises Invalid for one that there is not."""
    if order not in get_args(QueueOrder):
        raise Invalid(_("The queue has no such order."))
    user = get(session, User, actor.id or 0)
    told = from_to({"order": user.queue_order}, {"order": order})
    user.queue_order = order
    record(session, actor, "set_queue_order", f"user:{actor.id}", **told)
