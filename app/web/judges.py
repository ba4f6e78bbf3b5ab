"""Those who judged a trace, each for themselves, beside each other."""

from fastapi import APIRouter, Response

from app.web.deps import Db, Here, Showing
from app.web.views.desk import load_desk
from app.web.views.judges import judges_view

router = APIRouter(prefix="/p/{slug}/traces/{trace_id}")


@router.get("/judges")
def judges_page(show: Showing, session: Db, here: Here, trace_id: int) -> Response:
    """What each of them decided and why, as far as the person may know of it."""
    desk = load_desk(session, here, trace_id)
    return show.page("judges", here, view=judges_view(desk), at=here.url(f"/traces/{trace_id}"))
