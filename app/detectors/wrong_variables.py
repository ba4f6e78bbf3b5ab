"""Fractions of what can only be counted."""

import re
from collections.abc import Iterator
from decimal import Decimal

from app.core.case import Case
from app.core.numbers import quantities
from app.core.proposal import Proposal
from app.detectors.reading import answer_of, blocks, code_of, proposal

FLAW = "wrong-variables"
_COUNTED = re.compile(r"\bhow (?:many|few)\b|\bnumber of\b|\bwhole\b|\binteger\b", re.IGNORECASE)
_DIVISIBLE = re.compile(
    r"\bhow many (?:\w+ ){0,2}(?:kg|kilo|grams|lit[re]{2}s|tonn?es|tons|acres|hectares|hours"
    r"|minutes|pounds|ounces|units of)|\bfraction|\bpartial",
    re.IGNORECASE,
)
_INTEGER = re.compile(r"integ|binar|bool|LpInteger|NewIntVar|\.I\b|\.B\b", re.IGNORECASE)
_VALUE = re.compile(r"^[^\n=:]{1,60}[=:]\s*(-?\d+\.\d+)\b(?!%)", re.MULTILINE)
_MEANT = Decimal("0.001")
_WORDS = (
    "These are things that are counted, so fractions make no sense. I should declare the "
    "variables as integers, solve again, and not round the old result."
)


def detect(case: Case) -> Iterator[Proposal]:
    """A fractional value printed by a continuous model of a problem that counts."""
    programs = [block for block in blocks(case) if block.output_step is not None]
    question = case.problem.question
    if not programs or not _COUNTED.search(question) or _DIVISIBLE.search(question):
        return
    last = programs[-1]
    if last.failed or last.output_step is None or _INTEGER.search(code_of(last.source)):
        return
    answer = answer_of(case)
    given = answer[0].value if answer else None
    for start, end, value in _values(last.output):
        whole = value == value.to_integral_value()
        if not whole and abs(value - value.to_integral_value()) > _MEANT and value != given:
            note = f"{value} of something that is counted; no variable of the program is integer."
            step = last.output_step
            yield proposal(case, "fraction of a thing", FLAW, step, (start, end), note, _WORDS)
            return


def _values(output: str) -> Iterator[tuple[int, int, Decimal]]:
    """The values that a program printed: named ones, else those of a line that begins a status."""
    for found in _VALUE.finditer(output):
        yield *found.span(1), Decimal(found[1])
    for line in re.finditer(r"^Optimal [^\n]*", output, re.MULTILINE):
        for quantity in list(quantities(line.group()))[:-1]:
            start = line.start()
            yield start + quantity.start, start + quantity.end, quantity.value
