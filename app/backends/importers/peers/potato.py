"""Potato: its export as JSON lines, as version 2.12 writes it, together with the project's items.

An exported line holds what one person said of one item, and not the item's text. That is in the
project's own data file: both are read as one file, in any order.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.backends.importers.peers.columns import trace_columns
from app.backends.importers.peers.groups import grouped
from app.backends.importers.peers.said import Said, words_of
from app.backends.importers.rows import BadRow, Row
from app.core.language import _

NAME = "Potato"
_SAID = {"instance_id", "user_id", "labels"}


def detect(data: Mapping[str, Any]) -> bool:
    """Whether a row is what somebody said of an item."""
    return data.keys() >= _SAID


def convert(rows: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
    """Each item with what was said of it."""
    for group in grouped(rows, _id):
        if isinstance(group, BadRow):
            yield group
        else:
            yield from _items(group)


def _id(row: Row) -> str:
    return words_of(row.data.get("instance_id" if detect(row.data) else "id"))


def _items(group: list[Row]) -> Iterator[Row | BadRow]:
    items = [row for row in group if not detect(row.data)]
    if not items:
        yield BadRow(
            group[0].number,
            _(
                "The text of %(item)s is not here: it is in the project's data file. "
                "Put its lines and those of the export into one file.",
                item=_id(group[0])[:80],
            ),
        )
    for at, item in enumerate(items):
        said = Said(NAME)
        for row in group if at == 0 else ():
            if detect(row.data):
                _take(said, row.data)
        if at:
            said.leave(_("annotations"), _("An item before it has the same id."))
        yield said.row(item.number, trace_columns(item.data))


def _take(said: Said, data: Mapping[str, Any]) -> None:
    who, labels, spans = data["user_id"], data["labels"], data.get("spans")
    origin = data.get("annotator_origin")
    if isinstance(origin, dict) and origin.get("kind", "human") != "human":
        said.leave(who, _("Only what people said is taken."))
        return
    for name, values in labels.items() if isinstance(labels, dict) else ():
        said.add(name, _chosen(values), who=who)
    for name, marked in spans.items() if isinstance(spans, dict) else ():
        for span in marked if isinstance(marked, list) else ():
            if isinstance(span, dict):
                _take_span(said, name, who, span)
    if data.get("links"):
        said.leave(_("links"), _("They have no place here."))


def _take_span(said: Said, name: str, who: object, span: Mapping[str, Any]) -> None:
    # Offsets in another field than the text are none in the trace.
    places = (
        {} if span.get("target_field") else {"start": span.get("start"), "end": span.get("end")}
    )
    words = span.get("text")
    quote = words if isinstance(words, str) else ""
    said.add(name, span.get("name") or span.get("label"), who=who, quote=quote, **places)
    if span.get("additional_parts"):
        said.leave(name, _("Of words that lie apart, only the first are kept."))


def _chosen(values: object) -> object:
    """What was chosen, typed or rated: a choice is its own value, and a field stands for it."""
    if not isinstance(values, dict):
        return values
    if len(values) == 1:
        (name, value), *_others = values.items()
        return name if value is True else value
    chosen = {name: value for name, value in values.items() if value not in (name, True)}
    return [*(name for name in values if name not in chosen), *([chosen] if chosen else [])]
