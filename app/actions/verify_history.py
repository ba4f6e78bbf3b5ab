"""Verifying the hash chain of events, from the first link to the head.

Promises: it only reads, streams, and says the first thing that is wrong: an event that is missing,
was changed, moved, or put in without a link; a name or content that was changed, or is gone
although no event says that it was erased; a head that does not fit. An honest erasure is counted.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from app.core.chain import ERASES_NAME, ERASES_TEXT, START, link_of, removed_name, salted
from app.core.errors import Invalid
from app.core.model import Frozen
from app.db.chain import facts_of
from app.db.tables import ChainHead, Event, EventLink

_AT_ONCE = 1000
_erases = or_(
    and_(Event.verb == ERASES_NAME, Event.subject.startswith("user:")),
    and_(Event.verb == ERASES_TEXT, Event.subject.startswith("event:")),
)


class Head(Frozen):
    """How many links there are and the last one's hash; kept elsewhere it fixes all before it."""

    count: int
    hash: str

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"


class Verified(Frozen):
    """`fault` is the first thing that is wrong, in words; "" where the history is whole.

    `links` were read, `erased` of them without their actor's name, `erased_texts` without contents.
    """

    links: int
    erased: int
    erased_texts: int
    head: Head
    fault: str = ""


def head_of(session: Session) -> Head:
    """The head of the chain as the database says it."""
    row = session.execute(select(ChainHead.links, ChainHead.hash)).one_or_none()
    return Head(count=row.links, hash=row.hash) if row else Head(count=0, hash="")


def read_head(text: str) -> Head:
    """A head as `str` wrote it. Raises Invalid."""
    count, _, last = text.strip().partition(":")
    if not count.isdecimal() or len(last) != len(START):
        raise Invalid("A head is a number, a colon and 64 hexadecimal digits.")
    return Head(count=int(count), hash=last)


def verify_history(session: Session, kept: Head | None = None) -> Verified:
    """Read every link and event; `kept` is a head from earlier that must still be on the way."""
    head, gone = head_of(session), _erasures(session)
    number, last, erased, texts, fault = 0, START, 0, 0, ""
    with session.execute(_links()) as rows:
        for row in rows:
            fault = _fault(row, number + 1, last, gone) or _forgotten(row, kept)
            if fault:
                break
            number, last = row.number, row.hash
            erased += row.name_salt is None
            texts += row.data_salt is None
    fault = fault or _fault_at_end(session, Head(count=number, hash=last), head, kept)
    return Verified(links=number, erased=erased, erased_texts=texts, head=head, fault=fault)


def _links() -> Select[Any]:
    columns = list(Event.__table__.columns)
    query = (
        select(EventLink.number, EventLink.event_id, EventLink.hash, *columns)
        .outerjoin(Event, Event.id == EventLink.event_id)
        .order_by(EventLink.number)
    )
    return query.execution_options(yield_per=_AT_ONCE)


def _erasures(session: Session) -> dict[str, int]:
    """Whose name, or which event's contents, were erased, as a subject, and by which link."""
    query = select(Event.subject, EventLink.number).join(EventLink, EventLink.event_id == Event.id)
    found = session.execute(query.where(_erases).order_by(EventLink.number))
    return dict(found.all())


def _fault(row: Row[Any], number: int, last: str, gone: Mapping[str, int]) -> str:
    if row.number != number:
        return f"Link {number} is missing."
    where = f"Event {row.event_id}, link {number}"
    if row.id is None:
        return f"{where}: the event is missing."
    if link_of(last, number, facts_of(row)) != row.hash:
        return f"{where}: the event was changed, or stands in another place than it was put."
    return _fault_inside(row, where, gone)


def _fault_inside(row: Row[Any], where: str, gone: Mapping[str, int]) -> str:
    """What is wrong with what the link holds only hashes of."""
    if row.data_salt is not None:
        if salted(row.data_salt, row.data) != row.data_hash:
            return f"{where}: its contents were changed."
    elif gone.get(f"event:{row.event_id}", 0) <= row.number or row.data:
        return f"{where}: its contents are gone, and no event says that they were erased."
    name = row.actor.get("name")
    if row.name_salt is not None:
        whole = salted(row.name_salt, name) == row.name_hash
        return "" if whole else f"{where}: its actor's name was changed."
    person = row.actor.get("id")
    if gone.get(f"user:{person}", 0) <= row.number or name != removed_name(person):
        return f"{where}: its actor's name is gone, and no event says that it was erased."
    return ""


def _forgotten(row: Row[Any], kept: Head | None) -> str:
    if kept and row.number == kept.count and row.hash != kept.hash:
        return f"Link {row.number} is not the one whose hash was kept: the chain was made anew."
    return ""


def _fault_at_end(session: Session, end: Head, head: Head, kept: Head | None) -> str:
    if end != head:
        return f"The chain ends after link {end.count}, but its head says {head.count}."
    if kept and kept.count > end.count:
        return f"The chain ends after link {end.count}, but there were {kept.count} once."
    linked = select(EventLink.event_id).where(EventLink.event_id == Event.id)
    stray = session.scalars(select(Event.id).where(~linked.exists()).order_by(Event.id)).first()
    return f"Event {stray} has no link: it was put in behind the studio's back." if stray else ""
