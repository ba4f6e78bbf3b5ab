"""The queue: filters, pages by cursor, and the next trace."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event, select

from app.db.queries.queue import PAGE
from app.db.session import transaction
from app.db.tables import Branch, Claim, ProblemRow, Project, ProposalRow, Trace
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
    assert f"after=100.{cursor}" in first
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
        ("model=elsewhere", 0),
        ("confidence=high", 0),
        ("disputed=yes", 0),
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


def test_the_most_uncertain_first_in_pages_by_cursor(
    annotator: Browser, project: Project, engine: Engine, many: list[int]
) -> None:
    with transaction(engine) as session:
        for at, trace_id in enumerate(many):
            session.get_one(Trace, trace_id).certainty = at % 3 * 10
    address = f"/p/{project.slug}/queue"
    chosen = annotator.post(f"{address}/order", {"order": "uncertain"}, follow_redirects=False)
    assert chosen.headers["location"] == address
    first = annotator.get(address).text
    following = re.search(r'href="(\?[^"]*)" rel="next"', first)
    assert following
    second = annotator.get(address + following[1].replace("&amp;", "&")).text
    shown = [int(found) for page in (first, second) for found in re.findall(ROW, page)]
    wanted = sorted(many, key=lambda trace_id: (many.index(trace_id) % 3, trace_id))
    assert shown[:-1] == wanted
    assert len(set(shown)) == PAGE + 6
    # Next goes the same way.
    place = annotator.post(f"{address}/next", follow_redirects=False).headers["location"]
    assert place.endswith(f"/traces/{wanted[0]}")


ROW = r'/traces/(\d+)"><b>'


def test_filters_by_model_confidence_and_dispute(
    annotator: Browser, project: Project, engine: Engine, many: list[int]
) -> None:
    with transaction(engine) as session:
        trace = session.get_one(Trace, many[0])
        trace.model, trace.disputed = "qwen & co", True
        for at, sure in enumerate((0.9, 0.6, 0.2, None)):
            session.add(open_hint(session.get_one(Trace, many[at]), sure))
    address = f"/p/{project.slug}/queue?"
    for query, ids in {
        "model=qwen+%26+co": [many[0]],
        "disputed=yes": [many[0]],
        "confidence=high": [many[0]],
        "confidence=middle": [many[1]],
        "confidence=low": [many[2]],
        "confidence=unsaid": [many[3]],
        "confidence=low&flaw=wrong-variables": [many[2]],
        "confidence=low&flaw=wrong-objective": [],
        "confidence=nonsense&disputed=yes": [many[0]],
    }.items():
        page = annotator.get(address + query).text
        assert [int(found) for found in re.findall(ROW, page)] == ids, query
        assert f"{len(ids)} trace" in page
    assert '<option value="qwen &amp; co">qwen &amp; co</option>' in annotator.get(address).text


def open_hint(trace: Trace, sure: float | None) -> ProposalRow:
    """A hint that waits, as sure as that."""
    return ProposalRow(
        trace_id=trace.id,
        branch_id=trace.branches[0].id,
        flaw="wrong-variables",
        taxonomy_version="1",
        key="k",
        proposal={
            "flaw": "wrong-variables",
            "evidence": [],
            "cut": {"step": 0, "offset": 0},
            "words": "Whole ducks.",
            "source": {"kind": "rule", "name": "r"},
            "confidence": sure,
        },
    )


def test_one_queue_of_all_projects_that_a_person_has(
    annotator: Browser, browser_of: Callable[..., Browser], project: Project, engine: Engine
) -> None:
    admin = browser_of(None, admin=True)
    admin.post("/projects", {"name": "Geese"})
    with transaction(engine) as session:
        other = session.scalars(select(Project).where(Project.slug == "geese")).one()
        reference = {"kind": "unknown"}
        problem = ProblemRow(project_id=other.id, key="g", question="How?", reference=reference)
        trace = Trace(project_id=other.id, problem=problem, origin="generated", state="review")
        session.add_all([trace, Branch(trace=trace, number=1, outcome="answered")])
        session.flush()
        session.add(Claim(trace_id=trace.id, slot=1))
    assert annotator.get("/queue").text.count("data-row") == 1
    page = admin.get("/queue").text
    assert page.count("data-row") == 2
    assert f'href="/p/geese/traces/{trace.id}"' in page
    assert "2 traces" in page
    assert browser_of(None).get("/queue").text.count("data-row") == 0
    first = admin.post("/queue/next", follow_redirects=False).headers["location"]
    assert "/traces/" in first
    nobody = browser_of("viewer").post("/queue/next", follow_redirects=False)
    assert nobody.headers["location"] == "/queue"


@pytest.mark.parametrize("after", ["", "x", "1.2.3", "-1", "9" * 30, "1e5", "٣"])
def test_a_cursor_that_is_none_is_the_first_page(
    annotator: Browser, project: Project, after: str
) -> None:
    page = annotator.get(f"/p/{project.slug}/queue", params={"after": after})
    assert page.status_code == 200
    assert page.text.count("data-row") == 1
