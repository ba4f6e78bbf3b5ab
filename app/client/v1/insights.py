"""The operations of the API on insights. Written by `make openapi`."""

from collections.abc import Iterator
from typing import Literal

from app.client.base import Operations, Shown


class ChartColumn(Shown):
    """What a column of figures counts, and in which unit."""

    title: str
    unit: Literal["", "%"]


class ChartRow(Shown):
    """A row: what it is about, and a cell for each column; null where nothing can be said."""

    label: str
    cells: tuple[str | int | float | None, ...]


class ChartView(Shown):
    """A chart as its table, in words of the request's language. `note` is what it comes
    to.
    """

    name: str
    title: str
    told: str
    """What is counted."""
    head: str
    """What the labels of the rows are."""
    columns: tuple[ChartColumn, ...]
    rows: tuple[ChartRow, ...]
    note: str


class InsightsOperations(Operations):
    """What can be asked for."""

    def list_charts(self, slug: str, *, limit: int = 50) -> Iterator[ChartView]:
        """Every chart of a project, in the order of the page."""
        return self._list(ChartView, ("projects", slug, "insights"), limit=limit)

    def get_chart(self, slug: str, chart: str, *, seen: Shown | None = None) -> ChartView:
        """One chart, such as how far people agree."""
        return self._one(ChartView, "GET", ("projects", slug, "insights", chart), seen=seen)
