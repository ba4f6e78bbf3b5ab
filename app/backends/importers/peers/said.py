"""What one trace brings from a tool: its annotations, gathered one by one, and what is left out.

Promises: whatever a file says, an annotation is valid (`app.core.annotation`) or left out with the
reason; so many of both are kept as a person reads.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from app.backends.importers.rows import LeftOut, Row, too_deep
from app.core.annotation import COLUMN, LONGEST, LONGEST_NAME, MOST, Annotation
from app.core.fields import storable
from app.core.language import _, number

_MOST_LEFT_OUT = 20


class Said:
    """What people said of one trace in the tool `peer`."""

    def __init__(self, peer: str) -> None:
        self._peer = peer
        self._annotations: list[dict[str, Any]] = []
        self._left_out: dict[LeftOut, None] = {}

    def add(self, name: object, value: object, **more: object) -> None:
        """Take one; `value` as people read it, `more` are the other fields of an annotation."""
        words, label = words_of(value), words_of(name) or "?"
        if not words and not more.get("quote"):
            return
        if len(self._annotations) >= MOST:
            self.leave(_("annotations"), _("A trace has at most %(most)s.", most=number(MOST)))
            return
        if len(words) > LONGEST or len(str(more.get("quote") or "")) > LONGEST:
            self.leave(label, _("It is longer than %(most)s characters.", most=number(LONGEST)))
            return
        self._keep({"name": label, "value": words} | more)

    def leave(self, what: object, why: str) -> None:
        """Say that something is left out."""
        if len(self._left_out) < _MOST_LEFT_OUT:
            self._left_out[LeftOut(words_of(what)[:LONGEST_NAME] or "?", why)] = None

    def objects(self, what: str, value: object) -> list[dict[str, Any]]:
        """The objects of a list; that anything else is in it, or in its place, is told."""
        found = objects_in(value)
        if value is not None and (not isinstance(value, list) or len(found) < len(value)):
            self.leave(what, _("It can't be read."))
        return found

    def row(self, number: int, data: Mapping[str, Any]) -> Row:
        """The row of the trace."""
        more = {COLUMN: self._annotations} if self._annotations else {}
        return Row(number, {**data, **more}, tuple(self._left_out))

    def _keep(self, fields: dict[str, Any]) -> None:
        named = {name: str(fields.get(name) or "") for name in ("name", "who", "ref")}
        short = {name: words[:LONGEST_NAME] for name, words in named.items()}
        fields = storable(fields | short | {"peer": self._peer})
        for name in ("start", "end"):
            fields[name] = fields[name] if type(fields.get(name)) is int else None
        try:
            made = Annotation.model_validate(fields)
        except ValidationError:
            self.leave(f"{fields['name']}: at", _("It is no moment."))
            made = Annotation.model_validate(fields | {"at": None})
        self._annotations.append(made.model_dump(mode="json", exclude_defaults=True))


def words_of(value: object) -> str:
    """A value of a tool as people read it: choices joined, what is inside others by its name."""
    if value is None or isinstance(value, str):
        return str(storable(value or ""))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        parts = ((words_of(name), words_of(each)) for name, each in value.items())
        return "; ".join(f"{name}: {each}" for name, each in parts if each)
    if isinstance(value, Iterable):
        return ", ".join(filter(None, map(words_of, value)))
    return str(storable(value))


def decoded(value: object) -> object:
    """A cell that holds a list or an object as JSON, as such; any other as it is."""
    if not isinstance(value, str) or not value.startswith(("[", "{")):
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return value if too_deep(found) else found


def objects_in(value: object) -> list[dict[str, Any]]:
    """The objects of a list; none where it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
