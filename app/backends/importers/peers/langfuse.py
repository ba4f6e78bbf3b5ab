"""Langfuse: traces, their observations and scores, as its API and its pages' downloads give them.

Written after its documentation and the data model in its sources, and never seen to run. A trace's
parts may stand in it or in rows of their own; `traceId` joins them. The trace that is read is the
last generation, with all that it was asked: in a loop with tools that is the whole conversation.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.backends.importers.peers.columns import turn_of
from app.backends.importers.peers.groups import grouped
from app.backends.importers.peers.said import Said, decoded, objects_in, words_of
from app.backends.importers.rows import BadRow, Row
from app.core.fields import content_of
from app.core.language import _

NAME = "Langfuse"
_OBSERVATION, _SCORE = {"traceId", "type", "startTime"}, {"traceId", "name", "source"}
_TRACE, _MORE = {"id", "timestamp"}, {"observations", "scores", "sessionId", "userId", "htmlPath"}


def detect(data: Mapping[str, Any]) -> bool:
    """Whether a row is a trace, an observation, a score, or a page of one of them."""
    page = data.get("data")
    if isinstance(page, list) and isinstance(data.get("meta"), dict):
        return any(isinstance(each, dict) and detect(each) for each in page)
    if isinstance(data.get("trace"), dict) and isinstance(data.get("observations"), list):
        return True
    names = data.keys()
    return names >= _OBSERVATION or names >= _SCORE or (names >= _TRACE and bool(names & _MORE))


def convert(rows: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
    """Each trace with what was said of it."""
    for group in grouped(_opened(rows), _trace_id):
        yield group if isinstance(group, BadRow) else _trace(group)


def _opened(rows: Iterable[Row | BadRow]) -> Iterator[Row | BadRow]:
    """The rows, those of a page one by one, and a downloaded trace as the API has it."""
    for row in rows:
        if isinstance(row, BadRow):
            yield row
        elif not detect(row.data):
            yield BadRow(row.number, _("The row is no trace of %(peer)s.", peer=NAME))
        elif isinstance(row.data.get("data"), list):
            yield from _opened(Row(row.number, each) for each in objects_in(row.data["data"]))
        elif isinstance(row.data.get("trace"), dict):
            observations = row.data["observations"]
            yield Row(row.number, {**row.data["trace"], "observations": observations})
        else:
            yield row


def _trace_id(row: Row) -> str:
    return words_of(row.data.get("traceId") or row.data.get("id"))


def _trace(group: list[Row]) -> Row:
    parts = [row.data for row in group]
    trace = next((each for each in parts if "traceId" not in each), {})
    observations = [each for each in parts if each.keys() >= _OBSERVATION]
    observations += objects_in(trace.get("observations"))
    scores = [each for each in parts if each.keys() >= _SCORE and not each.keys() >= _OBSERVATION]
    said = Said(NAME)
    for score in [*scores, *said.objects(_("scores"), trace.get("scores"))]:
        _take(said, score)
    generations = [each for each in observations if each.get("type") == "GENERATION"]
    last = max(generations, key=lambda each: words_of(each.get("startTime")), default=trace)
    if len(observations) > 1:
        said.leave(_("observations"), _("Of a trace, the last generation and its input are read."))
    metadata = decoded(trace.get("metadata"))
    told = metadata if isinstance(metadata, dict) else {}
    return said.row(group[0].number, {**told, **_columns(last)})


def _take(said: Said, score: Mapping[str, Any]) -> None:
    name = score.get("name")
    if score.get("source") != "ANNOTATION":
        said.leave(name, _("Only what people said is taken."))
        return
    by = {"who": score.get("authorUserId"), "ref": score.get("id")}
    by["at"] = score.get("createdAt") or score.get("timestamp")
    value = score.get("stringValue")
    said.add(name, score.get("value") if value is None else value, **by)
    said.add(f"{words_of(name)}: comment", score.get("comment"), **by)


def _columns(part: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked and answered, as a chat where it was one."""
    asked, answered = decoded(part.get("input")), decoded(part.get("output"))
    model = {"model": part["model"]} if isinstance(part.get("model"), str) else {}
    turns = _turns(asked)
    if turns:
        return {"messages": [*turns, *_answer(answered)], **model}
    texts = "".join(map(content_of, _answer(answered)))
    return {"question": words_of(asked), "response": texts, **model}


def _turns(asked: object) -> list[dict[str, Any]]:
    if isinstance(asked, dict):
        asked = asked.get("messages")
    return [turn_of(each) for each in objects_in(asked)]


def _answer(answered: object) -> list[dict[str, Any]]:
    """The reply, as a text, a message, messages, or what a chat completion gives."""
    if isinstance(answered, dict):
        choices = objects_in(answered.get("choices"))
        answered = choices[0].get("message") if choices else answered.get("messages") or answered
    if isinstance(answered, str):
        return [{"role": "assistant", "content": answered}]
    messages = objects_in(answered if isinstance(answered, list) else [answered])
    return [{**turn_of(each), "role": each.get("role") or "assistant"} for each in messages]
