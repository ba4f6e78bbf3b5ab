"""The operations of the API on history. Written by `make openapi`."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from app.client.base import Operations, Shown


class EventView(Shown):
    """What somebody did. `data` holds ids and values, with `before` and `after` where it
    changed something; who was removed has no name of their own any more.
    """

    id: int
    at: datetime
    by: str
    by_id: int | None
    kind: Literal["person", "policy", "script", "worker"]
    channel: str
    verb: str
    subject: str
    trace_id: int | None
    data: dict[str, Any]


class HistoryOperations(Operations):
    """What can be asked for."""

    def list_events(
        self,
        slug: str,
        *,
        limit: int = 50,
        person: str = "",
        verb: str = "",
        subject: str = "",
        since: date | None = None,
        until: date | None = None,
    ) -> Iterator[EventView]:
        """What happened in a project, the newest first.

        Annotators and viewers see their own events and those of no person; days are UTC's.
        """
        return self._list(
            EventView,
            ("projects", slug, "history"),
            limit=limit,
            person=person,
            verb=verb,
            subject=subject,
            since=since,
            until=until,
        )

    def export_events(
        self,
        slug: str,
        to: Path,
        *,
        format: Literal["csv", "jsonl"],
        person: str = "",
        verb: str = "",
        subject: str = "",
        since: date | None = None,
        until: date | None = None,
        sha256: str | None = None,
    ) -> Path:
        """The same as a file, the oldest first: CSV, or a line of JSON for each event."""
        return self._file(
            ("projects", slug, "history", "export"),
            to,
            sha256,
            format=format,
            person=person,
            verb=verb,
            subject=subject,
            since=since,
            until=until,
        )

    def list_all_events(
        self,
        *,
        limit: int = 50,
        person: str = "",
        verb: str = "",
        subject: str = "",
        since: date | None = None,
        until: date | None = None,
    ) -> Iterator[EventView]:
        """What happened in the whole installation, the newest first. For administrators."""
        return self._list(
            EventView,
            ("history",),
            limit=limit,
            person=person,
            verb=verb,
            subject=subject,
            since=since,
            until=until,
        )

    def export_all_events(
        self,
        to: Path,
        *,
        format: Literal["csv", "jsonl"],
        person: str = "",
        verb: str = "",
        subject: str = "",
        since: date | None = None,
        until: date | None = None,
        sha256: str | None = None,
    ) -> Path:
        """The same as a file, the oldest first. For administrators."""
        return self._file(
            ("history", "export"),
            to,
            sha256,
            format=format,
            person=person,
            verb=verb,
            subject=subject,
            since=since,
            until=until,
        )

    def get_event(self, slug: str, event_id: int, *, seen: Shown | None = None) -> EventView:
        """One event of a project."""
        return self._one(EventView, "GET", ("projects", slug, "history", event_id), seen=seen)
