"""Colouring Python: pygments' tokens as marks, with the offsets of the text as it was written.

Promises: no character is added, left out or changed; code of any length or brokenness is taken.
Long code stays plain: nobody reads colours there, and a lexer should not set the pace of a page.
Steps never change, so what was coloured lately is kept.
"""

from functools import cache, lru_cache

from pygments.lexers import PythonLexer
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String, _TokenType

from app.web.marked import Mark

LONGEST = 100_000
_LEXER = PythonLexer()
_NAMES: tuple[tuple[_TokenType, str], ...] = (
    (Operator.Word, "k"),
    (Name.Builtin, "b"),
    (Name.Function, "f"),
    (Name.Class, "f"),
    (Keyword, "k"),
    (String, "s"),
    (Number, "n"),
    (Comment, "c"),
)


@lru_cache(maxsize=512)
def python_marks(source: str) -> tuple[Mark, ...]:
    """A mark for each token that has a colour: k, s, n, c, b or f."""
    if len(source) > LONGEST:
        return ()
    tokens = _LEXER.get_tokens_unprocessed(source)
    return tuple(
        Mark(start, start + len(value), name)
        for start, kind, value in tokens
        if (name := _name(kind)) and value.strip()
    )


@cache
def _name(kind: _TokenType) -> str | None:
    if kind is Error:
        return None
    return next((name for parent, name in _NAMES if kind in parent), None)
