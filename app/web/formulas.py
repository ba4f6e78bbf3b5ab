r"""Finding formulas in a model's text: `\(…\)`, `\[…\]`, `$…$`, `$$…$$` and a bare `\boxed{…}`.

Promises: offsets are those of the text; it takes linear time, because a formula ends before another
of its kind opens and after at most `LONGEST` signs; no more than `MOST` are found. A dollar sign
before a sum of money opens nothing: after an opening one comes no space, before a closing one
neither, and behind it no digit.

Not here: typesetting, which the browser does, from the text as it stands.
"""

import re
from collections.abc import Iterator
from itertools import islice

from app.web.marked import Mark

LONGEST = 1_500
MOST = 10_000
_FORMULA = re.compile(
    rf"""
    (?<!\\) \\\( (?: [^\\] | \\[^()] ){{1,{LONGEST}}}+ \\\)
  | (?<!\\) \\\[ (?: [^\\] | \\[^\[\]] ){{1,{LONGEST}}}+ \\\]
  | \$\$ .{{1,{LONGEST}}}? \$\$
  | (?<![\\$\w]) \$ (?![\s$]) [^$\n]{{1,{LONGEST}}} (?<![\s\\]) \$ (?![\d$])
  | \\boxed\{{ (?: [^{{}}\n] | \{{ [^{{}}\n]{{0,200}} \}} ){{1,400}} \}}
    """,
    re.VERBOSE | re.DOTALL,
)


def formulas(text: str) -> Iterator[Mark]:
    """The formulas of a text, in order, none inside another."""
    for found in islice(_FORMULA.finditer(text), MOST):
        yield Mark(found.start(), found.end(), "tex")
