"""The figures of a project: every chart of the insights, agreement among them, as a table."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import Field

from app.core.errors import NotFound
from app.core.language import _
from app.core.model import Frozen
from app.web.api.deps import Here
from app.web.api.etags import IfNoneMatch
from app.web.api.paging import Page, Paged
from app.web.deps import Db
from app.web.views.insights import CHARTS, Chart

router = APIRouter(prefix="/projects/{slug}/insights", tags=["insights"])
Name = Annotated[str, Path(max_length=60, examples=["agreement-overall"])]


class ChartColumn(Frozen):
    """What a column of figures counts, and in which unit."""

    title: str
    unit: Literal["", "%"]


class ChartRow(Frozen):
    """A row: what it is about, and a cell for each column; null where nothing can be said."""

    label: str
    cells: tuple[str | int | float | None, ...]


class ChartView(Frozen):
    """A chart as its table, in words of the request's language. `note` is what it comes to."""

    name: str = Field(examples=["agreement-overall"])
    title: str
    told: str = Field(description="What is counted.")
    head: str = Field(description="What the labels of the rows are.")
    columns: tuple[ChartColumn, ...]
    rows: tuple[ChartRow, ...]
    note: str


@router.get("")
def list_charts(session: Db, here: Here, paging: Paged) -> Page[ChartView]:
    """Every chart of a project, in the order of the page."""
    rows, following = paging.some(list(enumerate(CHARTS.values())), lambda row: row[0])
    made = (make(session, here.project) for _at, make in rows)
    return Page(items=tuple(map(_view, made)), next=following)


@router.get("/{chart}", response_model=ChartView)
def get_chart(session: Db, here: Here, chart: Name, condition: IfNoneMatch) -> Response:
    """One chart, such as how far people agree."""
    if chart not in CHARTS:
        raise NotFound(_("There is no such chart."))
    return condition.show(_view(CHARTS[chart](session, here.project)))


def _view(chart: Chart) -> ChartView:
    plain = chart.model_dump(include={"name", "title", "told", "head", "note"})
    return ChartView(
        **plain,
        columns=tuple(ChartColumn(title=each.title, unit=each.unit) for each in chart.columns),
        rows=tuple(ChartRow(**dict(each)) for each in chart.rows),
    )
