"""A JSON array of objects, or one after the other, read piece by piece: never held whole.

A break in the middle ends the reading, because nothing says where the next object would begin; the
rows before it are kept, and a bad row says what happened.
"""

import codecs
import json
from collections.abc import Iterator
from typing import BinaryIO

from app.backends.importers.json_lines import checked_row
from app.backends.importers.rows import LONGEST_ROW, BadRow, Row
from app.core.language import _, number

_CHUNK = 2**20
_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder()


class _Broken(Exception):
    """The array can't be read any further; the message says why."""


class _Window:
    """The part of the file that is being read, and how far reading has come in it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._reader = codecs.getreader("utf-8")(stream)
        self._text = ""
        self._at = 0

    def peek(self) -> str:
        """The next character that is no space, or "" at the end of the file."""
        while True:
            while self._text[self._at : self._at + 1] in _SPACE and self._at < len(self._text):
                self._at += 1
            if self._at < len(self._text) or not self._grow():
                return self._text[self._at : self._at + 1]

    def take(self) -> None:
        """Step over the character that `peek` gave."""
        self._at += 1

    def value(self) -> object:
        """The value that begins here, an object most likely. Raises _Broken."""
        while True:
            try:
                value, self._at = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > LONGEST_ROW:
                    raise _Broken(
                        _(
                            "a row is broken or longer than %(most)s",
                            most=number(LONGEST_ROW),
                        )
                    ) from error
                if not self._grow():
                    raise _Broken(_reason(error)) from error
            except RecursionError as error:
                raise _Broken(_("it is nested too deep")) from error
            except ValueError as error:
                raise _Broken(_("a number is too long")) from error
            else:
                return value

    def _grow(self) -> bool:
        more = self._reader.read(_CHUNK)
        self._text, self._at = self._text[self._at :] + more, 0
        return bool(more)


def value_rows(stream: BinaryIO) -> Iterator[Row | BadRow]:
    """The objects that stand one after the other, each over as many lines as it likes."""
    window, number = _Window(stream), 0
    try:
        while window.peek():
            number += 1
            yield checked_row(number, window.value())
    except UnicodeDecodeError:
        yield BadRow(number, _("The file is not UTF-8 text from here on."))
    except _Broken as broken:
        yield BadRow(number, _("The file can't be read from here on: %(broken)s.", broken=broken))


def array_rows(stream: BinaryIO) -> Iterator[Row | BadRow]:
    """The rows of the array that `stream` stands before."""
    window, number = _Window(stream), 0
    try:
        window.peek()
        window.take()
        while window.peek() != "]":
            number += 1
            yield checked_row(number, window.value())
            if window.peek() == ",":
                window.take()
            elif window.peek() != "]":
                raise _Broken(_("a comma is missing") if window.peek() else _("it is cut off"))
    except UnicodeDecodeError:
        yield BadRow(number, _("The file is not UTF-8 text from here on."))
    except _Broken as broken:
        yield BadRow(number, _("The array can't be read from here on: %(broken)s.", broken=broken))


def _reason(error: json.JSONDecodeError) -> str:
    cut = error.pos >= len(error.doc) or error.msg.startswith("Unterminated")
    return _("it is cut off") if cut else error.msg.lower()
