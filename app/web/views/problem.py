"""The problem beside its trace: its numbers, and whether any model that was solved has them.

Promises: a number is marked `used` where a model has it, in whatever form it was written (60% is
0.6), else `unused`; which are unused is also said in words. Before any model was examined the
programs are looked at instead, and where there are none nothing is marked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.core.fences import source_of
from app.core.language import _
from app.core.numbers import quantities, readings_in
from app.web.marked import Mark, Run, runs
from app.web.views.desk import Desk
from app.web.views.model import solved_numbers
from app.web.views.words import suspect_words
from app.web.views.workbench import number_links, rule_of, title_of

_LITERAL = re.compile(r"(?<![\w.])[0-9][0-9_]*(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class ProblemView:
    """In `text` each number is marked; `missing` says which of them are nowhere.

    `suspect` says what speaks against the reference, "" for nothing.
    """

    id: int
    title: str
    text: tuple[Run, ...]
    missing: str
    reference: str
    suspect: str
    asks: str
    rule: str
    source: str | None
    difficulty: str | None


def problem_view(desk: Desk) -> ProblemView:
    """The problem with its numbers marked, and its reference with the rule that grades."""
    problem = desk.problem
    reference = problem.reference
    known, looked = _known(desk)
    marks = tuple(_numbers(desk, known, looked))
    return ProblemView(
        id=desk.trace.problem_id,
        title=title_of(desk),
        text=tuple(runs(problem.question, marks)),
        missing=_missing(desk, marks),
        reference=" or ".join(reference.values) or reference.kind,
        suspect=suspect_words(desk.suspicion),
        asks=problem.asks,
        rule=rule_of(problem.tolerance),
        source=problem.source,
        difficulty=problem.difficulty,
    )


def _numbers(desk: Desk, known: frozenset[Decimal], looked: bool) -> Iterator[Mark]:
    for found in quantities(desk.problem.question):
        printed = desk.problem.question[found.start : found.end].rstrip(".")
        shown = readings_in(printed)
        name = "num" if not looked else "num used" if shown & known else "num unused"
        yield Mark(found.start, found.start + len(printed), name, number_links(shown))


def _known(desk: Desk) -> tuple[frozenset[Decimal], bool]:
    """The numbers of the models, else of the programs; and whether there was any to look at."""
    if known := solved_numbers(desk):
        return known, True
    codes = [source_of(step.text) for step in desk.path if step.kind == "code"]
    # Each number once: programs of a path say the same ones again and again.
    literals = {literal for code in codes for literal in _LITERAL.findall(code)}
    return readings_in("; ".join(sorted(literals))), bool(codes)


def _missing(desk: Desk, marks: tuple[Mark, ...]) -> str:
    text = desk.problem.question
    unused = (mark for mark in marks if mark.name == "num unused")
    numbers = ", ".join(dict.fromkeys(text[mark.start : mark.end].strip() for mark in unused))
    if not numbers:
        return ""
    if solved_numbers(desk):
        return _("In no model that was solved: %(numbers)s", numbers=numbers)
    return _("In no program: %(numbers)s", numbers=numbers)
