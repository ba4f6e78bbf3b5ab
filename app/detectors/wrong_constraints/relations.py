"""Rows that say something else than the problem does: of another whole, one side of two, a slip."""

import re
from collections.abc import Iterator

from app.core.language import N_
from app.core.numbers import Quantity
from app.core.solved import Row, SolvedModel
from app.detectors.finding import Rule, Spot
from app.detectors.numbers import MOST_COMBINED, literals_in
from app.detectors.places import limit_place
from app.detectors.reading import Reading

FLAW = "wrong-constraints"
_OF_ALL = re.compile(r"\s{1,2}of (?:all|the (?:total|whole|entire|overall)|total)\b", re.IGNORECASE)
_DIFFER = re.compile(
    r"\b(?:differ\w{0,5}|difference)\b[^.?!]{0,80}"
    r"\b(?:at most|no more than|not more than|not exceed\w{0,3}|within|up to)\s{1,2}$",
    re.IGNORECASE,
)
_BEFORE = 120
_SAME = 1e-6


def _of_the_rest(reading: Reading) -> Iterator[Spot]:
    """A share of all that is solved as a share of the others."""
    program, model = reading.solving, reading.model
    if not program or not model:
        return
    question = reading.case.problem.question
    for share in reading.asked[:MOST_COMBINED]:
        if not share.percent or not _OF_ALL.match(question, share.end):
            continue
        one = float(share.value)
        wrong = any(_is_share(row, 1.0, one) for row in model.rows)
        if wrong and not any(_is_share(row, 1 - one, one) for row in model.rows):
            shown = question[share.start : share.end].strip()
            note = f"{shown} is of all; a row as solved takes it of the others alone."
            place = limit_place(reading, share.value, share.value * 100)
            yield Spot(*place, note, {"number": shown})


def _is_share(row: Row, own: float, share: float) -> bool:
    """Whether a row compares `own` of some variables with `share` of two others or more."""
    if 0 not in (row.lower, row.upper) or len(row.terms) < 3:
        return False
    for sign in (1.0, -1.0):
        some = [value for _, value in row.terms if sign * value > 0]
        others = [value for _, value in row.terms if sign * value < 0]
        if some and len(others) > 1 and _all(some, own * sign) and _all(others, -share * sign):
            return True
    return False


def _all(values: list[float], one: float) -> bool:
    return all(abs(value - one) <= _SAME for value in values)


def _one_sided(reading: Reading) -> Iterator[Spot]:
    """A difference that is limited one way round alone."""
    program, model = reading.solving, reading.model
    if not program or not model:
        return
    question = reading.case.problem.question
    for most in reading.asked[:MOST_COMBINED]:
        before = question[max(most.start - _BEFORE, 0) : most.start]
        if _DIFFER.search(before) and _is_one_sided(model, float(most.value)):
            name = f"{most.value.normalize():f}"
            note = f"Two may differ by at most {name}; the model as solved limits one way round."
            yield Spot(*limit_place(reading, most.value), note, {"number": name})


def _is_one_sided(model: SolvedModel, most: float) -> bool:
    """Whether some `a - b <= most` is there without `b - a <= most`."""
    limited: set[tuple[int, int]] = set()
    for row in model.rows:
        if sorted(value for _, value in row.terms) == [-1, 1]:
            (one, value), (other, _) = row.terms
            pair = (one, other) if value > 0 else (other, one)
            limited |= {pair} if row.upper == most else set()
            limited |= {pair[::-1]} if row.lower == -most else set()
    return any(pair[::-1] not in limited for pair in limited)


def _slipped(reading: Reading) -> Iterator[Spot]:
    """A percentage that the programs have ten times too large or too small, and nowhere right."""
    program = reading.solving
    if not program or reading.case.correct:
        return
    known = {abs(it.value) for it in reading.asked}
    written = frozenset(it for each in reading.programs for it in literals_in(each.source))
    for share in reading.asked[:MOST_COMBINED]:
        value = share.value
        right = {value, value * 100, abs(1 - value), 1 + value}
        slips = {value * 10, value / 10} & written - known
        if share.percent and value and not right & written and slips:
            name = f"{min(slips).normalize():f}"
            note = f"The problem says {_shown(reading, share)}; the program has {name}."
            place = limit_place(reading, *slips)
            yield Spot(*place, note, {"number": _shown(reading, share)})


def _shown(reading: Reading, quantity: Quantity) -> str:
    return reading.case.problem.question[quantity.start : quantity.end].strip()


RULES = (
    Rule(
        "share-of-the-rest",
        FLAW,
        N_(
            "the problem gives a percentage of all, and the model as solved takes it of the"
            " others alone"
        ),
        0.9,
        _of_the_rest,
    ),
    Rule(
        "one-sided-difference",
        FLAW,
        N_("two may differ by so much, and the model as solved limits it one way round alone"),
        0.9,
        _one_sided,
    ),
    Rule(
        "percent-slipped",
        FLAW,
        N_(
            "a program has a percentage ten times too large or too small and nowhere right,"
            " and the answer is not known to be right"
        ),
        0.8,
        _slipped,
    ),
)
