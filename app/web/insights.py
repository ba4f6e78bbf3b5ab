"""Insights: the page of charts, and the table of each as CSV."""

from fastapi import APIRouter, Response

from app.core.errors import NotFound
from app.core.language import _
from app.web.deps import Db, Here, Showing
from app.web.views.insights import CHARTS, csv_of, insights_view

router = APIRouter(prefix="/p/{slug}/insights")


@router.get("")
def insights(show: Showing, session: Db, here: Here) -> Response:
    """Every chart with its table."""
    return show.page("insights", here, parts=insights_view(session, here.project))


@router.get("/{chart}.csv")
def chart_csv(session: Db, here: Here, chart: str) -> Response:
    """The table of one chart. Raises NotFound where there is none of this name."""
    if chart not in CHARTS:
        raise NotFound(_("There is no such chart."))
    text = csv_of(CHARTS[chart](session, here.project))
    name = f"{here.project.slug}-{chart}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
