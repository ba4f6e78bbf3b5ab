"""Erasing what an event says: a text that should not have been written down, such as a name.

Promises: that something happened, when, by whom and to what stays, and the chain still verifies; an
event says that it was erased, and why. The reason goes too where the decision keeps it, and so does
what the event says was imported from another tool's annotators.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.actions.accounts import require_admin
from app.actions.record import get, record
from app.core.chain import ERASED, ERASES_TEXT
from app.core.errors import Invalid, Refused
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.tables import (
    Bulk,
    Doubt,
    Event,
    ImportedAnnotation,
    Judgement,
    ReferenceChange,
    Trace,
    Verdict,
)

_REASONS: tuple[tuple[InstrumentedAttribute[str], InstrumentedAttribute[int], str], ...] = (
    (Verdict.reason, Verdict.trace_id, "trace"),
    (Verdict.withdrawn_reason, Verdict.trace_id, "trace"),
    (Judgement.reason, Judgement.trace_id, "trace"),
    (ReferenceChange.reason, ReferenceChange.problem_id, "problem"),
    (Doubt.reason, Doubt.problem_id, "problem"),
    (Bulk.reason, Bulk.id, "bulk"),
)
"""Where a decision keeps its reason, and what it is about."""


def erase_text(session: Session, actor: Actor, event_id: int, why: str) -> None:
    """Erase an event's data with their salt. For administrators.

    Raises Invalid where it is not said why, Refused where they are gone already.
    """
    require_admin(actor, N_("erase what the history says"))
    event = get(session, Event, event_id)
    if not why.strip():
        raise Invalid(_("Say in a few words why."))
    if event.data_salt is None:
        raise Refused(_("This was erased already."))
    if reason := event.data.get("reason"):
        _erase_reason(session, event, str(reason))
    if event.verb == "import_annotations":
        _erase_annotations(session, event)
    gone = update(Event).where(Event.id == event_id).values(data={}, data_salt=None)
    session.execute(gone)
    place = {"project_id": event.project_id, "trace_id": event.trace_id}
    record(session, actor, ERASES_TEXT, f"event:{event_id}", **place, reason=why.strip())


def _erase_reason(session: Session, event: Event, reason: str) -> None:
    """The same words, where decisions on the same thing keep them."""
    about = _about(session, event)
    for words, key, kind in _REASONS:
        if kind in about:
            same = update(words.class_).where(key == about[kind], words == reason)
            session.execute(same.values({words: ERASED}))


def _erase_annotations(session: Session, event: Event) -> None:
    """What they said and who they were: when, and that it was so many, stays."""
    table = ImportedAnnotation
    theirs = table.trace_id == event.trace_id, table.id.in_(event.data["annotations"])
    texts = (table.ref, table.actor_name, table.name, table.value, table.quote)
    session.execute(update(table).where(*theirs).values(dict.fromkeys(texts, ERASED)))


def _about(session: Session, event: Event) -> dict[str, Any]:
    """The trace, problem or plan that an event is about."""
    kind, _colon, key = event.subject.partition(":")
    about: dict[str, Any] = {kind: int(key)} if key.isdecimal() else {}
    if event.trace_id is not None:
        problem = session.scalar(select(Trace.problem_id).where(Trace.id == event.trace_id))
        about |= {"trace": event.trace_id, "problem": problem}
    return about
