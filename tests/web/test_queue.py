"""The queue: filters, pages by cursor, and the next trace."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event, select

from app.db.queries.queue import PAGE
from app.db.session import transaction
from app.db.tables import Branch, Claim, ProblemRow, Project, Trace
from tests.web.conftest import Browser


@pytest.fixture
def many(engine: Engine, project: Project) -> list[int]:
    """Two pages of traces in review, and their ids, after the project's first."""
    with transaction(engine) as session:
        problem = session.scalars(select(ProblemRow)).one()
        problem.source = "NL4OPT"
        traces = [
            Trace(project_id=project.id, problem=problem, origin="generated", state="review")
            for _ in range(PAGE + 5)
        ]
        session.add_all(traces)
        session.flush()
        for trace in traces:
            session.add_all(
                [
                    Claim(trace_id=trace.id, slot=1),
                    Branch(trace=trace, number=1, outcome="answered"),
                ]
            )
        return [trace.id for trace in traces]


@pytest.fixture
def annotator(browser_of: Callable[..., Browser]) -> Browser:
    """Somebody who works on the queue."""
    return browser_of("annotator")


def test_pages_follow_each_other_without_gap_or_repetition(
    annotator: Browser, project: Project, many: list[int]
) -> None:
    first = annotator.get(f"/p/{project.slug}/queue").text
    assert first.count("data-row") == PAGE
    cursor = many[PAGE - 2]
    assert f"after={cursor}" in first
    second = annotator.get(f"/p/{project.slug}/queue?after={cursor}").text
    assert second.count("data-row") == 6
    assert f'/traces/{many[PAGE - 1]}"' in second
    assert f'/traces/{cursor}"' not in second


def test_a_page_costs_the_same_queries_for_one_row_and_for_many(
    annotator: Browser, project: Project, engine: Engine, many: list[int]
) -> None:
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    annotator.get(f"/p/{project.slug}/queue?after={many[-2]}")
    few = len(asked)
    asked.clear()
    annotator.get(f"/p/{project.slug}/queue")
    assert len(asked) == few


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("state=review", 1),
        ("state=golden", 0),
        ("state=", 1),
        ("held=nobody", 1),
        ("held=mine", 0),
        ("outcome=answered", 1),
        ("outcome=no_recording", 0),
        ("flaw=wrong-variables", 0),
        ("source=elsewhere", 0),
        ("held=%27nonsense", 1),
    ],
)
def test_filters_leave_what_they_say(
    annotator: Browser, project: Project, query: str, rows: int
) -> None:
    assert annotator.get(f"/p/{project.slug}/queue?{query}").text.count("data-row") == rows


def test_filters_of_the_same_word_all_hold(
    annotator: Browser, project: Project, engine: Engine
) -> None:
    with transaction(engine) as session:
        session.scalars(select(ProblemRow)).one().source = "golden"
    queue = annotator.get(f"/p/{project.slug}/queue?state=golden&source=golden")
    assert queue.text.count("data-row") == 0
    assert annotator.get(f"/p/{project.slug}/queue?source=golden").text.count("data-row") == 1


def test_next_claims_a_trace_that_nobody_else_then_gets(
    annotator: Browser, browser_of: Callable[..., Browser], project: Project
) -> None:
    address = f"/p/{project.slug}/queue/next"
    mine = annotator.post(address, follow_redirects=False).headers["location"]
    again = annotator.post(address, follow_redirects=False).headers["location"]
    theirs = browser_of("reviewer").post(address, follow_redirects=False).headers["location"]
    assert mine == again
    assert mine.startswith(f"/p/{project.slug}/traces/")
    assert theirs == f"/p/{project.slug}/queue"
    assert "annotator False" in annotator.get(f"/p/{project.slug}/queue?held=mine").text


def test_a_viewer_can_look_but_not_claim(
    browser_of: Callable[..., Browser], project: Project
) -> None:
    viewer = browser_of("viewer")
    assert "Next" not in viewer.get(f"/p/{project.slug}/queue").text
    assert viewer.post(f"/p/{project.slug}/queue/next").status_code == 403
