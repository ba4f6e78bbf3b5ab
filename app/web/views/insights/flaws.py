"""Charts of flaws, by type, benchmark and stage, and of what people made of the hints for them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from sqlalchemy.orm import Session

from app.core.flaws import Taxonomy
from app.core.language import N_, _, translated
from app.db.queries.insights.flaws import (
    Fate,
    Found,
    fates,
    flaws_found,
    groups_found,
    looked_at,
    states_by_flaw,
)
from app.db.tables import Project
from app.web.views.insights.chart import Chart, Column, Row, counted, interval, percent

STAGES = {
    "native": N_("native"),
    "hinted": N_("after hints"),
    "sft": N_("after SFT"),
    "rl": N_("after RL"),
}
"""In the order of the method. Hinted paths of a trained Reasoner are none of them."""
_GROUPS = ("computation", "expertise")
_NONE_LOOKED_AT = N_("No finished branch was looked at for flaws yet.")
_KINDS = {"rule": N_("rule"), "intervener": N_("Intervener"), "recording": N_("recording")}


def by_type(session: Session, project: Project) -> Chart:
    """How many flaws of each type were proposed, and what became of them."""
    states = states_by_flaw(session, project.id)
    titles = _titles(project)
    shown = [flaw for flaw in titles if any(key == flaw for key, _state in states)]
    fate = (("accepted", "edited"), ("open",), ("rejected",))
    cells = [
        [sum(states.get((flaw, state), 0) for state in each) for each in fate] for flaw in shown
    ]
    return Chart(
        name="flaws-by-type",
        title=_("Flaws by type"),
        told=_("Proposed flaws, and what became of their hints."),
        head=_("Flaw"),
        columns=(
            Column(title=_("confirmed"), tone=3),
            Column(title=_("open"), tone=1),
            Column(title=_("rejected"), tone=5),
        ),
        rows=counted([titles[flaw] for flaw in shown], cells),
        empty=_("No flaw was proposed yet."),
        kind="lying",
        stacked=True,
    )


def by_benchmark(session: Session, project: Project) -> Chart:
    """In how many branches of each benchmark flaws of each group stand."""
    return _by_group(
        session,
        project,
        "source",
        name="flaws-by-benchmark",
        title=_("Flaws by benchmark"),
        head=_("Benchmark"),
        label=lambda source: source or _("no source"),
    )


def by_stage(session: Session, project: Project) -> Chart:
    """The same for each stage of the method."""
    return _by_group(
        session,
        project,
        "stage",
        name="flaws-by-stage",
        title=_("Flaws by stage"),
        head=_("Stage"),
        label=lambda stage: translated(STAGES[stage]),
        keys=STAGES,
    )


def types_by_stage(session: Session, project: Project) -> Chart:
    """In how many branches of each stage flaws of each type stand."""
    n = looked_at(session, project.id, "stage")
    found = _counts(flaws_found(session, project.id, "stage"))
    stages = [stage for stage in STAGES if stage in n]
    titles = _titles(project)
    shown = [flaw for flaw in titles if any((stage, flaw) in found for stage in stages)]
    cells = [[percent(found[stage, flaw], n[stage]) for stage in stages] for flaw in shown]
    return Chart(
        name="flaw-types-by-stage",
        title=_("Flaw types by stage"),
        told=_("Branches in which a flaw of the type stands: confirmed, or not judged yet."),
        head=_("Flaw"),
        columns=tuple(Column(title=translated(STAGES[stage]), unit="%") for stage in stages),
        rows=counted([titles[flaw] for flaw in shown], cells),
        empty=translated(_NONE_LOOKED_AT),
        kind="lying",
    )


def acceptance_by_flaw(session: Session, project: Project) -> Chart:
    """What people made of the hints for each flaw."""
    titles = _titles(project)
    counts = _decided(fates(session, project.id), lambda fate: fate.flaw)
    shown = by_title(titles, counts)
    return _acceptance("acceptance-by-flaw", _("Acceptance by flaw"), _("Flaw"), shown)


def by_title(
    titles: Mapping[str, str], counts: Mapping[str, Counter[str]]
) -> dict[str, Counter[str]]:
    """Counts of flaws by what people call them; those of one title are added up."""
    shown: dict[str, Counter[str]] = {}
    for flaw in dict.fromkeys([*titles, *counts]):
        if flaw in counts:
            shown.setdefault(titles.get(flaw, flaw), Counter()).update(counts[flaw])
    return shown


def acceptance_by_source(session: Session, project: Project) -> Chart:
    """What people made of the hints of each Intervener and rule, the busiest first."""
    counts = _decided(fates(session, project.id), _source)
    shown = dict(sorted(counts.items(), key=lambda each: (-sum(each[1].values()), each[0])))
    title = _("Acceptance by Intervener and rule")
    return _acceptance("acceptance-by-source", title, _("Source"), shown)


def _by_group(
    session: Session,
    project: Project,
    by: str,
    *,
    name: str,
    title: str,
    head: str,
    label: Callable[[str], str],
    keys: Iterable[str] | None = None,
) -> Chart:
    n = looked_at(session, project.id, by)
    computation = [flaw.id for flaw in _taxonomy(project).flaws if flaw.group == "computation"]
    found = _counts(groups_found(session, project.id, by, computation))
    shown = [key for key in keys or sorted(n) if key in n]
    rows = []
    for key in shown:
        shares = [percent(found[key, group], n[key]) for group in _GROUPS]
        spans = [interval(found[key, group], n[key]) for group in _GROUPS]
        rows.append(Row(label=label(key), cells=(*shares, n[key], *spans)))
    return Chart(
        name=name,
        title=title,
        told=_("Branches in which a flaw of the group stands: confirmed, or not judged yet."),
        head=head,
        columns=(
            Column(title=_("computation"), unit="%", tone=4),
            Column(title=_("expertise"), unit="%", tone=2),
            Column(title=_("branches"), drawn=False),
            Column(title=_("computation, 95%% interval"), drawn=False),
            Column(title=_("expertise, 95%% interval"), drawn=False),
        ),
        rows=tuple(rows),
        note=_left_out(n),
        empty=translated(_NONE_LOOKED_AT),
    )


def _left_out(n: Mapping[str, int]) -> str:
    mixed = n.get("mixed", 0)
    if not mixed:
        return ""
    return _("Left out: %(num)s hinted branches of a trained Reasoner.", num=mixed)


def _acceptance(name: str, title: str, head: str, counts: Mapping[str, Counter[str]]) -> Chart:
    keys = ("accept", "edit", "reject")
    cells = [
        (
            *(each[key] for key in keys),
            percent(each["accept"] + each["edit"], sum(each[key] for key in keys)),
            interval(each["accept"] + each["edit"], sum(each[key] for key in keys)),
            each["others"],
            each["open"],
        )
        for each in counts.values()
    ]
    return Chart(
        name=name,
        title=title,
        told=_("What people decided on proposed hints; their own hints are left out."),
        head=head,
        columns=(
            Column(title=_("accepted"), tone=3),
            Column(title=_("edited"), tone=1),
            Column(title=_("rejected"), tone=5),
            Column(title=_("accepted or edited"), unit="%", drawn=False),
            Column(title=_("95%% interval"), drawn=False),
            Column(title=_("by policies and scripts"), drawn=False),
            Column(title=_("open"), drawn=False),
        ),
        rows=counted(counts, cells),
        empty=_("No hint was proposed yet."),
        kind="lying",
        stacked=True,
    )


def _decided(found: Iterable[Fate], key: Callable[[Fate], str]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for fate in found:
        became = fate.decision or "open"
        by_other = fate.decision is not None and fate.by != "person"
        counts.setdefault(key(fate), Counter())["others" if by_other else became] += fate.n
    return counts


def _source(fate: Fate) -> str:
    kind = translated(_KINDS.get(fate.kind, fate.kind))
    return f"{kind}: {fate.name}"


def _counts(found: Iterable[Found]) -> Counter[tuple[str, str]]:
    return Counter({(one.key, one.kind): one.branches for one in found})


def _taxonomy(project: Project) -> Taxonomy:
    return Taxonomy.model_validate(project.taxonomy)


def _titles(project: Project) -> dict[str, str]:
    return {flaw.id: translated(flaw.title) for flaw in _taxonomy(project).flaws}
