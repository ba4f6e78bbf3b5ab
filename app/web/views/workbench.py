"""The left column of the workbench and its head: the budget, the lineage, and badges for all.

The middle is in `trace`, the right in `review`. Each view is frozen and ready for its template.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Protocol

from app.core.answer import Tolerance
from app.core.answer.reasons import reason_words
from app.core.budget import MAX_SHARE, Budget, tokens_of
from app.core.language import N_, _, translated
from app.core.trace import FAILURES, OUTCOMES, Outcome
from app.db.tables import Branch
from app.web.views.desk import Desk

Tone = Literal["good", "bad", "plain"]
_RULE = N_("right within %(relative)s%% of the reference, or %(absolute)s")
_LAST_DIGIT = N_("half a unit of its last printed digit")


@dataclass(frozen=True)
class Badge:
    """A grade or an outcome in a few words; `why` is the whole sentence."""

    text: str
    tone: Tone
    why: str = ""


@dataclass(frozen=True)
class BudgetView:
    """The budget of the path, and what hints that stand on branches left behind have cost."""

    budget: Budget
    max_share: float
    over: bool
    elsewhere: int


@dataclass(frozen=True)
class BranchLine:
    """A branch in the tree; `depth` from 0, `current` is the one on the desk."""

    id: int
    label: str
    depth: int
    badge: Badge
    current: bool
    set_aside: bool


@dataclass(frozen=True)
class HeadView:
    """What stands above the trace; a trial of a hint has no `number`."""

    title: str
    model: str
    number: int | None
    steps: int
    tokens: int
    seconds: float | None
    origin: str


def budget_view(desk: Desk) -> BudgetView:
    """How much of the path is intervention."""
    own = {row.id for step, row in desk.located if step.kind == "hint"}
    written = [row for branch in desk.branches for row in branch.steps if row.kind == "hint"]
    return BudgetView(
        budget=desk.facts.budget,
        max_share=MAX_SHARE,
        over=desk.facts.budget.share > MAX_SHARE,
        elsewhere=len({row.id for row in written} - own),
    )


def lineage_view(desk: Desk) -> tuple[BranchLine, ...]:
    """The trace's branches, each under its parent."""
    return tuple(_lines(desk, None, 0))


def head_view(desk: Desk) -> HeadView:
    """What wrote the branch, and how long it is."""
    branch, settings = desk.branch, desk.branch.settings
    took = branch.closed_at - branch.created_at if branch.closed_at else None
    return HeadView(
        title=title_of(desk),
        model=str(
            settings.get("model") or settings.get("reasoner", {}).get("model") or _("unknown")
        ),
        number=branch.number,
        steps=len(desk.path),
        tokens=sum(map(tokens_of, desk.path)),
        seconds=took.total_seconds() if took and desk.trace.origin == "generated" else None,
        origin=desk.trace.origin,
    )


def title_of(desk: Desk) -> str:
    """What people call the problem: its source's id, else its number here."""
    problem = desk.problem
    return problem.external_id or _("Problem %(id)s", id=desk.trace.problem_id)


def rule_of(tolerance: Tolerance | None) -> str:
    """The rule `strict` in words, with a problem's own bounds where it has some."""
    bounds = tolerance or Tolerance()
    absolute = translated(_LAST_DIGIT) if bounds.absolute is None else f"{bounds.absolute:f}"
    relative = format((bounds.relative * 100).normalize(), "f")
    return _(_RULE, relative=relative, absolute=absolute)


class Ended(Protocol):
    """What a badge needs to know of a branch: a row of the table, or of a list."""

    @property
    def outcome(self) -> Outcome | None: ...
    @property
    def detail(self) -> str: ...
    @property
    def answer(self) -> str | None: ...
    @property
    def grade(self) -> dict[str, Any] | None: ...


def badge_of(branch: Ended) -> Badge:
    """How a branch ended, in as few words as possible."""
    if branch.outcome is None:
        return Badge(_("growing"), "plain", _("the Reasoner is writing"))
    ended = translated(OUTCOMES[branch.outcome])
    if branch.outcome in FAILURES:
        tone: Tone = "plain" if branch.outcome == "cancelled" else "bad"
        return Badge(translated(branch.outcome.replace("_", " ")), tone, branch.detail or ended)
    grade = branch.grade or {"correct": None, "reason": ended}
    answer = branch.answer or _("no answer")
    if grade["correct"] is None:
        return Badge(f"? {answer}", "plain", reason_words(grade["reason"]))
    sign = "✓" if grade["correct"] else "✗"
    tone = "good" if grade["correct"] else "bad"
    return Badge(f"{sign} {answer}", tone, reason_words(grade["reason"]))


def number_links(numbers: Iterable[Decimal]) -> str:
    """What joins a number of the problem with the same one in a model, however it is written."""
    return " ".join(sorted(f"{number.normalize():f}" for number in numbers))


def _lines(desk: Desk, parent: int | None, depth: int) -> Iterator[BranchLine]:
    for branch in desk.branches:
        if branch.parent_id == parent:
            yield BranchLine(
                id=branch.id,
                label=_label(desk, branch),
                depth=depth,
                badge=badge_of(branch),
                current=branch.id == desk.branch.id,
                set_aside=branch.set_aside,
            )
            yield from _lines(desk, branch.id, depth + 1)


def _label(desk: Desk, branch: Branch) -> str:
    number = branch.number
    if branch.cut_step is None:
        native = _("imported") if desk.trace.origin == "imported" else _("native")
        how = _("sampled again") if branch.sampled else native
        return " · ".join((_("run %(number)s", number=number), how))
    begins = branch.cut_step + 1 + bool(branch.cut_offset)
    hinted = bool(branch.steps) and branch.steps[0].kind == "hint"
    if hinted:
        how = _("hint as step %(step)s", step=begins)
    elif branch.sampled:
        how = _("sampled again from step %(step)s", step=begins)
    else:
        how = _("again from step %(step)s", step=begins)
    return " · ".join((_("branch %(number)s", number=number), how))
