"""Putting new events into the hash chain, as the last thing that a transaction does.

Promises: whatever a transaction inserts as an event is a link once it is committed, and the links
of one transaction follow each other. The head's row is the last lock that a transaction takes, and
it is held for the commit alone: who waits for it holds up nobody that it waits for, so it can be
part of no deadlock. On SQLite the whole transaction is the lock.
"""

from typing import Any

from sqlalchemy import Row, insert, inspect, select, update
from sqlalchemy.orm import Session

from app.core.chain import link_of, new_salt, salted
from app.db.tables import ChainHead, Event, EventLink

_NEW = "new_events"
_KEPT = (
    *("id", "project_id", "trace_id", "channel", "verb", "subject"),
    *("name_hash", "data_hash"),
)


def seal_new(session: Session, *_: object) -> None:
    """Before a flush: salt and hash what is outside of the links."""
    for event in session.new:
        if isinstance(event, Event) and not event.name_hash:
            event.name_salt, event.data_salt = new_salt(), new_salt()
            event.name_hash = salted(event.name_salt, event.actor["name"])
            event.data_hash = salted(event.data_salt, event.data)
            session.info.setdefault(_NEW, []).append(event)


def link_new(session: Session) -> None:
    """Before the commit: append the new events to the chain. A savepoint's end is no commit."""
    if session.in_nested_transaction():
        return
    session.flush()
    # What a savepoint took back again was never there.
    new = [event for event in session.info.pop(_NEW, []) if not inspect(event).transient]
    if new:
        _append(session, new)


def _append(session: Session, new: list[Event]) -> None:
    head = session.execute(select(ChainHead.links, ChainHead.hash).with_for_update()).one()
    count, last, links = head.links, head.hash, []
    for event in sorted(new, key=lambda event: event.id):
        count += 1
        last = link_of(last, count, facts_of(event))
        links.append({"number": count, "event_id": event.id, "hash": last})
    session.execute(insert(EventLink), links)
    session.execute(update(ChainHead).values(links=count, hash=last))


def facts_of(event: Event | Row[Any]) -> dict[str, Any]:
    """What a link hashes of its event."""
    who = {name: value for name, value in event.actor.items() if name != "name"}
    facts = {name: getattr(event, name) for name in _KEPT}
    return facts | {"at": event.at.isoformat(), "actor": who}
