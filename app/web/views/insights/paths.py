"""Charts of paths: right before and after hints, hints and tokens against the budget, length."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.core.budget import MAX_HINTS, MAX_SHARE
from app.core.language import _, translated
from app.db.queries.insights.paths import (
    Accuracy,
    Total,
    accuracies,
    calls_by_stage,
    golden_total,
    hint_shares,
    hints_on_paths,
    longest,
    mean_by_stage,
    tokens_by_stage,
)
from app.db.tables import Project
from app.web.views.insights.chart import Chart, Column, Row, counted, interval, percent
from app.web.views.insights.flaws import STAGES

_QUARTERS = 4
_STEPS = 12
_ROUND = (100, 200, 500, 1_000, 2_000, 5_000, 10_000)


def accuracy(session: Session, project: Project) -> Chart:
    """How many traces were right as the Reasoner wrote them, and are now."""
    found = accuracies(session, project.id)
    rows = [Row(label=one.source or _("no source"), cells=_accuracy(one)) for one in found]
    if len(found) > 1:
        every = Accuracy(_("all"), *(sum(column) for column in list(zip(*found, strict=True))[1:]))
        rows.insert(0, Row(label=every.source, cells=_accuracy(every)))
    return Chart(
        name="accuracy",
        title=_("Accuracy before and after hints"),
        told=_("Traces with the right answer: as the Reasoner wrote them, and as they stand now."),
        head=_("Benchmark"),
        columns=(
            Column(title=_("before"), unit="%", tone=5),
            Column(title=_("after"), unit="%", tone=1),
            Column(title=_("traces"), drawn=False),
            Column(title=_("before, 95%% interval"), drawn=False),
            Column(title=_("after, 95%% interval"), drawn=False),
            Column(title=_("with hints"), drawn=False),
            Column(title=_("with hints, before"), unit="%", drawn=False),
            Column(title=_("with hints, after"), unit="%", drawn=False),
        ),
        rows=tuple(rows),
        empty=_("No trace with a known reference has ended yet."),
    )


def hints(session: Session, project: Project) -> Chart:
    """How many hints stand on paths."""
    found = {one.hints: one for one in hints_on_paths(session, project.id)}
    counts = range(max([MAX_HINTS, *found]) + 1) if found else ()
    cells = [(one.golden, one.n - one.golden) if (one := found.get(n)) else (0, 0) for n in counts]
    return Chart(
        name="hints",
        title=_("Hints on a path"),
        told=_("Paths where work stands now. At most %(most)s hints are allowed.", most=MAX_HINTS),
        head=_("Hints"),
        columns=_golden_or_not(),
        rows=counted(map(str, counts), cells),
        empty=_("No trace has ended yet."),
        stacked=True,
    )


def shares(session: Session, project: Project) -> Chart:
    """Which part of the tokens hints are, in quarters of the budget."""
    quarter = MAX_SHARE / _QUARTERS
    steps = 2 * _QUARTERS
    found = {one.step: one for one in hint_shares(session, project.id, quarter, steps)}
    labels = [f"≤ {100 * quarter * (at + 1):.2f}%" for at in range(steps)]
    labels.append(f"> {100 * quarter * steps:.1f}%")
    cells = [
        (one.golden, one.n - one.golden) if (one := found.get(at)) else (0, 0)
        for at in range(len(labels))
    ]
    return Chart(
        name="hint-tokens",
        title=_("Tokens of hints"),
        told=_("Paths with a hint, by the share of hints in their tokens; outputs are left out."),
        head=_("Share"),
        columns=_golden_or_not(),
        rows=counted(labels, cells) if found else (),
        note=_budget_words(golden_total(session, project.id)),
        empty=_("No path has a hint yet."),
        stacked=True,
    )


def code_calls(session: Session, project: Project) -> Chart:
    """How many code calls a path has, by stage."""
    found = calls_by_stage(session, project.id)
    most = max((calls for _stage, calls in found), default=-1)
    columns, means = _stages(session, project)
    return Chart(
        name="code-calls",
        title=_("Code calls"),
        told=_("Finished branches by the number of programs on their path."),
        head=_("Code calls"),
        columns=columns,
        rows=_spread(found, [str(calls) for calls in range(most + 1)], means),
        note=_means(means, 1),
        empty=_("No trace has ended yet."),
    )


def lengths(session: Session, project: Project) -> Chart:
    """How long a path is, by stage."""
    width = next((w for w in _ROUND if longest(session, project.id) <= w * _STEPS), _ROUND[-1])
    found = tokens_by_stage(session, project.id, width)
    most = max((step for _stage, step in found), default=-1)
    columns, means = _stages(session, project)
    labels = [f"{at * width:,}–{(at + 1) * width - 1:,}" for at in range(most + 1)]
    return Chart(
        name="length",
        title=_("Length"),
        told=_("Finished branches by the tokens of their path; outputs are left out."),
        head=_("Tokens"),
        columns=columns,
        rows=_spread(found, labels, means),
        note=_means(means, 2),
        empty=_("No trace has ended yet."),
    )


Means = Mapping[str, tuple[int, float, float]]


def _accuracy(one: Accuracy) -> tuple[float | int | str | None, ...]:
    return (
        percent(one.before, one.n),
        percent(one.after, one.n),
        one.n,
        interval(one.before, one.n),
        interval(one.after, one.n),
        one.hinted,
        percent(one.hinted_before, one.hinted),
        percent(one.hinted_after, one.hinted),
    )


def _budget_words(golden: Total) -> str:
    if not golden.tokens:
        return ""
    share, most = 100 * golden.hint_tokens / golden.tokens, 100 * MAX_SHARE
    return _(
        "Golden paths together: %(share).2f%% of the tokens are hints; the budget is %(most).1f%%.",
        share=share,
        most=most,
    )


def _golden_or_not() -> tuple[Column, ...]:
    return Column(title=_("golden"), tone=3), Column(title=_("not golden"), tone=5)


def _stages(session: Session, project: Project) -> tuple[tuple[Column, ...], Means]:
    means = mean_by_stage(session, project.id)
    shown = {stage: means[stage] for stage in STAGES if stage in means}
    return tuple(Column(title=translated(STAGES[stage]), unit="%") for stage in shown), shown


def _spread(
    found: Mapping[tuple[str, int], int], labels: list[str], means: Means
) -> tuple[Row, ...]:
    """A row for each step, with the share of each stage's branches in it."""
    cells = [
        [percent(found.get((stage, at), 0), n) for stage, (n, *_rest) in means.items()]
        for at in range(len(labels))
    ]
    return counted(labels, cells)


def _means(means: Means, which: int) -> str:
    """`Mean: native 2.1 (of 40), after hints 3.0 (of 12).`"""
    told = [
        f"{translated(STAGES[stage])} {_short(each[which])} ({each[0]:,})"
        for stage, each in means.items()
    ]
    return _("Mean (branches): %(means)s.", means="; ".join(told)) if told else ""


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
