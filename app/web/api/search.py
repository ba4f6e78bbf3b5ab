"""Full-text search over problems, steps of traces and hints: in a project, or in all of one's."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.projects import visible_projects
from app.core.model import Frozen
from app.core.search import parse_query
from app.db.queries.search import hits_of
from app.db.search.documents import Kind
from app.db.tables import Project
from app.web.api.deps import Caller, Here, user_of
from app.web.api.paging import Page, Paged, Paging, cursor_at
from app.web.deps import Db
from app.web.views.search import Found, found_in

router = APIRouter(tags=["search"])
Words = Annotated[
    str, Query(min_length=1, max_length=300, description='Words; "a phrase" in quotes.')
]


class FoundPiece(Frozen):
    """A piece of the words around; `found` where it is what was looked for."""

    text: str
    found: bool


class FoundView(Frozen):
    """One thing that was found, in the project `slug`. A problem stands on no trace.

    `step` counts from 0 in the path of the branch.
    """

    slug: str = Field(examples=["ducks"])
    title: str
    where: str = Field(examples=["thought, step 3 of branch 1"])
    problem_id: int
    trace_id: int | None
    branch_id: int | None
    step: int | None
    pieces: tuple[FoundPiece, ...]


@router.get("/projects/{slug}/search")
def search(session: Db, here: Here, paging: Paged, q: Words, kind: Kind) -> Page[FoundView]:
    """What a project has of these words, the newest first."""
    return _found(session, [here.project], q, kind, paging)


@router.get("/search")
def search_everywhere(
    session: Db, actor: Caller, paging: Paged, q: Words, kind: Kind
) -> Page[FoundView]:
    """What all projects of the caller have of these words, the newest first."""
    projects = visible_projects(session, user_of(session, actor))
    return _found(session, projects, q, kind, paging)


def _found(
    session: Session, projects: Sequence[Project], text: str, kind: Kind, paging: Paging
) -> Page[FoundView]:
    query, ids = parse_query(text.strip()), [project.id for project in projects]
    before = next(iter(paging.place(1)), 0)
    hits = hits_of(session, query, kind, ids, most=paging.limit + 1, before=before)
    shown = hits[: paging.limit]
    found = found_in(session, query, shown, ids)
    following = cursor_at([shown[-1].entry]) if len(hits) > paging.limit else None
    return Page(items=tuple(map(_view, found)), next=following)


def _view(found: Found) -> FoundView:
    plain = found.model_dump(include=FoundView.model_fields.keys() - {"pieces", "step"})
    pieces = tuple(FoundPiece(text=text, found=hit) for text, hit in found.pieces)
    return FoundView(**plain, step=found.step - 1 if found.step else None, pieces=pieces)
