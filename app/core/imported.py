"""Finished traces from rows of a file: chats, and responses with code and a solver's log.

Promises: the text of the trace is the text of the row, to the byte, with the outputs that came
apart from it (tool messages, a log) put behind their code in output fences. Every output is marked
as imported, because nobody here saw it executed. Nothing is executed, and nothing is graded.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.core.annotation import COLUMN, Annotation, annotations_in
from app.core.answer import find_answer
from app.core.fences import THINK_END, frame_output, split_text
from app.core.fields import (
    RESPONSES,
    BadField,
    FieldName,
    ProblemDraft,
    cell,
    content_of,
    draft,
    find_mapping,
    question_in,
    storable,
)
from app.core.language import _
from app.core.model import Frozen
from app.core.trace import Step

LOGS = ("execution_result", "log")
SOLUTIONS = ("execution_best_solution", "best_solution")
_CODE_ARGUMENTS = ("code", "source", "input")
_OBJECTIVE = re.compile(
    r"(?:best solution|best objective|optimal objective|objective value)[ \t:=]*"
    r"([-+]?[0-9][0-9.,]*(?:e[-+]?[0-9]+)?)",
    re.IGNORECASE,
)


class TraceDraft(Frozen):
    """A finished trace and its problem.

    `answer` is what the row's solution or log says where the text has no answer of its own.
    """

    problem: ProblemDraft
    steps: tuple[Step, ...]
    model: str | None = None
    system: str | None = None
    answer: str | None = None
    annotations: tuple[Annotation, ...] = ()


def trace_from_row(
    row: Mapping[str, Any], mapping: Mapping[FieldName, str] | None = None
) -> TraceDraft:
    """The trace of a row. Raises BadField where it holds none, or no question."""
    columns = find_mapping(row) | dict(mapping or {})
    said = cell(row, columns["response"]) if "response" in columns else None
    if isinstance(said, list):
        return _from_chat(said, row, columns)
    by_hand = isinstance(said, str) and "response" in (mapping or {})
    response = said if by_hand else _first(row, RESPONSES)
    if response is None:
        raise BadField(_("The row has no trace: neither messages nor a response."))
    if "question" not in columns:
        raise BadField(_("The row has no question: none of its columns is known by name."))
    log = _first(row, LOGS)
    text = _with_log(response, log) if log else response
    solution = _first(row, SOLUTIONS) or _objective_in(log or "")
    return _trace(question_in(cell(row, columns["question"])), text, row, columns, answer=solution)


def _from_chat(
    said: list[Any], row: Mapping[str, Any], columns: dict[FieldName, str]
) -> TraceDraft:
    messages = [message for message in said if isinstance(message, dict)]
    roles = [str(message.get("role")) for message in messages]
    start = roles.index("assistant") if "assistant" in roles else len(roles)
    if "user" in roles[start:]:
        raise BadField(_("The user speaks again after the first reply; a trace is one reply."))
    question = _asked(row, columns) or question_in(messages[:start])
    system = next((content_of(m) for m in messages[:start] if m.get("role") == "system"), None)
    text = _join(_said(message) for message in messages[start:])
    return _trace(question, text, row, columns, system=system)


def _asked(row: Mapping[str, Any], columns: Mapping[FieldName, str]) -> str:
    return question_in(cell(row, columns["question"])) if "question" in columns else ""


def _trace(
    question: str,
    text: str,
    row: Mapping[str, Any],
    columns: dict[FieldName, str],
    *,
    system: str | None = None,
    answer: str | None = None,
) -> TraceDraft:
    if not text.strip():
        raise BadField(_("The trace is empty."))
    text = str(storable(text))
    taken = {"messages", COLUMN, *RESPONSES, *LOGS, *SOLUTIONS}
    taken |= {columns["response"].split(".")[0]} if "response" in columns else set()
    problem = draft(question, {k: v for k, v in row.items() if k not in taken}, columns)
    return TraceDraft(
        problem=problem,
        steps=_steps(text),
        model=_first(row, ("model",)),
        system=system,
        answer=None if find_answer(text) else answer,
        annotations=annotations_in(row.get(COLUMN), text),
    )


def _steps(text: str) -> tuple[Step, ...]:
    return tuple(
        Step(kind="output", author="sandbox", text=piece.text, mark="imported")
        if piece.kind == "output"
        else Step(kind=piece.kind, author="reasoner", text=piece.text)
        for piece in split_text(text)
    )


def _with_log(response: str, log: str) -> str:
    """The response with the log behind its last code block, or behind everything."""
    pieces = split_text(response, finished=False)
    code = [number for number, piece in enumerate(pieces) if piece.kind == "code"]
    after = code[-1] + 1 if code else len(pieces)
    texts = [piece.text for piece in pieces]
    return _join(("".join(texts[:after]), frame_output(log))) + "".join(texts[after:])


def _said(message: Mapping[str, Any]) -> str:
    """What one message adds to the trace: a tool's as output, a call as code, the rest as it is."""
    content = content_of(message)
    if message.get("role") == "tool":
        return frame_output(content)
    calls = message.get("tool_calls")
    called = [_call(call) for call in calls if isinstance(call, dict)] if calls else []
    thinking = message.get("reasoning_content")
    if isinstance(thinking, str) and thinking:
        closing = f"\n{THINK_END}\n\n" if content and not called else ""
        content = f"{thinking}{closing}{content}"
    return _join((content, *called))


def _call(call: Mapping[str, Any]) -> str:
    """The code of a tool call as a code block; a call without code as its JSON."""
    function = call.get("function")
    arguments = function.get("arguments") if isinstance(function, dict) else None
    parsed = _object(arguments)
    code = next((v for k in _CODE_ARGUMENTS if isinstance(v := parsed.get(k), str)), None)
    if code is None:
        return json.dumps(call, ensure_ascii=False, default=str) + "\n"
    return f"```python\n{code}{'' if code.endswith(chr(10)) else chr(10)}```\n"


def _object(arguments: object) -> dict[str, Any]:
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError):
            return {}
    return arguments if isinstance(arguments, dict) else {}


def _join(parts: Iterable[str]) -> str:
    """The parts in order; one that opens with a fence begins on a line of its own."""
    text: list[str] = []
    for part in parts:
        opens = part.startswith("```") and bool(text) and not text[-1].endswith("\n")
        text += ["\n", part] if opens else [part] if part else []
    return "".join(text)


def _objective_in(log: str) -> str | None:
    """The last objective that a solver's log names."""
    found = _OBJECTIVE.findall(log)
    return found[-1] if found else None


def _first(row: Mapping[str, Any], names: Iterable[str]) -> str | None:
    """The first of these columns that holds text."""
    cells = (row.get(name) for name in names)
    return next((value for value in cells if isinstance(value, str) and value.strip()), None)
