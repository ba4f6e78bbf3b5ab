"""Noticing that a Reasoner goes round in circles: in its words, and in its programs.

Promise: what only looks alike is left alone: counting, going through cases, and working on with
other numbers. Only text that does not get anywhere is called repetition.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise, takewhile

from app.core.fences import source_of
from app.core.outputs import printed
from app.core.trace import Step

WINDOW = 8_000
"""Characters from the end of a text that are looked at."""
_REPEATS = 4
_REPEATED = 1_000
"""Text repeats itself where its last 1,000 characters or more are four turns of one period."""
_PROBE = 64
_PARAGRAPHS = 6
_WORDS = 8
_ALIKE = 0.75
_SAME_RUNS = 4
"""Three happen where a model stops by itself afterwards; see examples/recordings.jsonl."""
ROUNDS = "The same program was executed four times in a row, with the same output."
RETOLD = "Reply after reply broke off, and each said the same again."
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def repeats(tail: str) -> bool:
    """Whether a text ends in at least four turns and 1,000 characters of one period."""
    earlier = tail.rfind(tail[-_PROBE:], 0, len(tail) - 1)
    if earlier < 0:
        return False
    period = len(tail) - min(_PROBE, len(tail)) - earlier
    span = max(_REPEATS * period, _REPEATED)
    return len(tail) >= span and tail[-span:-period] == tail[-span + period :]


def rewords(tail: str) -> bool:
    """Whether a text's last six paragraphs say what earlier ones said, in nearly the same words.

    Each has the numbers of an earlier one, no more and no fewer, and three quarters of the pairs of
    words of both. Together they have 1,000 characters or more.
    """
    *paragraphs, _ = tail.split("\n\n")
    told = [each for each in paragraphs if len(each.split()) >= _WORDS]
    last = told[-_PARAGRAPHS:]
    if len(told) <= _PARAGRAPHS or sum(map(len, last)) < _REPEATED:
        return False
    first = len(told) - _PARAGRAPHS
    return all(
        any(_alike(told[at], earlier) for earlier in told[:at]) for at in range(first, len(told))
    )


def goes_round(path: Sequence[Step]) -> str:
    """How a path ends in a circle, "" where it does not: one program that was executed four times
    with one output, or replies that broke off and say the same again.

    Counted since the last hint: whoever gave it wants the Reasoner to go on.
    """
    hints = [at for at, step in enumerate(path) if step.kind == "hint"]
    since = path[hints[-1] + 1 :] if hints else path
    if _runs_again(since):
        return ROUNDS
    return RETOLD if _tells_again(since) else ""


def _tells_again(path: Sequence[Step]) -> bool:
    told = list(takewhile(lambda step: step.kind == "thought", reversed(path)))
    text = "".join(step.text for step in reversed(told))
    return len(told) > 1 and repeats(text[-WINDOW:])


def _runs_again(path: Sequence[Step]) -> bool:
    runs = [
        (source_of(code.text).split(), printed(output))
        for code, output in pairwise(path)
        if code.kind == "code" and output.kind == "output" and output.author == "sandbox"
    ]
    last = runs[-_SAME_RUNS:]
    return len(last) == _SAME_RUNS and all(run == last[0] for run in last)


def _alike(one: str, other: str) -> bool:
    if Counter(_NUMBER.findall(one)) != Counter(_NUMBER.findall(other)):
        return False
    mine, yours = Counter(pairwise(one.split())), Counter(pairwise(other.split()))
    return (mine & yours).total() >= _ALIKE * (mine | yours).total()
