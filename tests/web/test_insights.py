"""The page of insights: charts out of their tables, and the tables as CSV."""

import csv
import io
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from app.db.session import transaction
from app.db.tables import ProblemRow, Project, Review
from app.web.views.insights import CHARTS
from app.web.views.insights.chart import Chart, Column, Row, csv_of
from app.web.views.insights.flaws import by_title
from tests.web.conftest import HOSTILE, Browser
from tests.web.test_pages import live_parts


@pytest.fixture
def page(project: Project, engine: Engine) -> str:
    """The address of the insights of a project with a hostile source."""
    with transaction(engine) as session:
        session.scalars(select(ProblemRow)).one().source = f"=1+1 {HOSTILE}"
        session.add(Review(branch_id=1, source={"name": "rules"}, proposed=0))
    return f"/p/{project.slug}/insights"


def test_every_chart_stands_beside_its_table(browser_of: Callable[..., Browser], page: str) -> None:
    shown = browser_of("viewer").get(page).text
    assert live_parts(shown) == []
    for name in CHARTS:
        assert f'id="{name}"' in shown
    assert 'data-value="100.0"' in shown
    assert "No hint was proposed yet." in shown


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_its_csv(browser_of: Callable[..., Browser], page: str, name: str) -> None:
    answer = browser_of("viewer").get(f"{page}/{name}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert len({len(row) for row in rows}) == 1


def test_there_is_no_other_chart(browser_of: Callable[..., Browser], page: str) -> None:
    assert browser_of("viewer").get(f"{page}/nothing.csv").status_code == 404


def test_a_label_is_no_formula_in_a_spreadsheet() -> None:
    row = Row(label="=HYPERLINK(1)", cells=(-1.5, None, "+2"))
    columns = (Column(title="n", unit="%"), Column(title="m"), Column(title="o"))
    words = {"name": "x", "title": "x", "told": "x", "empty": "x"}
    made = csv_of(Chart(**words, head="-", columns=columns, rows=(row,)))
    assert made.splitlines() == ["'-,n (%),m,o", "'=HYPERLINK(1),-1.5,,'+2"]


def test_flaws_of_one_title_are_added_up() -> None:
    titles = {"a": "Rounding", "b": "Rounding", "c": "Never proposed"}
    counts = {"a": Counter(accept=2), "b": Counter(accept=1, reject=4), "gone": Counter(edit=1)}
    assert by_title(titles, counts) == {
        "Rounding": Counter(accept=3, reject=4),
        "gone": Counter(edit=1),
    }
