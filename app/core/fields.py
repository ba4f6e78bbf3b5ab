"""A row of a file as a problem: which column is which, and what can't be one.

Promises: columns are found by the names that published benchmarks use, whatever their case, and can
be named by hand; a column inside a column is reached with a point (`reward_model.ground_truth`).
An answer that can't be read makes the reference unknown, never a lost row. Text is kept as it is,
but for characters that no database stores.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from app.core.answer import Reference, parse_reference
from app.core.errors import Invalid
from app.core.language import _, number, translated
from app.core.model import Frozen
from app.core.tongue import language_of, tag_of

FieldName = Literal[
    "question", "answer", "id", "difficulty", "source", "tags", "language", "response"
]
"""`response` is the text of a finished trace, or its chat; no field of a problem."""
RESPONSES = ("en_math_model_coptpy_code", "response", "completion")
NAMES: dict[FieldName, tuple[str, ...]] = {
    "question": ("en_question", "question", "problem", "prompt", "query"),
    "answer": ("en_answer", "answer", "ground_truth", "reference", "reward_model.ground_truth"),
    "id": ("id", "problem_id", "external_id", "extra_info.index"),
    "difficulty": ("difficulty", "level"),
    "source": ("source", "data_source", "dataset"),
    "tags": ("tags",),
    "language": ("language", "lang"),
    "response": ("messages", *RESPONSES),
}
LONGEST_QUESTION = 100_000
LONGEST_WORD: dict[FieldName, int] = {"id": 200, "difficulty": 80, "source": 200}
"""Characters, as many as their columns in the database take."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class BadField(Invalid):
    """A row has a cell that can't be what it should be; the message is the reason in a report."""


class ProblemDraft(Frozen):
    """A problem as it stands in a row. `language` is `app.core.tongue`'s tag of it; `extra` holds
    the columns that nothing else took, as JSON; an answer or a language that could not be read is
    among them."""

    question: str
    reference: Reference
    external_id: str | None = None
    difficulty: str | None = None
    source: str | None = None
    tags: tuple[str, ...] = ()
    language: str = ""
    extra: dict[str, Any] = Field(default_factory=dict)


def find_mapping(row: Mapping[str, Any]) -> dict[FieldName, str]:
    """The columns of a row that are known by their names; an empty one gives way to the next."""
    found: dict[FieldName, str] = {}
    for field, names in NAMES.items():
        columns = [column for name in names if (column := _column(row, name)) is not None]
        filled = [column for column in columns if cell(row, column) not in (None, "")]
        if columns:
            found[field] = (filled or columns)[0]
    return found


def problem_from_row(
    row: Mapping[str, Any], mapping: Mapping[FieldName, str] | None = None
) -> ProblemDraft:
    """The problem of a row. `mapping` names columns by hand, field by field.

    Raises BadField where there is no question, or one that is empty or too long.
    """
    columns = find_mapping(row) | dict(mapping or {})
    if "question" not in columns:
        raise BadField(_("The row has no question: none of its columns is known by name."))
    return draft(question_in(cell(row, columns["question"])), row, columns)


def draft(question: str, row: Mapping[str, Any], columns: Mapping[FieldName, str]) -> ProblemDraft:
    """The problem with this question and the other fields of a row. Raises BadField."""
    if not question.strip():
        raise BadField(_("The question is empty."))
    if len(question) > LONGEST_QUESTION:
        raise BadField(
            _(
                "The question has %(length)s characters; at most %(most)s can be.",
                length=number(len(question)),
                most=number(LONGEST_QUESTION),
            )
        )
    cells = {field: cell(row, column) for field, column in columns.items()}
    words = {field: _word(cells.get(field), field) for field in LONGEST_WORD}
    reference = parse_reference(cells.get("answer"))
    said = tag_of(str(cells.get("language") or ""))
    unread = {"answer", "response"} if said else {"answer", "response", "language"}
    read = {columns[field].split(".")[0] for field in columns if field not in unread}
    if reference.kind != "unknown" and "answer" in columns:
        read.add(columns["answer"])
    return ProblemDraft(
        question=storable(question),
        reference=reference,
        external_id=words["id"],
        difficulty=words["difficulty"],
        source=words["source"],
        tags=_tags(cells.get("tags")),
        language=said or language_of(question),
        extra=storable({name: value for name, value in row.items() if name not in read}),
    )


def plain_name(source: str) -> str:
    """The name of a benchmark as it is compared: without case, spaces, hyphens and the like."""
    return "".join(letter for letter in source.casefold() if letter.isalnum())


def question_in(value: object) -> str:
    """The question of a cell: its text, or the last user message of a chat."""
    if not isinstance(value, list):
        return value if isinstance(value, str) else ""
    asked = [turn for turn in value if isinstance(turn, dict) and turn.get("role") == "user"]
    return content_of(asked[-1]) if asked else ""


def content_of(message: Mapping[str, Any]) -> str:
    """The text of a chat message, whose content may be a list of parts."""
    content = message.get("content")
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def cell(row: Mapping[str, Any], column: str) -> Any:
    """What stands in a column, or in a column inside one; None where there is no such column."""
    if column in row:
        return row[column]
    head, _, rest = column.partition(".")
    inner = row.get(head)
    return cell(inner, rest) if rest and isinstance(inner, Mapping) else None


def storable(value: Any) -> Any:
    """`value` as plain JSON that every database takes: no NUL, lone surrogate, NaN or infinity."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {storable(str(name)): storable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return storable(str(value))


def _column(row: Mapping[str, Any], name: str) -> str | None:
    """The column that is called `name`, as it is written in the row."""
    head, _, rest = name.partition(".")
    for column, value in row.items():
        if column.strip().lower() == head:
            inner = _column(value, rest) if rest and isinstance(value, Mapping) else None
            return f"{column}.{inner}" if inner else None if rest else column
    return None


def _word(value: object, field: FieldName) -> str | None:
    """A cell as one short text. Raises BadField."""
    if value is None or isinstance(value, list | dict):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    word = str(storable(str(value).strip()))
    if len(word) > LONGEST_WORD.get(field, len(word)):
        raise BadField(
            _(
                "The %(field)s is longer than %(most)s characters.",
                field=translated(field.replace("_", " ")),
                most=LONGEST_WORD[field],
            )
        )
    return word or None


def _tags(value: object) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list):
        return ()
    return tuple(word for part in parts if (word := _word(part, "tags")))
