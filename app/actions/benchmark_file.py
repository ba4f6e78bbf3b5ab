"""The file of a benchmark as its publisher gives it: its problems, and what was not read.

Promises: it is read whole or not at all, for an evaluation on a part of it would be compared with
others on the whole. A reference that can't be read leaves its problem in, and is told.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.backends.importers import BadRow, read_rows
from app.core.errors import Invalid
from app.core.fields import BadField, FieldName, ProblemDraft, cell, find_mapping, problem_from_row
from app.core.language import _
from app.core.model import Frozen

_MOST_TOLD = 5
_SHOWN = 80


class UnreadReference(Frozen):
    """The row, from 1, of a problem whose reference can't be read, and what stands there."""

    row: int
    said: str


class BenchmarkFile(Frozen):
    """The problems of a file, with the SHA-256 of it and the columns that its fields were in."""

    hash: str
    fields: dict[FieldName, str]
    drafts: tuple[ProblemDraft, ...]
    unread: tuple[UnreadReference, ...]


class _Read(Frozen):
    """A row that can be read: its columns, its problem, and what its reference says."""

    number: int
    columns: dict[FieldName, str]
    draft: ProblemDraft
    said: str


def read_benchmark(path: Path, filename: str) -> BenchmarkFile:
    """All of a file. Raises Invalid with the first rows that are no problems."""
    read = list(_rows(path, filename))
    if bad := [each for each in read if isinstance(each, str)]:
        raise Invalid(
            _(
                "%(many)s rows can't be read, so nothing was added: %(reasons)s",
                many=len(bad),
                reasons=" ".join(bad[:_MOST_TOLD]),
            )
        )
    good = [each for each in read if isinstance(each, _Read)]
    fields: dict[FieldName, str] = {}
    for each in good:
        fields = each.columns | fields
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return BenchmarkFile(
        hash=digest,
        fields=fields,
        drafts=tuple(each.draft for each in good),
        unread=tuple(
            UnreadReference(row=each.number, said=each.said)
            for each in good
            if each.draft.reference.kind == "unknown"
        ),
    )


def _rows(path: Path, filename: str) -> Iterator[_Read | str]:
    """Each row as a problem, or why it is none."""
    with path.open("rb") as stream:
        for row in read_rows(stream, filename):
            try:
                if isinstance(row, BadRow):
                    raise BadField(row.reason)
                yield _read(row.number, row.data)
            except BadField as error:
                yield _("Row %(number)s: %(reason)s", number=row.number, reason=str(error))


def _read(number: int, data: dict[str, Any]) -> _Read:
    columns = find_mapping(data)
    answer = cell(data, columns["answer"]) if "answer" in columns else None
    said = "" if answer is None else str(answer)[:_SHOWN]
    return _Read(number=number, columns=columns, draft=problem_from_row(data), said=said)
