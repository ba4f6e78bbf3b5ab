"""Deeds on many traces in pages: chosen, planned, confirmed, with and without JavaScript."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event, select

from app.actions.work_on import work_on
from app.db.session import reading, transaction
from app.db.tables import Bulk, Job, Project, Trace
from tests.web.conftest import Browser


@pytest.fixture
def annotator(browser_of: Callable[..., Browser]) -> Browser:
    """Somebody who works on the queue."""
    return browser_of("annotator")


def plan(browser: Browser, project: Project, form: dict[str, object]) -> str:
    """Where a plan is shown."""
    answer = browser.post(f"/p/{project.slug}/bulk", form, follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"]


def test_a_plan_says_what_it_will_do_and_does_nothing_yet(
    annotator: Browser, project: Project, engine: Engine
) -> None:
    queue = annotator.get(f"/p/{project.slug}/queue").text
    assert 'name="ids"' in queue
    assert "Release the claims" not in queue
    with reading(engine) as session:
        trace = session.scalars(select(Trace)).one()
    place = plan(annotator, project, {"deed": "discard", "ids": [trace.id]})
    page = annotator.get(place).text
    assert "1 trace will be discarded." in page
    assert "Discard · 1" in page
    place = plan(annotator, project, {"deed": "reopen", "every": "true", "state": ""})
    page = annotator.get(place).text
    assert "The verdicts of 0 traces will be withdrawn." in page
    assert "It is open already." in page
    assert "<button" not in page.split('id="bulk"')[1]
    with reading(engine) as session:
        assert session.scalars(select(Trace.state)).all() == ["review"]


def test_a_plan_for_too_many_is_refused_in_words(
    annotator: Browser, project: Project, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.actions.bulk.MOST_COUNTED", 0)
    form = {"deed": "discard", "every": "true", "state": ""}
    refused = annotator.post(f"/p/{project.slug}/bulk", form)
    assert refused.status_code == 422
    assert "These are more than 0 traces: narrow the queue first." in refused.text
    with reading(engine) as session:
        assert session.scalars(select(Bulk)).all() == []


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_confirming_twice_does_it_once(
    annotator: Browser, project: Project, engine: Engine, headers: dict[str, str]
) -> None:
    place = plan(annotator, project, {"deed": "discard", "every": "true", "state": "review"})
    refused = annotator.post(place, {"reason": " "}, headers=headers)
    assert refused.status_code == 422
    for _time in range(2):
        answer = annotator.post(place, {"reason": "<b>old"}, headers=headers)
        assert answer.status_code == 200
        assert "waiting" not in answer.text or "hx-get" in answer.text
    ports = annotator.client.app.state.ports  # type: ignore[attr-defined]
    with reading(engine) as session:
        [job_id] = session.scalars(select(Job.id).where(Job.kind == "bulk"))
    work_on(ports, job_id)
    asked: list[str] = []
    event.listen(ports.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    page = annotator.get(place).text
    assert not [each for each in asked if "bulks.trace_ids AS" in each]
    assert [each for each in asked if "array_length(bulks.trace_ids)" in each]
    assert "1 trace is discarded." in page
    assert "Reason: &lt;b&gt;old" in page
    assert "hx-get" not in annotator.get(f"{place}/progress").text


def test_one_is_stopped_by_whoever_planned_it_and_by_leads(
    annotator: Browser, browser_of: Callable[..., Browser], project: Project
) -> None:
    place = plan(annotator, project, {"deed": "discard", "every": "true", "state": "review"})
    annotator.post(place, {"reason": "old"})
    lead, stop = browser_of("lead"), f'action="{place}/stop"'
    assert stop in annotator.get(place).text
    assert stop not in browser_of("viewer").get(place).text
    assert stop in lead.get(place).text
    assert stop not in lead.post(f"{place}/stop").text


def test_one_that_failed_says_so_and_goes_on(
    annotator: Browser, project: Project, engine: Engine
) -> None:
    place = plan(annotator, project, {"deed": "discard", "every": "true", "state": "review"})
    annotator.post(place, {"reason": "old"})
    with transaction(engine) as session:
        job = session.scalars(select(Job)).one()
        job.state, job.error = "failed", "An unforeseen error."
    page = annotator.get(place).text
    assert "An unforeseen error." in page
    assert "Go on" in page
    annotator.post(place)
    with reading(engine) as session:
        assert [job.state for job in session.scalars(select(Job).order_by(Job.id))] == [
            "failed",
            "queued",
        ]
        assert session.scalars(select(Bulk)).one().reason == "old"


def test_nothing_chosen_and_an_unknown_deed_are_refused(
    annotator: Browser, project: Project
) -> None:
    address = f"/p/{project.slug}/bulk"
    assert annotator.post(address, {"deed": "discard"}).status_code == 422
    assert annotator.post(address, {"deed": "erase", "every": "true"}).status_code == 422
