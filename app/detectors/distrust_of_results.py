"""What execution established and the path does not heed: errors, statuses, outputs made up."""

import re
from collections.abc import Iterator
from itertools import takewhile

from app.core.case import Case
from app.core.proposal import Proposal
from app.detectors.reading import Block, answer_of, blocks, proposal

FLAW = "distrust-of-results"
_NOT_OPTIMAL = re.compile(
    r"\binfeasible\b|\bunbounded\b|\bnot solved\b|\bno (?:best|optimal|feasible) solution\b",
    re.IGNORECASE,
)
_LAST_LINE = re.compile(r"^\s*[A-Za-z_.]*(?:Error|Exception)\b[^\n]*", re.MULTILINE)


def detect(case: Case) -> Iterator[Proposal]:
    """Errors never overcome, numbers given though nothing was optimal, forged outputs."""
    programs = [block for block in blocks(case) if block.output_step is not None]
    yield from _unresolved(case, programs)
    yield from _status_ignored(case, programs)
    yield from _forged(case)


def _unresolved(case: Case, programs: list[Block]) -> Iterator[Proposal]:
    """The first of the errors that no later program of the path overcame."""
    failed: list[Block] = []
    for block in programs:
        failed = [*failed, block] if block.failed else []
    if not failed:
        return
    first = failed[0]
    found = _LAST_LINE.search(first.output)
    span = found.span() if found else (0, len(first.output))
    again = f", and {len(failed) - 1} more after it" if len(failed) > 1 else ""
    note = f"The program failed here{again}; no later program ran to its end."
    words = (
        "The program stopped with an error, so nothing is solved yet. Let me read the last line of "
        "the traceback, find what it names in my code, mend that and run the whole program again."
    )
    yield proposal(case, "error unresolved", FLAW, first.step + 1, span, note, words)


def _status_ignored(case: Case, programs: list[Block]) -> Iterator[Proposal]:
    """The last programs said that there is no optimum, and the path does not answer that."""
    answer = answer_of(case)
    if case.correct or (answer and answer[0].kind != "number"):
        return
    stuck = list(takewhile(lambda found: found is not None, map(_no_optimum, reversed(programs))))
    if not stuck or stuck[-1] is None:
        return
    first, found = programs[-len(stuck)], stuck[-1]
    given = "the answer is a number all the same" if answer else "the path never asks why"
    note = f"The program says {found.group().lower()}, and {given}."
    words = (
        "The status is not optimal, so the numbers that were printed are no solution. I should "
        "find the constraint that is wrong before I go on."
    )
    yield proposal(case, "status ignored", FLAW, first.step + 1, found.span(), note, words)


def _no_optimum(block: Block) -> re.Match[str] | None:
    return None if block.failed else _NOT_OPTIMAL.search(block.output)


def _forged(case: Case) -> Iterator[Proposal]:
    """The first output that the Reasoner wrote itself."""
    for at, step in enumerate(case.path):
        if step.mark == "forged":
            note = "The Reasoner wrote this output itself; no program printed it."
            words = (
                "I should not guess what a program prints. Let me run the code and read its output."
            )
            yield proposal(case, "forged output", FLAW, at, (0, len(step.text)), note, words)
            return
