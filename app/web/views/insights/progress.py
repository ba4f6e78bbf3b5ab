"""Charts of how the work gets on: progress with a forecast, throughput, and agreement."""

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.actions.agreement import Label, pairwise
from app.core.forecast import DAYS, LEAST_DAYS, LEAST_DECIDED, Forecast, forecast
from app.core.language import _, ngettext
from app.db.queries.insights.people import (
    Day,
    judged_by_people,
    verdicts_by_day,
    work_by_day,
    work_by_person,
)
from app.db.queries.queue import states_of
from app.db.tables import Project
from app.db.types import now
from app.web.views.insights.chart import Chart, Column, Row, percent

_LOOKED_BACK = 30
_OPEN = ("waiting", "review", "failed")


def progress(session: Session, project: Project) -> Chart:
    """Traces decided so far, day by day, and when the rest may be."""
    days = verdicts_by_day(session, project.id)
    decisions = ("golden", "discard", "unsure")
    sums = dict.fromkeys(decisions, 0)
    rows = []
    for day, counts in _each_day(days):
        sums = {each: sums[each] + counts.get(each, 0) for each in decisions}
        rows.append(Row(label=day.isoformat(), cells=tuple(sums.values())))
    return Chart(
        name="progress",
        title=_("Progress"),
        told=_("Traces with a verdict that stands, added up by day (UTC)."),
        head=_("Day"),
        columns=(
            Column(title=_("golden"), tone=3),
            Column(title=_("discarded"), tone=2),
            Column(title=_("unsure"), tone=4),
        ),
        rows=tuple(rows),
        note=_forecast_words(session, project, days),
        empty=_("No trace has a verdict yet."),
        kind="line",
        stacked=True,
    )


def throughput(session: Session, project: Project) -> Chart:
    """What people decided on each of the last days."""
    today = now().date()
    days = work_by_day(session, project.id, now() - timedelta(days=_LOOKED_BACK))
    found = dict(_each_day(days, today))
    return Chart(
        name="throughput",
        title=_("Throughput"),
        told=_("Decisions of people on each of the last %(days)s days.", days=_LOOKED_BACK),
        head=_("Day"),
        columns=(Column(title=_("verdicts")), Column(title=_("hints judged"))),
        rows=tuple(
            Row(label=day.isoformat(), cells=(each.get("verdict", 0), each.get("hint", 0)))
            for day, each in found.items()
        ),
        empty=_("Nobody decided anything in these days."),
    )


def people(session: Session, project: Project) -> Chart:
    """The same by person."""
    work = work_by_person(session, project.id, now() - timedelta(days=_LOOKED_BACK))
    return Chart(
        name="people",
        title=_("Who decided"),
        told=_("The same decisions by person."),
        head=_("Person"),
        columns=(Column(title=_("verdicts")), Column(title=_("hints judged"))),
        rows=tuple(Row(label=one.name, cells=(one.verdicts, one.hints)) for one in work),
        empty=_("Nobody decided anything in these days."),
        kind="lying",
    )


def agreements(session: Session, project: Project) -> Chart:
    """How often two people who judged the same branch gave the same verdict."""
    said = (Label(*each) for each in judged_by_people(session, project.id))
    rows = [
        Row(label=f"{one} · {other}", cells=(percent(of.same, of.n), of.n, of.kappa))
        for (one, other), of in pairwise(said).items()
    ]
    return Chart(
        name="agreement",
        title=_("Agreement"),
        told=_("Branches on which two people gave a verdict, and gave the same one."),
        head=_("People"),
        columns=(
            Column(title=_("alike"), unit="%"),
            Column(title=_("branches"), drawn=False),
            Column(title=_("Cohen’s kappa"), drawn=False),
        ),
        rows=tuple(rows),
        empty=_("No branch has verdicts of two people yet."),
        kind="lying",
    )


def _each_day(days: list[Day], until: date | None = None) -> list[tuple[date, dict[str, int]]]:
    """Every day from the first with anything to the last, those with nothing too."""
    if not days:
        return []
    counts: defaultdict[date, dict[str, int]] = defaultdict(dict)
    for each in days:
        counts[each.day][each.what] = each.n
    first, last = min(counts), max([*counts, *([until] if until else [])])
    span = (last - first).days + 1
    return [(day, counts[day]) for day in (first + timedelta(days=at) for at in range(span))]


def _forecast_words(session: Session, project: Project, days: list[Day]) -> str:
    """How much is left, and when it may be done, as one or two sentences."""
    states = states_of(session, [project.id], None)
    left = sum(states.get(state, 0) for state in _OPEN)
    if not left:
        return _("Every trace has a verdict.") if states else ""
    yesterday = now().date() - timedelta(days=1)
    whole = [sum(each.values()) for day, each in _each_day(days, yesterday) if day <= yesterday]
    remains = ngettext("%(num)s trace is left.", "%(num)s traces are left.", left)
    return f"{remains} {_when(forecast(whole, left))}"


def _when(found: Forecast | None) -> str:
    if found is None:
        return _(
            "Too little is known to say when: that takes %(days)s days and %(decided)s verdicts.",
            days=LEAST_DAYS,
            decided=LEAST_DECIDED,
        )
    rate = f"{found.rate:.1f}"
    if found.latest is None:
        return _(
            "At %(rate)s verdicts a day it takes at least %(soonest)s days; the last %(days)s days "
            "differ too much to say how long at most.",
            rate=rate,
            soonest=found.soonest,
            days=DAYS,
        )
    return _(
        "At %(rate)s verdicts a day, as on the last %(days)s days, it takes between "
        "%(soonest)s and %(latest)s days.",
        rate=rate,
        soonest=found.soonest,
        latest=found.latest,
        days=DAYS,
    )
