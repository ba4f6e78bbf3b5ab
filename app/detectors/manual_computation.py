"""Working out by hand what a solver should: values tried one by one, corner points, long sums."""

from collections.abc import Callable, Iterable, Iterator

from app.core.language import N_
from app.detectors.finding import Rule, Spot
from app.detectors.handwork import Handwork, announcement, calculations, corners, trials
from app.detectors.reading import Reading

FLAW = "manual-computation"
_TRIES = 4
_SUMS = 6
_CORNERS = 3
_Count = Callable[[Iterable[tuple[int, str]]], Handwork | None]


def _trials(reading: Reading) -> Iterator[Spot]:
    yield from _by_hand(reading, trials, _TRIES, "values of one variable are tried by hand")


def _corners(reading: Reading) -> Iterator[Spot]:
    yield from _by_hand(reading, corners, _CORNERS, "corner points are evaluated by hand")


def _sums(reading: Reading) -> Iterator[Spot]:
    yield from _by_hand(reading, calculations, _SUMS, "calculations are done by hand")


def _by_hand(reading: Reading, count: _Count, fewest: int, what: str) -> Iterator[Spot]:
    """Handwork that no later program took over; behind an optimum it is distrust, not this."""
    if reading.optimum:
        return
    solving = reading.solving
    found = count(reading.said_after(solving.step if solving else -1))
    if found and found.times >= fewest:
        note = f"From here on {found.times} {what}; no program solves the model after that."
        yield Spot(found.step, found.start, found.end, note)


def _announced(reading: Reading) -> Iterator[Spot]:
    yield from _by_hand(reading, announcement, 1, "time it sets out to work by hand")


def _no_program(reading: Reading) -> Iterator[Spot]:
    if reading.answer and not reading.programs:
        answer, step, start = reading.answer
        end = min(start + len(answer.text), len(reading.path[step].text))
        yield Spot(step, start, end, "An answer is given, and no program was ever run.")


RULES = (
    Rule(
        "trial-by-hand",
        FLAW,
        N_(
            "4 or more values of one variable are tried in the thinking, and nothing solves"
            " the model afterwards"
        ),
        0.9,
        _trials,
    ),
    Rule(
        "corners-by-hand",
        FLAW,
        N_(
            "3 or more corner points are evaluated in the thinking, and nothing solves the "
            "model afterwards"
        ),
        0.9,
        _corners,
    ),
    Rule(
        "sums-by-hand",
        FLAW,
        N_("6 or more lines of the thinking calculate, and nothing solves the model afterwards"),
        0.8,
        _sums,
    ),
    Rule(
        "said-by-hand",
        FLAW,
        N_(
            "the thinking says that it works by hand or guesses, numbers follow, and "
            "nothing solves the model afterwards"
        ),
        0.85,
        _announced,
    ),
    Rule(
        "no-program", FLAW, N_("an answer stands in a path without any program"), 0.8, _no_program
    ),
)
