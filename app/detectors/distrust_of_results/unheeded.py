"""What execution established and the path does not heed: errors, statuses, no run at all."""

import re
from collections.abc import Iterator
from itertools import takewhile

from app.core.language import N_
from app.detectors.finding import Rule, Spot
from app.detectors.numbers import same
from app.detectors.reading import Reading

FLAW = "distrust-of-results"
_LAST_LINE = re.compile(r"^[ \t]*[A-Za-z_.]{0,60}(?:Error|Exception)\b[^\n]*", re.MULTILINE)


def _unresolved(reading: Reading) -> Iterator[Spot]:
    """The first of the errors that no later program of the path overcame."""
    failed = list(takewhile(lambda it: it.failed, reversed(reading.ran)))
    known = reading.given is not None and any(same(reading.given, it) for it in reading.objectives)
    if not failed or known:
        return
    first = failed[-1]
    found = list(_LAST_LINE.finditer(first.output))
    span = found[-1].span() if found else (0, len(first.output))
    again = f", and {len(failed) - 1} more after it" if len(failed) > 1 else ""
    note = f"The program failed here{again}; no later program ran to its end."
    yield Spot(first.step + 1, *span, note)


def _status_ignored(reading: Reading) -> Iterator[Spot]:
    """The last programs found no optimum, and the path does not answer that."""
    answer = reading.answer
    if reading.case.correct or (answer and answer[0].kind != "number"):
        return
    stuck = list(takewhile(lambda it: it.hopeless, reversed(reading.ran)))
    if stuck and (found := stuck[-1].hopeless):
        start, end, status = found
        given = "the answer is a number all the same" if answer else "the path ends without a cause"
        yield Spot(stuck[-1].step + 1, start, end, f"The solver says {status}, and {given}.")


def _forged(reading: Reading) -> Iterator[Spot]:
    """The first output that the Reasoner wrote itself."""
    for at, step in enumerate(reading.path):
        if step.mark == "forged":
            note = "The Reasoner wrote this output itself; no program printed it."
            yield Spot(at, 0, len(step.text), note)


RULES = (
    Rule(
        "error-unresolved",
        FLAW,
        N_("a program failed, and no later one ran to its end"),
        0.95,
        _unresolved,
    ),
    Rule(
        "status-ignored",
        FLAW,
        N_("the last programs found no optimum, and the path answers with a number or not at all"),
        0.9,
        _status_ignored,
    ),
    Rule("forged-output", FLAW, N_("the Reasoner wrote an output itself"), 1.0, _forged),
)
