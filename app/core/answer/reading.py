"""One short text as one number or one outcome: what boxes and references have in common.

A text is a number if exactly one number stands in it, with any label, currency or unit around it,
and nothing that compares or computes: `Z = 340 litres`, `\\$1,160`, `\\frac{1}{3}`. So `x=3, y=4`,
`x \\le 5` and `2+3` are none. Units are neither compared nor converted.
"""

import re
from functools import lru_cache
from typing import Literal

from app.core.latex import plain
from app.core.numbers import Quantity, quantities

Outcome = Literal["infeasible", "unbounded", "no-optimum"]
LONGEST = 300
"""Characters: beyond this a text is prose, not an answer."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COMPUTES = re.compile(r"[0-9<>≤≥≠±+*×·^\\!⁄]")
_INFEASIBLE = re.compile(
    r"\binfeasib|\bunfeasible\b|\bnot feasible\b|\bno feasible\b|\bno (?:valid |possible )?solution"
)
_UNBOUNDED = re.compile(r"\bunbounded\b|\binfinity\b|∞")
_NO_OPTIMUM = re.compile(
    r"\bno[ -](?:best|optimal|optimum|finite)\b|\boptim\w+( \w+)? does not exist"
)
_DENIED = re.compile(r"\b(?:not|never|neither) (?:\w+ )?(?:infeasib|unbounded|infinity)|n't ")


@lru_cache(maxsize=1_000)  # each validation of a reference asks again
def read_quantity(text: str) -> Quantity | None:
    """The one number of `text`, or None; its offsets are those of `plain(text)`."""
    if len(text) > LONGEST:
        return None
    flat = plain(text)
    found = list(quantities(flat))
    if len(found) != 1:
        return None
    before, after = flat[: found[0].start], flat[found[0].end :]
    around = f"{before} {after}"
    computes = _COMPUTES.search(_NAME.sub("", around)) or before.endswith(("-", "/"))
    if computes or around.count("=") > 1 or _outcome_in(around):
        return None
    return found[0]


def read_outcome(text: str) -> Outcome | None:
    """What `text` says in place of a number, or None. A text with a number in it says none."""
    if len(text) > LONGEST:
        return None
    flat = plain(text)
    return None if next(quantities(flat), None) else _outcome_in(flat)


def mentions_outcome(text: str) -> bool:
    """Whether `text`, of any length, has a word for an outcome in it, be it denied or asked for."""
    words = plain(text).lower()
    return any(known.search(words) for known in (_INFEASIBLE, _UNBOUNDED, _NO_OPTIMUM))


def _outcome_in(flat: str) -> Outcome | None:
    words = flat.lower()
    if _DENIED.search(words):
        return None
    infeasible, unbounded = _INFEASIBLE.search(words), _UNBOUNDED.search(words)
    if _NO_OPTIMUM.search(words) or (infeasible and unbounded):
        return "no-optimum"
    if infeasible:
        return "infeasible"
    return "unbounded" if unbounded else None
