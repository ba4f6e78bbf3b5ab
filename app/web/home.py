"""A project's first page."""

from fastapi import APIRouter, Response

from app.web.deps import Db, Here, Showing
from app.web.views.home import home_view

router = APIRouter(prefix="/p/{slug}")


@router.get("")
def home(show: Showing, session: Db, here: Here) -> Response:
    """Where the work stands and what to do next."""
    return show.page("home", here, view=home_view(session, here.project, here.actor))
