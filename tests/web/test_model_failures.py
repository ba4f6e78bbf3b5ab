"""What a page says where a model server did something wrong, and what a person can do."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project
from app.actions.start_trace import start_trace
from app.actions.work_on import work_on
from app.core.roles import SCRIPT
from app.db.session import transaction
from app.db.tables import Job, ProblemRow, Project
from tests.openai_stub import Stub, serving
from tests.web.conftest import Browser


@pytest.fixture
def written(
    engine: Engine, project: Project, anonymous: Browser, browser_of: Callable[..., Browser]
) -> Callable[[Stub], str]:
    """The page of a trace that a server was asked to write."""
    ports: Ports = anonymous.client.app.state.ports  # type: ignore[attr-defined]

    def write(stub: Stub) -> str:
        config = {"name": "openai", "base_url": stub.url, "model": "our-4B", "mode": "restart"}
        with transaction(engine) as session:
            change_project(session, SCRIPT, project.id, ProjectChange(reasoner=config))
            problem = session.scalar(select(ProblemRow.id).filter_by(project_id=project.id)) or 0
            trace = start_trace(session, SCRIPT, problem).id
        with transaction(engine) as session:
            jobs = list(session.scalars(select(Job.id).filter_by(state="queued", kind="grow")))
        for job in jobs:
            work_on(ports, job)
        return browser_of("lead").get(f"/p/{project.slug}/traces/{trace}").text

    return write


def test_a_prompt_longer_than_the_context_is_explained(written: Callable[[Stub], str]) -> None:
    with serving("x", bad="400") as stub:
        shown = written(stub)
    assert "The path is longer than the model&#39;s context." in shown
    assert len(stub.seen) == 1


def test_the_name_of_another_model_stands_by_the_answer(written: Callable[[Stub], str]) -> None:
    with serving("So \\boxed{12}.") as stub:
        stub.model = "<b>other</b>"
        shown = written(stub)
    assert "The server says that &lt;b&gt;other&lt;/b&gt; wrote this, not our-4B." in shown
    assert "restarted, not continued" in shown


def test_a_server_that_is_waited_for_can_be_asked_at_once(
    written: Callable[[Stub], str], browser_of: Callable[..., Browser]
) -> None:
    with serving("x", bad="html 502") as stub:
        shown = written(stub)
    assert "The model server answered 502: a web page." in shown
    [at] = re.findall(r'action="(\S+)/ask-again"', shown)
    other = browser_of("annotator")
    sent = {"branch": re.findall(r'data-branch="(\d+)"', shown)[0], "seen": "0"}
    asked = other.post(f"{at}/ask-again", sent)
    assert asked.status_code == 200
    assert "/ask-again" not in asked.text
    assert other.post(f"{at}/ask-again", sent).status_code == 409
