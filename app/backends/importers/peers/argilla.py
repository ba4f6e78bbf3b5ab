"""Argilla: records as `to_json`, `to_disk` or `to_list` of its client 2.8 write them, flat or not.

The settings of the dataset are in none of them: which field a span is in has to be found out.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.backends.importers.peers.columns import trace_columns
from app.backends.importers.peers.said import Said, decoded
from app.backends.importers.rows import BadRow, Row
from app.core.language import _

NAME = "Argilla"
_ASIDE = ("id", "_server_id", "status", "score")
_ANSWERS, _USERS, _STATES = ".responses", ".responses.users", ".responses.status"
_Answer = tuple[str, object, object, object]
"""A question, what was answered, by whom, and in which state."""


def detect(data: Mapping[str, Any]) -> bool:
    """Whether a row is a record, nested or flat."""
    nested = all(isinstance(data.get(name), dict) for name in ("fields", "responses"))
    return nested or any(f"{name}.users" in data for name in data if name.endswith(_ANSWERS))


def convert(rows: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
    """Each record with what was said of it."""
    for row in rows:
        if isinstance(row, BadRow):
            yield row
        elif isinstance(row.data.get("fields"), dict):
            yield _record(row, _nested(row.data), _columns(row.data))
        elif "_server_id" in row.data or detect(row.data):
            yield _record(row, _flat(row.data), _flat_columns(row.data))
        else:
            yield BadRow(row.number, _("The row is no record of %(peer)s.", peer=NAME))


def _record(row: Row, answers: Iterator[_Answer], columns: dict[str, Any]) -> Row:
    said = Said(NAME)
    for name, value, who, state in answers:
        if state in ("draft", "discarded"):
            said.leave(name, _("Its answer is a draft, or was discarded."))
        else:
            _take(said, columns, name, value, {"who": who, "ref": row.data.get("id")})
    if row.data.get("suggestions") or any(".suggestion" in name for name in row.data):
        said.leave(_("suggestions"), _("Only what people said is taken."))
    return said.row(row.number, trace_columns(columns))


def _take(
    said: Said, fields: Mapping[str, Any], name: str, value: object, by: dict[str, Any]
) -> None:
    parts: list[Any] = value if isinstance(value, list) else [value]
    if not all(isinstance(part, dict) for part in parts):
        said.add(name, value, **by)
        return
    spans = [part for part in parts if {"label", "start", "end"} <= part.keys()]
    text = _text_of(fields, spans)
    for span in spans:
        if text:
            place = {"start": span["start"], "end": span["end"]}
            quote = text[span["start"] : span["end"]]
            said.add(name, span["label"], quote=quote, **place, **by)
        else:
            said.add(name, span["label"], **by)
            said.leave(name, _("The file does not tell which words it is about."))
    if ranked := [part for part in parts if "rank" in part]:
        said.add(name, [f"{part['rank']}. {part.get('value')}" for part in ranked], **by)


def _text_of(fields: Mapping[str, Any], spans: list[dict[str, Any]]) -> str:
    """The text that all these spans fit into; "" where that is none, or more than one.

    A page counts signs beyond the 16-bit ones twice, a program once: where there are some, the file
    does not tell which of the two wrote it.
    """
    places = [(span["start"], span["end"]) for span in spans]
    if not all(type(at) is int and at >= 0 for place in places for at in place):
        return ""
    last = max((end for _start, end in places), default=0)
    fitting = [text for text in fields.values() if isinstance(text, str) and len(text) >= last]
    plain = len(fitting) == 1 and max(fitting[0][:last], default="") <= "\uffff"
    return fitting[0] if plain else ""


def _nested(data: Mapping[str, Any]) -> Iterator[_Answer]:
    responses = data.get("responses")
    for name, answers in responses.items() if isinstance(responses, dict) else ():
        for each in answers if isinstance(answers, list) else ():
            if isinstance(each, dict):
                yield name, each.get("value"), each.get("user_id"), each.get("status")


def _flat(data: Mapping[str, Any]) -> Iterator[_Answer]:
    for column in data:
        if not column.endswith(_ANSWERS):
            continue
        name = column.removesuffix(_ANSWERS)
        users, states = _listed(data.get(name + _USERS)), _listed(data.get(name + _STATES))
        for at, value in enumerate(_listed(data[column])):
            yield name, value, *(each[at] if at < len(each) else None for each in (users, states))


def _columns(data: Mapping[str, Any]) -> dict[str, Any]:
    metadata = data.get("metadata")
    return {**(metadata if isinstance(metadata, dict) else {}), **data["fields"]}


def _flat_columns(data: Mapping[str, Any]) -> dict[str, Any]:
    told = (_ANSWERS, ".suggestion")
    return {
        name: cell
        for name, cell in data.items()
        if name not in _ASIDE and not any(f"{each}." in f"{name}." for each in told)
    }


def _listed(cell: object) -> list[Any]:
    found = decoded(cell)
    return found if isinstance(found, list) else []
