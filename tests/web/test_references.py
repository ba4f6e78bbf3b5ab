"""What a problem's page says of its reference, and what people do about it there."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from app.core.trace import Step
from app.db.convert import add_steps
from app.db.session import transaction
from app.db.tables import Branch, ExecutionRow, ProblemRow, Project, SolveRow, Trace
from app.db.types import now
from tests.web.conftest import HOSTILE, Browser

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ann(browser_of: Callable[..., Browser]) -> Browser:
    """An annotator's browser."""
    return browser_of("annotator")


@pytest.fixture
def page(project: Project) -> str:
    """The address of the problem."""
    return f"/p/{project.slug}/problems/1"


def speak_against(engine: Engine, project: Project) -> None:
    """Two traces with verified answers that are not the reference."""
    with transaction(engine) as session:
        for number in range(2):
            problem = session.scalars(select(ProblemRow)).one()
            trace = Trace(project_id=project.id, problem=problem, origin="generated")
            branch = Branch(trace=trace, number=1, outcome="answered", answer="13")
            branch.closed_at = now()
            branch.grade = {"correct": False, "reason": "differs", "rule": "strict"}
            session.add(branch)
            session.flush()
            step = Step(kind="code", author="reasoner", text=f"```python\n{number}\n```\n")
            (row,) = add_steps(session, branch, [step])
            execution = ExecutionRow(step_id=row.id, branch_id=branch.id, execution={})
            session.add(execution)
            session.flush()
            solve = SolveRow(execution_id=execution.id, number=0, format="mps", model="m")
            session.add(solve)
            session.flush()
            branch.verified_by = solve.id


def test_a_suspect_reference_is_shown_wherever_it_is(
    ann: Browser, page: str, project: Project, engine: Engine
) -> None:
    home = f"/p/{project.slug}"
    listed = f"{home}/problems?only=suspect"
    assert "No problem is like that." in ann.get(listed).text
    assert "suspect" not in ann.get(f"{home}/traces/1").text
    speak_against(engine, project)
    assert "suspect: 2 verified answers say 13" in ann.get(listed).text
    assert "suspect: 2 verified answers say 13" in ann.get(f"{home}/traces/1").text
    shown = ann.get(page).text
    assert 'href="' + f"{home}/traces/2?branch=2" in shown
    assert "No verified answer agrees with the reference." in shown
    said = ann.post(f"{page}/confirm", {"reason": "I counted them."}, headers=HTMX).text
    assert "The reference stands." in said
    assert 'id="suspect"' not in said
    assert "is right" in said


def test_a_reference_is_questioned_and_the_doubt_taken_back(
    ann: Browser, page: str, project: Project
) -> None:
    listed = f"/p/{project.slug}/problems?only=doubted"
    said = ann.post(f"{page}/doubts", {"reason": f"Odd {HOSTILE}"}, headers=HTMX).text
    assert "Somebody questions it" in said
    assert "alert('x')</script>" not in said
    assert "questioned</span>" in ann.get(listed).text
    assert ann.post(f"{page}/doubts", {"reason": "again"}).status_code == 409
    taken = ann.post(f"{page}/doubts/1/withdraw")
    assert taken.url.path == page
    assert "Somebody questions it" not in taken.text
    assert "· taken back</span>" in taken.text
    assert "Odd &lt;script&gt;" in taken.text
    assert "No problem is like that." in ann.get(listed).text


def test_an_earlier_reference_is_set_again_from_the_history(ann: Browser, page: str) -> None:
    ann.post(f"{page}/reference", {"raw": "13", "reason": "Counted again."})
    ann.post(f"{page}/reference", {"raw": "14", "reason": "And again."})
    assert "?value=13#record" in ann.get(page).text
    assert 'name="raw" value="13"' in ann.get(f"{page}?value=13").text


def test_a_viewer_reads_and_changes_nothing(browser_of: Callable[..., Browser], page: str) -> None:
    viewer = browser_of("viewer")
    assert "<form" not in viewer.get(page).text.split('id="problem"')[1]
    assert viewer.post(f"{page}/confirm", {"reason": "x"}).status_code == 403


def test_a_golden_trace_comes_back_as_reference_changed(
    ann: Browser, page: str, project: Project
) -> None:
    trace, queue = f"/p/{project.slug}/traces/1", f"/p/{project.slug}/queue"
    ann.post(f"{trace}/verdict", {"branch": 1, "seen": 10**6, "decision": "golden"})
    assert "reference changed" not in ann.get(f"{queue}?state=golden").text
    ann.post(f"{page}/reference", {"raw": "13", "reason": "Counted again."})
    assert "reference changed" in ann.get(queue).text
    decided = {"decision": "discard", "reason": "wrong"}
    ann.post(f"{trace}/verdict", {"branch": 1, "seen": 10**6, **decided})
    assert "reference changed" not in ann.get(f"{queue}?state=discarded").text
