"""JSON lines: one object on each line, whatever the file is called."""

import json
from collections.abc import Iterator
from typing import BinaryIO

from app.backends.importers.rows import LONGEST_ROW, BadRow, Row, too_deep
from app.core.language import _, language


def line_rows(stream: BinaryIO) -> Iterator[Row | BadRow]:
    """The rows from where `stream` stands; blank lines are passed over."""
    number = 0
    while line := stream.readline(LONGEST_ROW + 1):
        number += 1
        if len(line) > LONGEST_ROW:
            _skip_line(stream, line)
            yield BadRow(
                number,
                _("The line is longer than %(most)s bytes.", most=language().number(LONGEST_ROW)),
            )
        elif line.strip():
            yield object_row(number, line)


def object_row(number: int, line: bytes) -> Row | BadRow:
    """One line as a row."""
    try:
        data = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return BadRow(
            number, _("The line is not UTF-8 text (byte %(byte)s).", byte=error.start + 1)
        )
    except (ValueError, RecursionError) as error:
        return BadRow(number, _("The line is not JSON: %(reason)s.", reason=_reason(error)))
    return checked_row(number, data)


def checked_row(number: int, data: object) -> Row | BadRow:
    """A decoded value as a row, which only an object can be."""
    if not isinstance(data, dict):
        return BadRow(number, _("The row is not a JSON object."))
    if too_deep(data):
        return BadRow(number, _("The row is nested too deep."))
    return Row(number, data)


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return _(
            "%(reason)s at column %(column)s",
            reason=error.msg.lower().removesuffix(" at"),
            column=error.colno,
        )
    return (
        _("it is nested too deep")
        if isinstance(error, RecursionError)
        else _("a number is too long")
    )


def _skip_line(stream: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(LONGEST_ROW)
