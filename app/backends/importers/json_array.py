"""A JSON array of objects, read piece by piece: the file is never held whole.

A break in the middle ends the reading, because nothing says where the next object would begin; the
rows before it are kept, and the last one says what happened.
"""

import codecs
import json
from collections.abc import Iterator
from typing import BinaryIO

from app.backends.importers.json_lines import checked_row, json_reason
from app.backends.importers.rows import LONGEST_ROW, BadRow, Row

_CHUNK = 2**20
_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder()


class _Window:
    """The part of the file that is being read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._reader = codecs.getreader("utf-8")(stream)
        self.text = ""

    def grow(self) -> bool:
        """Read on; False at the end of the file. Raises UnicodeDecodeError."""
        more = self._reader.read(_CHUNK)
        self.text += more
        return bool(more)

    def skip(self, characters: str) -> None:
        """Drop these characters from the front, reading on while nothing else is there."""
        self.text = self.text.lstrip(characters)
        while not self.text and self.grow():
            self.text = self.text.lstrip(characters)


def array_rows(stream: BinaryIO) -> Iterator[Row | BadRow]:
    """The rows of the array that `stream` stands before."""
    window, number = _Window(stream), 0
    try:
        window.skip(_SPACE)
        window.text = window.text[1:]
        window.skip(_SPACE)
        while not window.text.startswith("]"):
            number += 1
            yield checked_row(number, _next_value(window))
            _pass_separator(window)
    except UnicodeDecodeError:
        yield BadRow(number, "The file is not UTF-8 text from here on.")
    except (ValueError, RecursionError) as error:
        yield BadRow(number, f"The array can't be read from here on: {_reason(error)}.")


def _next_value(window: _Window) -> object:
    while True:
        try:
            value, end = _DECODER.raw_decode(window.text)
        except json.JSONDecodeError:
            if len(window.text) > LONGEST_ROW or not window.grow():
                raise
            continue
        if end < len(window.text) or not window.grow():
            window.text = window.text[end:]
            return value


def _pass_separator(window: _Window) -> None:
    window.skip(_SPACE)
    if window.text.startswith(","):
        window.text = window.text[1:]
        window.skip(_SPACE)
    elif not window.text.startswith("]"):
        raise ValueError("a comma is missing" if window.text else "it is cut off")


def _reason(error: Exception) -> str:
    known = isinstance(error, json.JSONDecodeError | RecursionError)
    return json_reason(error) if known else str(error)
