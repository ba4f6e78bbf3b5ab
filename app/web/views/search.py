"""What a search found: problems, steps of traces, and hints, each with the words around it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.core.language import N_, _, translated
from app.core.model import Frozen
from app.core.search import Piece, Query, excerpt, parse_query
from app.db.queries.search import Hit, hits_of, problems_found, proposals_found, steps_found
from app.db.search.documents import Kind
from app.db.tables import Project

FEW, MANY = 8, 40
TITLES: dict[Kind, str] = {
    "problem": N_("Problems"),
    "step": N_("Steps of traces"),
    "hint": N_("Hints"),
}
Lookup = Callable[[Session, Iterable[int], Iterable[int]], dict[int, Row[Any]]]
_ABOUT: dict[str, Lookup] = {
    "problem": problems_found,
    "step": steps_found,
    "proposal": proposals_found,
}
_STEPS = {
    "thought": N_("thought"),
    "code": N_("code"),
    "output": N_("output"),
    "hint": N_("hint"),
    "answer": N_("answer"),
}
_HINTS = {
    "open": N_("open hint"),
    "accepted": N_("accepted hint"),
    "edited": N_("edited hint, in its first words"),
    "rejected": N_("rejected hint"),
    "withdrawn": N_("withdrawn hint"),
    "merged": N_("hint that another took the place of"),
}


class Found(Frozen):
    """One thing that was found; `where` says what it is in a few words.

    A problem stands on no trace; `step` counts from 1 in the path of its branch.
    """

    address: str
    title: str
    project: str
    slug: str
    problem_id: int
    trace_id: int | None
    branch_id: int | None
    step: int | None
    where: str
    pieces: tuple[Piece, ...]


class Group(Frozen):
    """What was found of a kind; `more` is the query for the next of it, "" where that is all."""

    kind: Kind
    title: str
    found: tuple[Found, ...]
    more: str


class SearchView(Frozen):
    """`asked` says whether there was a word to look for; `several` whether projects are named."""

    text: str
    kind: Kind | None
    kinds: tuple[tuple[Kind, str], ...]
    asked: bool
    groups: tuple[Group, ...]
    several: bool


def search_view(
    session: Session, projects: Sequence[Project], text: str, kind: Kind | None, before: int
) -> SearchView:
    """The first few of every kind, or a page of one kind behind the entry `before`."""
    query, ids = parse_query(text), [project.id for project in projects]
    chosen: Sequence[Kind] = [kind] if kind else list(TITLES)
    groups = (_group(session, text, query, each, ids, kind, before) for each in chosen)
    return SearchView(
        text=text,
        kind=kind,
        kinds=tuple(TITLES.items()),
        asked=bool(query),
        groups=tuple(group for group in groups if group.found),
        several=len(projects) > 1,
    )


def _group(
    session: Session,
    text: str,
    query: Query,
    kind: Kind,
    project_ids: Sequence[int],
    chosen: Kind | None,
    before: int,
) -> Group:
    most = MANY if chosen else FEW
    hits = hits_of(session, query, kind, project_ids, most=most + 1, before=before)
    shown = hits[:most]
    rest = {"before": shown[-1].entry} if chosen and shown else {}
    more = urlencode({"q": text, "kind": kind, **rest}) if len(hits) > most else ""
    return Group(
        kind=kind,
        title=TITLES[kind],
        found=tuple(found_in(session, query, shown, project_ids)),
        more=more,
    )


def found_in(
    session: Session, query: Query, hits: Sequence[Hit], project_ids: Sequence[int]
) -> Iterable[Found]:
    """What the hits are about; a long text that matches twice, or an accepted hint, comes once."""
    rows = {about: _rows(session, about, hits, project_ids) for about in _ABOUT}
    told: set[object] = set()
    for hit in hits:
        row = rows[hit.about].get(hit.subject_id)
        same = row and _same(hit.about, row)
        if row and same not in told:
            told.add(same)
            yield _SHOWN[hit.about](query, row)


def _rows(
    session: Session, about: str, hits: Sequence[Hit], project_ids: Sequence[int]
) -> Mapping[int, Row[Any]]:
    ids = {hit.subject_id for hit in hits if hit.about == about}
    return _ABOUT[about](session, ids, project_ids) if ids else {}


def _same(about: str, row: Row[Any]) -> object:
    """What two entries have in common that would be shown as one."""
    if about == "proposal":
        return row.trace_id, row.proposal["words"].strip()
    if about == "step" and row.kind == "hint":
        return row.trace_id, row.text.strip()
    return about, row.problem_id if about == "problem" else row.id


def _problem(query: Query, row: Row[Any]) -> Found:
    address = f"/p/{row.slug}/problems/{row.problem_id}"
    return _found(query, row, address, row.source or "", row.question, None)


def _step(query: Query, row: Row[Any]) -> Found:
    number = (row.cut_step or 0) + bool(row.cut_offset) + row.number + 1
    where = _where(translated(_STEPS[row.kind]), row, number)
    return _found(query, row, _place(row, number), where, row.text, number)


def _proposal(query: Query, row: Row[Any]) -> Found:
    evidence = row.proposal["evidence"]
    number = (evidence[0] if evidence else row.proposal["cut"])["step"] + 1
    where = _where(translated(_HINTS[row.state]), row, number)
    return _found(query, row, _place(row, number), where, row.proposal["words"], number)


def _place(row: Row[Any], step: int) -> str:
    return f"/p/{row.slug}/traces/{row.trace_id}?branch={row.branch_id}#step-{step}"


def _where(what: str, row: Row[Any], step: int) -> str:
    if row.branch_number is None:
        return _("%(what)s, step %(step)s of a trial", what=what, step=step)
    place = {"what": what, "step": step, "branch": row.branch_number}
    if row.set_aside:
        return _("%(what)s, step %(step)s of branch %(branch)s, set aside", **place)
    return _("%(what)s, step %(step)s of branch %(branch)s", **place)


def _found(
    query: Query, row: Row[Any], address: str, where: str, text: str, step: int | None
) -> Found:
    return Found(
        address=address,
        title=row.external_id or _("Problem %(number)s", number=row.problem_id),
        project=row.project,
        slug=row.slug,
        problem_id=row.problem_id,
        trace_id=row.trace_id if step else None,
        branch_id=row.branch_id if step else None,
        step=step,
        where=where,
        pieces=excerpt(query, text),
    )


_SHOWN: dict[str, Callable[[Query, Row[Any]], Found]] = {
    "problem": _problem,
    "step": _step,
    "proposal": _proposal,
}
