"""The history as a file, written while it is sent: a line an event, as CSV or JSON.

Promises: memory stays flat; what a person wrote can't become a formula in a spreadsheet.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from app.db.tables import Event
from app.web.views.insights.chart import harmless

COLUMNS = (
    *("id", "at", "who", "who_id", "kind", "channel", "verb", "subject", "trace_id"),
    *("before", "after", "reason", "data"),
)


def json_lines(events: Iterable[Event]) -> Iterator[str]:
    """Each event as one line of JSON."""
    for event in events:
        yield json.dumps(_told(event), ensure_ascii=False) + "\n"


def csv_lines(events: Iterable[Event]) -> Iterator[str]:
    """A head, and each event as a row; `before`, `after` and `data` are JSON."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for event in events:
        writer.writerow([_cell(value) for value in _row(event)])
        yield _taken(text)
    yield _taken(text)


FORMATS: dict[str, tuple[str, Callable[[Iterable[Event]], Iterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", csv_lines),
    "jsonl": ("application/x-ndjson", json_lines),
}


def _told(event: Event) -> dict[str, Any]:
    names = ("id", "project_id", "trace_id", "actor", "channel", "verb", "subject", "data")
    return {name: getattr(event, name) for name in names} | {"at": event.at.isoformat()}


def _row(event: Event) -> Iterator[Any]:
    who, data = event.actor, dict(event.data)
    yield from (event.id, event.at.isoformat(), who.get("name"), who.get("id"), who.get("kind"))
    yield from (event.channel, event.verb, event.subject, event.trace_id)
    yield from (data.pop(name, None) for name in ("before", "after", "reason"))
    yield data or None


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return harmless(value) if isinstance(value, str) else value


def _taken(text: io.StringIO) -> str:
    piece = text.getvalue()
    text.seek(0)
    text.truncate()
    return piece
