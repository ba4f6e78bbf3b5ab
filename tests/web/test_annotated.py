"""What people annotated elsewhere, on the page of a trace and in the API."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select

from app.core.annotation import COLUMN
from app.db.session import reading, transaction
from app.db.tables import Claim, Project, Trace
from tests.web.conftest import HOSTILE, Browser
from tests.web.test_imports import lead, page, send

__all__ = ["lead", "page"]


@pytest.fixture
def trace(lead: Browser, page: str, project: Project, engine: Engine) -> str:
    """The address of a trace that was annotated by two people elsewhere."""
    said = {"peer": "Label Studio", "name": "flaw", "value": HOSTILE}
    words = {"quote": "five", "at": "2026-01-02T03:04:05Z"}
    row = {"question": "How many?", "response": "It is five.\n```python\nprint(5)\n```\n"}
    row |= {COLUMN: [said | {"who": "ada", **words}, said | {"who": f"bob {HOSTILE}"}]}
    look = send(lead, page, json.dumps(row).encode(), what="traces")
    assert "<b>1</b> imported" in lead.post(look.url.path).text
    with reading(engine) as session:
        return f"/p/{project.slug}/traces/{session.scalars(select(func.max(Trace.id))).one()}"


def test_they_stand_with_where_the_trace_comes_from(lead: Browser, trace: str) -> None:
    text = lead.get(trace).text
    assert "annotated in Label Studio by ada and 1 other" in text
    assert '<q>five</q> <a href="#step-1">step 1</a>' in text
    assert HOSTILE not in text


def test_who_judges_blindly_does_not_see_them(
    lead: Browser, trace: str, engine: Engine, browser_of: Callable[..., Browser]
) -> None:
    with transaction(engine) as session:
        row = session.get_one(Trace, int(trace.rpartition("/")[2]))
        row.overlap = 2
        session.add(Claim(trace_id=row.id, slot=2))
    assert "annotated in" not in browser_of("annotator").get(trace).text
