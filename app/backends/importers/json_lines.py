"""JSON lines: one object on each line, whatever the file is called."""

import json
from collections.abc import Iterator
from typing import BinaryIO

from app.backends.importers.rows import LONGEST_ROW, BadRow, Row


def line_rows(stream: BinaryIO) -> Iterator[Row | BadRow]:
    """The rows from where `stream` stands; blank lines are passed over."""
    number = 0
    while line := stream.readline(LONGEST_ROW + 1):
        number += 1
        if len(line) > LONGEST_ROW:
            _skip_line(stream, line)
            yield BadRow(number, f"The line is longer than {LONGEST_ROW:,} bytes.")
        elif line.strip():
            yield object_row(number, line)


def object_row(number: int, line: bytes) -> Row | BadRow:
    """One line as a row."""
    try:
        data = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return BadRow(number, f"The line is not UTF-8 text (byte {error.start + 1}).")
    except (ValueError, RecursionError) as error:
        return BadRow(number, f"The line is not JSON: {_reason(error)}.")
    return checked_row(number, data)


def checked_row(number: int, data: object) -> Row | BadRow:
    """A decoded value as a row, which only an object can be."""
    if isinstance(data, dict):
        return Row(number, data)
    return BadRow(number, "The row is not a JSON object.")


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower().removesuffix(' at')} at column {error.colno}"
    return "it is nested too deep" if isinstance(error, RecursionError) else "a number is too long"


def _skip_line(stream: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(LONGEST_ROW)
