"""What the sandbox saw of a program, as chips: how it ended, what it solved, what it took."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.core.execution import Execution, Isolation, Solve
from app.core.language import _, ngettext, translated
from app.core.solved import Examination, claims_optimum, finding
from app.db.tables import SolveRow
from app.web.views.model import difference_badge
from app.web.views.workbench import Tone


@dataclass(frozen=True)
class Chip:
    """A fact of an execution; `why` says more."""

    text: str
    tone: Tone = "plain"
    why: str = ""


def chips_of(
    run: Execution, solves: Mapping[int, SolveRow], examinations: Mapping[int, Examination]
) -> Iterator[Chip]:
    """The facts of a run; `solves` are the models that it solved, by their number in it."""
    if run.status != "ok":
        yield Chip(translated(run.status.replace("_", " ")), "bad", run.reason)
    for number, solve in enumerate(run.solves):
        yield from _solve_chips(solve)
        row = solves.get(number)
        if differs := difference_badge(solve, examinations.get(row.id) if row else None):
            yield Chip(differs.text, differs.tone, differs.why)
    if not run.solves and run.status == "ok":
        yield Chip(_("nothing was solved"), "plain", _("no solver was called in this code"))
    yield Chip(f"{run.wall_s * 1000:,.0f} ms", why=_("wall time"))
    if run.peak_memory_mb >= 1:
        yield Chip(f"{run.peak_memory_mb:,.0f} MB", why=_("most memory at once"))
    yield _isolation_chip(run.isolation)


def _isolation_chip(isolation: Isolation) -> Chip:
    if isolation.level == "none":
        return Chip(_("not isolated"), "bad", isolation.reason)
    full = isolation.level == "full"
    name = _("isolated") if full else _("isolated: %(level)s", level=isolation.level)
    return Chip(name, why=isolation.reason)


def _solve_chips(solve: Solve) -> Iterator[Chip]:
    good = "optimal" in solve.status.lower() and "not" not in solve.status.lower()
    yield Chip(
        f"{solve.library}: {solve.status}", "good" if good else "bad", _("the solver's word")
    )
    if solve.objective is not None:
        yield Chip(_("objective %(value)s", value=format(solve.objective, ".10g")))
    integers = (solve.integers or 0) + (solve.binaries or 0)
    if solve.sense or solve.variables is not None:
        kind = "" if solve.variables is None else "MIP" if integers else "LP"
        yield Chip(f"{solve.sense or ''} {kind}".strip(), why=_("sense and kind of the model"))
    if solve.variables is not None:
        yield Chip(_("%(all)s vars · %(integers)s integer", all=solve.variables, integers=integers))
    if solve.rows is not None:
        yield Chip(ngettext("%(num)s row", "%(num)s rows", solve.rows))


def holds(
    run: Execution, solves: Mapping[int, SolveRow], examinations: Mapping[int, Examination]
) -> bool:
    """Whether a run ended well, and each optimum that it claims was found again."""
    return run.status == "ok" and bool(run.solves) and all(_holds(run, solves, examinations))


def _holds(
    run: Execution, solves: Mapping[int, SolveRow], examinations: Mapping[int, Examination]
) -> Iterator[bool]:
    for number, solve in enumerate(run.solves):
        row = solves.get(number)
        examined = examinations.get(row.id) if row else None
        again = examined.solved if examined else None
        if examined is None or again is None or not claims_optimum(solve):
            yield False
        else:
            known = again.status.lower() == "optimal" and None not in (
                *(again.objective, solve.objective),
            )
            yield known and finding(solve, examined) is None
