"""Working out by hand what a solver should: cases tried one by one, long arithmetic, no program."""

import re
from collections.abc import Iterator

from app.core.case import Case
from app.core.proposal import Proposal
from app.detectors.reading import answer_of, blocks, proposal

FLAW = "manual-computation"
_TRIES = 4
_SUMS = 6
_TRY = re.compile(
    r"^[^\n]*?\b(?:if|try|trying|let|suppose|case|when|for)\b[^\n]{0,40}?\\?\(?\s*"
    r"[a-zA-Z]\w*\s*=\s*-?\d[^\n]*",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBER = r"\$?\d[\d.,]*\)?"
_SUM = re.compile(
    rf"{_NUMBER}(?:\s*(?:[-+*/×·]|\\times|\\cdot)\s*\(?{_NUMBER})+\s*=\s*\$?\d[\d.,]*"
)
_WORDS = (
    "This is tedious by hand. I can write the model as a Python program and let a solver do it."
)


def detect(case: Case) -> Iterator[Proposal]:
    """Thoughts behind the last program that enumerate or calculate; an answer without a program."""
    codes = blocks(case)
    start = codes[-1].step + 1 if codes else 0
    for at in range(start, len(case.path)):
        if case.path[at].kind == "thought":
            found = _by_hand(case.path[at].text)
            if found:
                yield proposal(case, "by hand", FLAW, at, found[0], found[1], _WORDS)
                return
    answer = answer_of(case)
    if answer and not codes:
        _, step, offset = answer
        span = (offset, min(offset + 1, len(case.path[step].text)))
        note = "An answer is given, and no program was ever run."
        yield proposal(case, "no program", FLAW, step, span, note, _WORDS)


def _by_hand(thought: str) -> tuple[tuple[int, int], str] | None:
    """Where a thought enumerates or calculates, and what it does there."""
    tries = list(_TRY.finditer(thought))
    if len(tries) >= _TRIES:
        return tries[0].span(), f"{len(tries)} cases are tried one by one, by hand."
    sums = list(_SUM.finditer(thought))
    if len(sums) >= _SUMS:
        return sums[0].span(), f"{len(sums)} calculations are done by hand."
    return None
