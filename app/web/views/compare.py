"""Two branches of a trace beside each other: what each came to, and their words from the cut."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.core.budget import tokens_of
from app.core.execution import Execution
from app.core.language import _
from app.core.splice import before
from app.db.tables import Branch, ExecutionRow
from app.web.side_by_side import Row, common_start, rows_from
from app.web.views.desk import Desk
from app.web.views.workbench import Badge, badge_of, title_of


@dataclass(frozen=True)
class BranchFacts:
    """What a branch came to; its path's hints, code calls and tokens are whole, cut or not."""

    id: int
    label: str
    badge: Badge
    answer: str
    objective: str
    code_calls: int
    tokens: int
    hints: int


@dataclass(frozen=True)
class CompareView:
    """`start` is what both begin with, by steps; `choices` are the branches to choose from."""

    title: str
    left: BranchFacts
    right: BranchFacts
    choices: tuple[tuple[int, str], ...]
    start: tuple[tuple[int, str, str], ...]
    start_tokens: int
    rows: tuple[Row, ...]
    differences: int


def compare_view(left: Desk, right: Desk) -> CompareView:
    """Two desks of one trace."""
    cut = common_start(left.path, right.path)
    rows = tuple(rows_from(left.path, right.path, cut))
    shared = before(left.path, cut)
    return CompareView(
        title=title_of(left),
        left=_facts(left),
        right=_facts(right),
        choices=tuple(_choices(left)),
        start=tuple((at, step.kind, step.text) for at, step in enumerate(shared)),
        start_tokens=sum(map(tokens_of, shared)),
        rows=rows,
        differences=sum(not row.same for row in rows),
    )


def _choices(desk: Desk) -> Iterator[tuple[int, str]]:
    for branch in filter(desk.slots.shows, desk.trace.branches):
        yield branch.id, f"{label_of(desk, branch)} · {badge_of(branch).text}"


def label_of(desk: Desk, branch: Branch) -> str:
    """What a branch is called: its number, or whose trial it is."""
    if branch.number:
        name = _("branch %(number)s", number=branch.number)
        return _("%(branch)s (set aside)", branch=name) if branch.set_aside else name
    trials = [(row, trial) for row, found in desk.trials.items() for trial in found]
    hint, trial = next(each for each in trials if each[1].branch_id == branch.id)
    if trial.words is None:
        return _("trial %(id)s, without hint %(hint)s", id=branch.id, hint=hint)
    return _("trial %(id)s, with hint %(hint)s", id=branch.id, hint=hint)


def _facts(desk: Desk) -> BranchFacts:
    return BranchFacts(
        id=desk.branch.id,
        label=label_of(desk, desk.branch),
        badge=badge_of(desk.branch),
        answer=desk.branch.answer or "none",
        objective=_objective(desk),
        code_calls=sum(step.kind == "code" for step in desk.path),
        tokens=sum(tokens_of(step) for step in desk.path if step.kind != "output"),
        hints=sum(step.kind == "hint" for step in desk.path),
    )


def _objective(desk: Desk) -> str:
    """The objective of the path's last solve that had one."""
    runs = (Execution.model_validate(row.execution) for row in reversed(_in_order(desk)))
    solves = (solve for run in runs for solve in reversed(run.solves))
    found = next((each.objective for each in solves if each.objective is not None), None)
    return "none" if found is None else f"{found:.10g}"


def _in_order(desk: Desk) -> list[ExecutionRow]:
    places = {row.id: at for at, (_, row) in enumerate(desk.located)}
    return sorted(desk.executions, key=lambda row: (places[row.step_id], row.id))
