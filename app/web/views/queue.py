"""The queue as a list to pick from: one row a trace, and the filters over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.actions.why import Why, whys
from app.core.flaws import DEFAULT, Flaw, Taxonomy
from app.core.language import N_, _
from app.core.lifecycle import SETTLED
from app.core.trace import OUTCOMES
from app.db.queries.assignees import given_by_hand
from app.db.queries.queue import (
    PAGE,
    BranchRow,
    QueueLine,
    branches_of,
    hints_of,
    holders_of,
    models_of,
    open_hints_of,
    queue_rows,
    sources_of,
    states_of,
)
from app.db.queries.queue_filters import MOST_COUNTED, Cursor, Filters, matching
from app.db.queries.traces import returned_by_reference
from app.db.tables import Project, QueueOrder, User
from app.web.views.workbench import Badge, badge_of

STATES = ("review", "waiting", "failed", "unsure", "golden", "discarded")
HELD = (("mine", N_("me")), ("somebody", N_("somebody")), ("nobody", N_("nobody")))
ASSIGNED = (("mine", N_("me")), ("others", N_("others alone")), ("open", N_("all alike")))
CONFIDENCES = (
    ("low", N_("under 50%")),
    ("middle", N_("50% to 80%")),
    ("high", N_("80% and more")),
    ("unsaid", N_("not said")),
)
ORDERS: tuple[tuple[QueueOrder, str], ...] = (
    ("oldest", N_("oldest first")),
    ("uncertain", N_("most uncertain first")),
)


@dataclass(frozen=True)
class QueueRow:
    """A trace in the list; `sure` is its certainty in percent.

    `returned` says that it was golden until its reference changed, `why` why it is there for the
    person who reads it.
    """

    id: int
    address: str
    project: str
    title: str
    snippet: str
    source: str | None
    state: str
    disputed: bool
    sure: int
    returned: bool
    badge: Badge
    open_hints: int
    hints: int
    held_by: tuple[str, ...]
    why: Why | None


@dataclass(frozen=True)
class Choices:
    """What each filter can be set to."""

    sources: tuple[str, ...]
    models: tuple[str, ...]
    flaws: tuple[Flaw, ...]
    given: tuple[tuple[str, str], ...]
    outcomes: tuple[tuple[str, str], ...] = tuple(OUTCOMES.items())
    held: tuple[tuple[str, str], ...] = HELD
    assigned: tuple[tuple[str, str], ...] = ASSIGNED
    confidences: tuple[tuple[str, str], ...] = CONFIDENCES
    orders: tuple[tuple[QueueOrder, str], ...] = ORDERS


@dataclass(frozen=True)
class QueueView:
    """`next_page` and `first_page` are queries, "" where there is no such page.

    `matching` is how many traces the filters leave, `total` how many there are; where `uncounted`,
    there are more than that match.
    """

    rows: tuple[QueueRow, ...]
    filters: Filters
    order: QueueOrder
    states: tuple[tuple[str, int], ...]
    choices: Choices
    next_page: str
    first_page: str
    matching: int
    uncounted: bool
    total: int
    several: bool


def queue_view(
    session: Session,
    projects: Sequence[Project],
    person: User,
    filters: Filters,
    after: Cursor | None,
) -> QueueView:
    """A page of the queue of these projects behind the trace `after`, in the person's order."""
    ids = [project.id for project in projects]
    found = queue_rows(session, ids, filters, person.id, person.queue_order, after)
    shown = found[:PAGE]
    counts = states_of(session, ids, person.id)
    many = _matching(session, ids, filters, person, counts)
    uncounted = many > MOST_COUNTED and any(filters._replace(state=""))
    given = {name: value for name, value in filters._asdict().items() if value}
    given["state"] = filters.state
    return QueueView(
        rows=tuple(_rows(session, shown, {project.id: project for project in projects}, person)),
        filters=filters,
        order=person.queue_order,
        states=tuple((state, counts.get(state, 0)) for state in STATES),
        choices=_choices(session, projects, ids),
        next_page=urlencode({**given, "after": _place(shown[-1])}) if len(found) > PAGE else "",
        first_page=urlencode(given) if after else "",
        matching=MOST_COUNTED if uncounted else many,
        uncounted=uncounted,
        total=sum(counts.values()),
        several=len(projects) > 1,
    )


def _choices(session: Session, projects: Sequence[Project], ids: Sequence[int]) -> Choices:
    own = [Taxonomy.model_validate(project.taxonomy) for project in projects]
    flaws = {flaw.id: flaw for taxonomy in own or [DEFAULT] for flaw in taxonomy.flaws}
    return Choices(
        sources=tuple(sources_of(session, ids)),
        models=tuple(models_of(session, ids)),
        flaws=tuple(flaws.values()),
        given=given_by_hand(session, ids),
    )


def _matching(
    session: Session, ids: Sequence[int], filters: Filters, person: User, counts: dict[str, int]
) -> int:
    """Counted where something is looked for besides the state, whose counts are known."""
    if not any(filters._replace(state="")):
        return counts.get(filters.state, 0) if filters.state else sum(counts.values())
    return sum(matching(session, each, filters, person.id) for each in ids)


def _place(line: QueueLine) -> str:
    return f"{line.certainty}.{line.id}"


def _rows(
    session: Session, found: Sequence[QueueLine], projects: dict[int, Project], person: User
) -> list[QueueRow]:
    ids = [row.id for row in found]
    reasons: dict[int, Why] = {}
    for each in {row.project_id for row in found if row.state == "review"}:
        here = [row.id for row in found if (row.project_id, row.state) == (each, "review")]
        reasons |= whys(session, person.id, each, here)
    branches = branches_of(session, ids)
    own_hints = hints_of(session, (branch.id for branch in branches))
    open_hints = open_hints_of(session, (branch.id for branch in branches))
    holders, returned = holders_of(session, ids, person.id), returned_by_reference(session, ids)
    by_trace: dict[int, list[BranchRow]] = {trace_id: [] for trace_id in ids}
    for branch in branches:
        by_trace[branch.trace_id].append(branch)
    return [
        _row(
            row,
            projects[row.project_id],
            [each for each in by_trace[row.id] if row.state in SETTLED or each.owner_id is None],
            own_hints,
            open_hints,
            holders,
            returned,
            reasons.get(row.id),
        )
        for row in found
    ]


def _row(
    row: QueueLine,
    project: Project,
    branches: list[BranchRow],
    own_hints: dict[int, int],
    open_hints: dict[int, int],
    holders: dict[int, list[str]],
    returned: set[int],
    why: Why | None,
) -> QueueRow:
    current = next((each for each in reversed(branches) if not each.set_aside), branches[-1])
    line = _ancestors(current, branches)
    return QueueRow(
        id=row.id,
        address=f"/p/{project.slug}/traces/{row.id}",
        project=project.name,
        title=row.external_id or _("Trace %(number)s", number=row.id),
        snippet=row.snippet,
        source=row.source,
        state=row.state,
        disputed=row.disputed,
        sure=row.certainty,
        returned=row.id in returned,
        badge=badge_of(current),
        open_hints=open_hints.get(current.id, 0),
        hints=sum(own_hints.get(each.id, 0) for each in line),
        held_by=tuple(holders.get(row.id, ())),
        why=why,
    )


def _ancestors(branch: BranchRow, branches: list[BranchRow]) -> list[BranchRow]:
    by_id = {each.id: each for each in branches}
    line = [branch]
    while line[-1].parent_id is not None:
        line.append(by_id[line[-1].parent_id])
    return line
