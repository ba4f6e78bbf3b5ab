"""Programs that never build and solve a model: pieces, a model without a solve, a search by loops.

They speak of paths in which no program calls a solver, as the executions or else the words say.
"""

import re
from collections.abc import Callable, Iterator

from app.core.language import N_
from app.detectors.finding import Rule, Spot
from app.detectors.programs import Program
from app.detectors.reading import Reading, once

FLAW = "fragmentary-code"
_BUILDS = re.compile(
    r"\b(?:LpProblem|createModel|ConcreteModel|CpModel|Highs|addVars?|LpVariable|NewIntVar"
    r"|MathOptModel|Problem)\(|\bgp\.Model\(|\bModel\(|\bcp\.Variable\(|\bcreateSolver\("
    r"|CreateSolver\("
)
_SEARCHES = re.compile(
    r"\bitertools\b|\b(?:product|permutations|combinations)\(|\bgreedy|\brandom\.|\bkey=lambda"
    r"|\bsorted\(|\.sort\(|\bheapq\b",
    re.IGNORECASE,
)
_LOOP = re.compile(r"^([ \t]*)for\b[^\n]{0,120}\brange\(", re.MULTILINE)
_KEEPS_BEST = re.compile(
    r"\bbest\w{0,20}|\bmin_\w{0,20}|\bmax_\w{0,20}|\bmin\(|\bmax\(|float\(['\"]-?inf", re.IGNORECASE
)


def _not_solved(reading: Reading) -> Iterator[Spot]:
    if built := _building(reading):
        yield _spot(reading, built, "The model is built here, and no program ever solves it.")


def _searches(reading: Reading) -> Iterator[Spot]:
    found = _searching(reading)
    if found and not _building(reading):
        note = "The program searches by itself; no program gives a model to a solver."
        yield _spot(reading, found, note)


def _pieces(reading: Reading) -> Iterator[Spot]:
    last = _last(reading, lambda it: True)
    if last and not _building(reading) and not _searching(reading):
        count = len(reading.programs)
        what = "This program solves nothing" if count == 1 else f"None of {count} programs solves"
        yield _spot(reading, last, f"{what}: no call of a solver is in it.")


@once
def _building(reading: Reading) -> Program | None:
    return _last(reading, lambda it: _BUILDS.search(it.source) is not None)


@once
def _searching(reading: Reading) -> Program | None:
    return _last(reading, _is_search)


def _is_search(program: Program) -> bool:
    loops = len(_LOOP.findall(program.source)) > 1 or "while " in program.source
    keeps = loops and _KEEPS_BEST.search(program.source) is not None
    return keeps or _SEARCHES.search(program.source) is not None


def _last(reading: Reading, such: Callable[[Program], bool]) -> Program | None:
    """The last such program of a path in which none calls a solver."""
    if reading.solving:
        return None
    return next((it for it in reversed(reading.programs) if such(it)), None)


def _spot(reading: Reading, program: Program, note: str) -> Spot:
    return Spot(program.step, 0, len(reading.path[program.step].text), note)


RULES = (
    Rule(
        "model-not-solved",
        FLAW,
        N_("programs build a model, and none of the path calls a solver"),
        0.9,
        _not_solved,
    ),
    Rule(
        "search-by-loops",
        FLAW,
        N_("programs search by loops, sorting or chance, and none of the path calls a solver"),
        0.8,
        _searches,
    ),
    Rule(
        "pieces-of-code", FLAW, N_("no program of the path builds or solves a model"), 0.9, _pieces
    ),
)
