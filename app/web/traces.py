"""The list of traces."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.web.deps import Db, Here, Showing
from app.web.views.traces import traces_view

router = APIRouter(prefix="/p/{slug}/traces")


@router.get("")
def traces(
    show: Showing,
    session: Db,
    here: Here,
    q: str = "",
    state: str = "",
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> Response:
    """The list, newest first."""
    view = traces_view(session, here.project.id, q.strip(), state, page, here.actor.id)
    return show.page("traces", here, view=view)
