"""Charts of agreement: people who judged the same traces, each for themselves."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.actions.agreement import Agreement, Label, agreement, pairwise
from app.core.flaws import Taxonomy
from app.core.language import N_, _, translated
from app.db.queries.insights.overlap import Opinion, opinions
from app.db.tables import Project
from app.web.views.insights.chart import Cell, Chart, Column, Row, percent

Said = Callable[[Opinion], Hashable]
_FLAWLESS = "flawless"
_ABOUT: dict[str, Said] = {
    N_("verdict"): lambda one: one.decision,
    N_("golden or not"): lambda one: one.decision == "golden",
    N_("first flaw"): lambda one: one.flaw or _FLAWLESS,
}


def overall(session: Session, project: Project) -> Chart:
    """How far all agree: on the verdict, on golden, on the first flaw and on where it is."""
    said = opinions(session, project.id)
    rows = [_row(translated(name), labels(said, of)) for name, of in _ABOUT.items()]
    placed = [one for one in said if one.step is not None]
    rows.append(_row(_("step of the first flaw, where one was seen"), labels(placed, _step)))
    return _chart(
        "agreement-overall",
        _("Agreement under overlap"),
        _("Traces that several people judged, each for themselves, and what each said of them."),
        _("Of"),
        rows if said else (),
    )


def by_pair(session: Session, project: Project) -> Chart:
    """How far every two people agree on the verdict."""
    pairs = pairwise(labels(opinions(session, project.id), _ABOUT["verdict"]))
    return Chart(
        name="agreement-by-pair",
        title=_("Agreement of two"),
        told=_("The same by two people: traces on which both gave a verdict."),
        head=_("People"),
        columns=(
            Column(title=_("alike"), unit="%"),
            Column(title=_("traces"), drawn=False),
            Column(title=_("Cohen’s kappa"), drawn=False),
        ),
        rows=tuple(
            Row(label=f"{one} · {other}", cells=(percent(of.same, of.n), of.n, of.kappa))
            for (one, other), of in pairs.items()
        ),
        empty=_("No trace was judged by two people, each for themselves, yet."),
        kind="lying",
    )


def by_flaw(session: Session, project: Project) -> Chart:
    """How far they agree that a flaw is the first one."""
    said = opinions(session, project.id)
    seen = {one.flaw for one in said}
    flaws = [flaw for flaw in Taxonomy.model_validate(project.taxonomy).flaws if flaw.id in seen]
    return _chart(
        "agreement-by-flaw",
        _("Agreement by flaw"),
        _("Whether each said that this flaw is the first."),
        _("Flaw"),
        [_row(translated(flaw.title), labels(said, _is(flaw.id))) for flaw in flaws],
    )


def over_time(session: Session, project: Project) -> Chart:
    """How far they agree on the verdict, week by week."""
    said = opinions(session, project.id)
    last = {one.trace_id: _monday(one.at.date()) for one in said}  # the newest verdict on each
    return _chart(
        "agreement-over-time",
        _("Agreement over time"),
        _("On the verdict, by the week (from Monday, UTC) in which the last of them gave it."),
        _("Week"),
        [
            _row(
                week.isoformat(),
                labels((one for one in said if last[one.trace_id] == week), _ABOUT["verdict"]),
            )
            for week in sorted(set(last.values()))
        ],
    )


def labels(said: Iterable[Opinion], of: Said) -> list[Label]:
    """What each said of one matter."""
    return [Label(one.person, one.trace_id, of(one)) for one in said]


def _step(one: Opinion) -> Hashable:
    return one.step


def _is(flaw: str) -> Said:
    return lambda one: one.flaw == flaw


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _row(label: str, said: Sequence[Label]) -> Row:
    return Row(label=label, cells=_cells(agreement(said)))


def _cells(found: Agreement) -> tuple[Cell, ...]:
    return percent(found.same, found.pairs), found.items, found.alpha, found.fleiss


def _chart(name: str, title: str, told: str, head: str, rows: Sequence[Row]) -> Chart:
    return Chart(
        name=name,
        title=title,
        told=told,
        head=head,
        columns=(
            Column(title=_("pairs alike"), unit="%"),
            Column(title=_("traces"), drawn=False),
            Column(title=_("Krippendorff’s alpha"), drawn=False),
            Column(title=_("Fleiss’ kappa"), drawn=False),
        ),
        rows=tuple(rows),
        empty=_("No trace was judged by two people, each for themselves, yet."),
        kind="lying",
    )
