"""Colouring Python: words, strings, numbers and comments as marks, in the text as it was written.

Promises: no character is added, left out or changed; code of any length or brokenness is taken, in
linear time. A string that is not closed ends with its line, a triple-quoted one with the text.

One pattern, and no lexer: colours are all that is wanted here, and pygments spent more time on the
forty programs of a long trace than everything else on its page.
"""

import builtins
import keyword
import re
from collections.abc import Iterator

from app.web.marked import Mark

_TOKEN = re.compile(
    r"""
    (?P<c> \#[^\n]* )
  | (?P<s> [rRbBfFuU]{0,2} (?: \"{3} (?: \\. | [^\\] )*? (?: \"{3} | \Z )
                             | '{3}  (?: \\. | [^\\] )*? (?: '{3}  | \Z )
                             | \"    (?: \\. | [^\"\\\n] )* \"?
                             | '     (?: \\. | [^'\\\n] )* '? ) )
  | (?P<n> 0[xXoObB][0-9a-fA-F_]+ | (?: [0-9][0-9_]*\.?[0-9_]* | \.[0-9][0-9_]* )
           (?: [eE][+-]?[0-9]+ )? j? )
  | (?P<w> [^\W\d]\w* )
    """,
    re.VERBOSE | re.DOTALL,
)
_KEYWORDS = frozenset(keyword.kwlist)
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_")) - _KEYWORDS


def python_marks(source: str) -> Iterator[Mark]:
    """A mark for each token that has a colour: k, s, n, c, b or f."""
    named = False
    for found in _TOKEN.finditer(source):
        name = found.lastgroup or ""
        if name == "w":
            word = found[0]
            name = "f" if named else "k" if word in _KEYWORDS else "b" if word in _BUILTINS else ""
            named = word in ("def", "class")
        if name:
            yield Mark(found.start(), found.end(), name)
