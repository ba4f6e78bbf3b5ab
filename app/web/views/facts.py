"""What the sandbox saw of a program, as chips: how it ended, what it solved, what it took."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.core.execution import Execution, Isolation, Solve
from app.db.tables import SolveRow
from app.web.views.model import difference_badge, examination_of
from app.web.views.workbench import Tone


@dataclass(frozen=True)
class Chip:
    """A fact of an execution; `why` says more."""

    text: str
    tone: Tone = "plain"
    why: str = ""


def chips_of(run: Execution, solves: Mapping[int, SolveRow]) -> Iterator[Chip]:
    """The facts of a run; `solves` are the models that it solved, by their number in it."""
    if run.status != "ok":
        yield Chip(run.status.replace("_", " "), "bad", run.reason)
    for number, solve in enumerate(run.solves):
        yield from _solve_chips(solve)
        if differs := difference_badge(solve, examination_of(solves.get(number))):
            yield Chip(differs.text, differs.tone, differs.why)
    if not run.solves and run.status == "ok":
        yield Chip("nothing was solved", "plain", "no solver was called in this code")
    yield Chip(f"{run.wall_s * 1000:,.0f} ms", why="wall time")
    if run.peak_memory_mb >= 1:
        yield Chip(f"{run.peak_memory_mb:,.0f} MB", why="most memory at once")
    yield _isolation_chip(run.isolation)


def _isolation_chip(isolation: Isolation) -> Chip:
    if isolation.level == "none":
        return Chip("not isolated", "bad", isolation.reason)
    name = "isolated" if isolation.level == "full" else f"isolated: {isolation.level}"
    return Chip(name, why=isolation.reason)


def _solve_chips(solve: Solve) -> Iterator[Chip]:
    good = "optimal" in solve.status.lower() and "not" not in solve.status.lower()
    yield Chip(f"{solve.library}: {solve.status}", "good" if good else "bad", "the solver's word")
    if solve.objective is not None:
        yield Chip(f"objective {solve.objective:,.10g}".replace(",", ""))
    integers = (solve.integers or 0) + (solve.binaries or 0)
    if solve.sense or solve.variables is not None:
        kind = "" if solve.variables is None else "MIP" if integers else "LP"
        yield Chip(f"{solve.sense or ''} {kind}".strip(), why="sense and kind of the model")
    if solve.variables is not None:
        yield Chip(f"{solve.variables} vars · {integers} integer")
    if solve.rows is not None:
        yield Chip(f"{solve.rows} row{'' if solve.rows == 1 else 's'}")
