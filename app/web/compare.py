"""Two branches of a trace beside each other."""

from fastapi import APIRouter, Response

from app.web.deps import Db, Here, Showing
from app.web.views.compare import compare_view
from app.web.views.desk import load_desk

router = APIRouter(prefix="/p/{slug}/traces/{trace_id}")


@router.get("/compare")
def compare_page(
    show: Showing,
    session: Db,
    here: Here,
    trace_id: int,
    left: int | None = None,
    right: int | None = None,
) -> Response:
    """Any two branches; without `left` the one that the right was cut from, if it was."""
    second = load_desk(session, here, trace_id, right)
    first = load_desk(session, here, trace_id, left or second.branch.parent_id or second.branch.id)
    at = here.url(f"/traces/{trace_id}")
    return show.page("compare", here, view=compare_view(first, second), at=at)
