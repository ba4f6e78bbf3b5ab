"""What execution established and the path does not heed: errors, statuses, results worked again."""

import re
from collections.abc import Iterator
from itertools import pairwise, takewhile

from app.core.solved import compare
from app.detectors.finding import Rule, Spot
from app.detectors.handwork import calculations
from app.detectors.numbers import same, values_in
from app.detectors.reading import Program, Reading, lines

FLAW = "distrust-of-results"
_LAST_LINE = re.compile(r"^[ \t]*[A-Za-z_.]{0,60}(?:Error|Exception)\b[^\n]*", re.MULTILINE)
_AGAIN = re.compile(
    r"\b(?:double|re|cross)[- ]?(?:check|verif|comput|calculat|solv)\w*|\bverify\b|\bby hand\b"
    r"|\bmanually\b|\bmake sure\b|\bnot sure\b|\bdon't trust\b|\bdo not trust\b|\bsuspicious\b"
    r"|\bcheck (?:this|it|that|whether)\b|\blet me check\b|\bdoubt",
    re.IGNORECASE,
)
_ROUNDS = re.compile(r"\bround(?:ed|ing|s)?\b|\bnearest (?:whole|integer)", re.IGNORECASE)
_NOT_ROUNDS = re.compile(
    r"\b(?:no|not|without|avoid|instead of|never|n't|need)\b[^.]{0,40}\bround", re.IGNORECASE
)
_ROUNDS_VALUES = re.compile(
    r"\b(?:ceil|floor|round|int)\([^()\n]{0,60}(?:\.value\(?|\.varValue|\.x\b|\.X\b|solution|col_value"
    r"|\bres\.x|result\.x)"
)
_INTEGER = re.compile(r"integ|binar|bool|NewIntVar|\.I\b|\.B\b", re.IGNORECASE)
_SUMS = 6
_CHECKED_SUMS = 3


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
    if not stuck or (found := stuck[-1].hopeless) is None:
        return
    given = "the answer is a number all the same" if answer else "the path ends without a cause"
    note = f"The program says {found.group().lower()}, and {given}."
    yield Spot(stuck[-1].step + 1, *found.span(), note)


def _forged(reading: Reading) -> Iterator[Spot]:
    """The first output that the Reasoner wrote itself."""
    for at, step in enumerate(reading.path):
        if step.mark == "forged":
            note = "The Reasoner wrote this output itself; no program printed it."
            yield Spot(at, 0, len(step.text), note)


def _worked_again(reading: Reading) -> Iterator[Spot]:
    """Calculations behind an optimum that stood: many, or some in a text that says why."""
    solved = next((it for it in reading.ran if it.optimal), None)
    if not solved or reading.optimum is None:
        return
    said = list(reading.said_after(reading.optimum.step))
    found = calculations(said)
    doubts = any(_AGAIN.search(line) for _, text in said for _, line in lines(text))
    if found and found.times >= (_CHECKED_SUMS if doubts else _SUMS):
        note = f"The solver has found the optimum; {found.times} lines work it out again by hand."
        yield Spot(found.step, found.start, found.end, note)


def _solved_again(reading: Reading) -> Iterator[Spot]:
    """A program behind an optimum that solves the very same model again."""
    optimal = [it for it in reading.ran if it.optimal]
    for before, again in pairwise(optimal):
        if _same_model(before, again):
            note = "This solves the model again whose optimum the program before had found."
            yield Spot(again.step, 0, len(reading.path[again.step].text), note)
            return


def _same_model(before: Program, again: Program) -> bool:
    if before.model and again.model:
        return not compare(before.model, again.model)
    return " ".join(before.source.split()) == " ".join(again.source.split())


def _rounded(reading: Reading) -> Iterator[Spot]:
    """A solution of a continuous model rounded, in the thinking or by the program itself."""
    solved = reading.optimum
    if solved is None or not _continuous(solved):
        return
    if found := _ROUNDS_VALUES.search(solved.source):
        text = reading.path[solved.step].text
        start = max(text.find(found.group()), 0)
        note = "No variable is integer, and the program rounds what the solver found."
        yield Spot(solved.step, start, start + len(found.group()), note)
        return
    for step, text in reading.said_after(solved.step):
        for start, line in lines(text):
            if _ROUNDS.search(line) and not _NOT_ROUNDS.search(line) and _fraction(solved):
                note = "The solver's fractions are rounded; no variable of the model is integer."
                yield Spot(step, start, start + len(line), note)
                return


def _continuous(program: Program) -> bool:
    if program.model:
        return program.model.integers == 0
    if program.solves and program.solves[-1].variables is not None:
        return program.solves[-1].continuous == program.solves[-1].variables
    return not _INTEGER.search(program.source)


def _fraction(program: Program) -> bool:
    return any(value != value.to_integral_value() for value in values_in(program.output))


RULES = (
    Rule(
        "error-unresolved",
        FLAW,
        "a program failed, and no later one ran to its end",
        0.95,
        _unresolved,
    ),
    Rule(
        "status-ignored",
        FLAW,
        "the last programs found no optimum, and the path answers with a number or not at all",
        0.9,
        _status_ignored,
    ),
    Rule("forged-output", FLAW, "the Reasoner wrote an output itself", 1.0, _forged),
    Rule(
        "worked-again",
        FLAW,
        f"{_SUMS} or more lines calculate behind the optimum, or {_CHECKED_SUMS} where the text "
        "says that it checks",
        0.8,
        _worked_again,
    ),
    Rule(
        "solved-again",
        FLAW,
        "a program solves the model of the one before again",
        0.8,
        _solved_again,
    ),
    Rule("rounded-solution", FLAW, "the solution of a continuous model is rounded", 0.9, _rounded),
)
