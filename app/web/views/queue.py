"""The queue as a list to pick from: one row a trace, and the filters over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.core.flaws import Flaw, Taxonomy
from app.core.trace import OUTCOMES
from app.db.queries.queue import (
    PAGE,
    BranchRow,
    Filters,
    branches_of,
    hints_of,
    holders_of,
    open_hints_of,
    queue_rows,
    sources_of,
    states_of,
)
from app.web.deps import Place
from app.web.views.workbench import Badge, badge_of

STATES = ("review", "waiting", "failed", "unsure", "golden", "discarded")


@dataclass(frozen=True)
class QueueRow:
    """A trace in the list."""

    id: int
    title: str
    snippet: str
    source: str | None
    state: str
    badge: Badge
    open_hints: int
    hints: int
    held_by: tuple[str, ...]


@dataclass(frozen=True)
class QueueView:
    """`next_page` and `first_page` are queries, "" where there is no such page."""

    rows: tuple[QueueRow, ...]
    filters: Filters
    states: tuple[tuple[str, int], ...]
    sources: tuple[str, ...]
    flaws: tuple[Flaw, ...]
    outcomes: tuple[tuple[str, str], ...]
    next_page: str
    first_page: str
    total: int
    may_annotate: bool


def queue_view(session: Session, here: Place, filters: Filters, after: int) -> QueueView:
    """A page of the queue behind the trace `after`."""
    project = here.project
    found = queue_rows(session, project.id, filters, here.actor.id, after)
    shown = found[:PAGE]
    counts = states_of(session, project.id)
    given = {name: value for name, value in filters._asdict().items() if value}
    more = urlencode({**given, "after": shown[-1].id}) if len(found) > PAGE else ""
    return QueueView(
        rows=tuple(_rows(session, shown)),
        filters=filters,
        states=tuple((state, counts.get(state, 0)) for state in STATES),
        sources=tuple(sources_of(session, project.id)),
        flaws=Taxonomy.model_validate(project.taxonomy).flaws,
        outcomes=tuple(OUTCOMES.items()),
        next_page=more,
        first_page=urlencode(given) if after else "",
        total=sum(counts.values()),
        may_annotate=here.actor.may("annotator"),
    )


def _rows(session: Session, found: Sequence[Row[Any]]) -> list[QueueRow]:
    ids = [row.id for row in found]
    branches = branches_of(session, ids)
    own_hints = hints_of(session, (branch.id for branch in branches))
    open_hints = open_hints_of(session, (branch.id for branch in branches))
    holders = holders_of(session, ids)
    by_trace: dict[int, list[BranchRow]] = {trace_id: [] for trace_id in ids}
    for branch in branches:
        by_trace[branch.trace_id].append(branch)
    return [_row(row, by_trace[row.id], own_hints, open_hints, holders) for row in found]


def _row(
    row: Row[Any],
    branches: list[BranchRow],
    own_hints: dict[int, int],
    open_hints: dict[int, int],
    holders: dict[int, list[str]],
) -> QueueRow:
    current = next((each for each in reversed(branches) if not each.set_aside), branches[-1])
    line = _ancestors(current, branches)
    return QueueRow(
        id=row.id,
        title=row.external_id or f"Trace {row.id}",
        snippet=row.snippet,
        source=row.source,
        state=row.state,
        badge=badge_of(current),
        open_hints=open_hints.get(current.id, 0),
        hints=sum(own_hints.get(each.id, 0) for each in line),
        held_by=tuple(holders.get(row.id, ())),
    )


def _ancestors(branch: BranchRow, branches: list[BranchRow]) -> list[BranchRow]:
    by_id = {each.id: each for each in branches}
    line = [branch]
    while line[-1].parent_id is not None:
        line.append(by_id[line[-1].parent_id])
    return line
