"""Trying a hint from its card: what the page offers, shows and refuses."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from app.actions.close_branch import close_branch
from app.actions.projects import ProjectChange, ProjectLimits, change_project
from app.core.roles import SCRIPT
from app.core.trace import Outcome, Step
from app.db.convert import add_steps
from app.db.session import transaction
from app.db.tables import Branch, Job, Project, TrialRow
from tests.web.conftest import HOSTILE, Browser
from tests.web.test_workbench import Desk

DISABLED = r'/try"[^>]* disabled aria-describedby="no-try-'


@pytest.fixture
def desk(engine: Engine, project: Project) -> Desk:
    """A trace to judge."""
    return Desk(engine, project)


@pytest.fixture
def annotator(browser_of: Callable[..., Browser]) -> Browser:
    """Somebody who may judge."""
    return browser_of("annotator")


def tried(desk: Desk, browser: Browser, **form: object) -> int:
    """Press the card's button; the answer's status."""
    address = f"proposals/{desk.proposal}/try"
    status: int = desk.deed(browser, address, **({"k": 2, "shown": 0} | form)).status_code
    return status


def end(desk: Desk, *answers: str | None) -> None:
    """End the trials as workers would: with these answers, None for a model that failed."""
    with transaction(desk.engine) as session:
        for row, answer in zip(desk.rows(TrialRow), answers, strict=False):
            branch = session.get_one(Branch, row.branch_id)
            text = f"So {HOSTILE}.\n</think>\n\\boxed{{{answer}}}"
            if answer:
                add_steps(session, branch, [Step(kind="thought", author="reasoner", text=text)])
            outcome: Outcome = "answered" if answer else "model_error"
            close_branch(session, branch, outcome, f"refused {HOSTILE}")


def said(browser: Browser, desk: Desk) -> list[str]:
    """What the card says of both sides."""
    text = browser.get(f"{desk.at}/review?branch={desk.branch}").text
    found = re.findall(r'role="status"><span>([^<]+)</span> <b>([^<]+)</b>', text)
    return [f"{name} {told}" for name, told in found]


def test_the_card_counts_what_trials_find_and_each_can_be_read(
    desk: Desk, annotator: Browser
) -> None:
    assert "Try it <kbd>T</kbd>" in annotator.get(desk.at).text
    assert tried(desk, annotator) == 303
    assert said(annotator, desk) == ["With it 2 running", "Without it 2 running"]
    assert annotator.get(desk.at).text.count(">…</a>") == 4
    end(desk, "12", "13", None)
    assert said(annotator, desk) == [
        "With it 1 of 2 right",
        "Without it 1 running · 1 did not run",
    ]
    page = annotator.get(desk.at).text
    assert "1 × the model could not be reached or failed" in page
    assert "Try more <kbd>T</kbd>" in page
    assert "<script>alert" not in page
    lineage = annotator.get(f"{desk.at}/lineage").text
    assert lineage.count("<li") == 1
    trial = desk.rows(TrialRow)[0].branch_id
    assert f'href="{desk.at}?branch={trial}"' in page
    reading = annotator.get(f"{desk.at}?branch={trial}").text
    assert "<b>trial of a hint</b>" in reading
    assert "went on with a hint that was tried" in reading
    assert "This is a trial of a hint, to be read only" in reading
    assert "Wrong variables · tried" in reading
    assert "<h2>Proposed hints</h2>" in reading
    for button in ("Accept", "Golden", "Try again", "Undo"):
        assert f"{button} <kbd>" not in reading, button


def test_a_double_click_and_a_stale_page_start_nothing_twice(
    desk: Desk, annotator: Browser
) -> None:
    assert [tried(desk, annotator) for _ in range(2)] == [303, 303]
    assert len(desk.rows(TrialRow)) == 4
    newest = desk.rows(TrialRow)[-1].id
    assert tried(desk, annotator, shown=newest, k=1) == 303
    assert len(desk.rows(TrialRow)) == 6


def test_edited_words_are_tried_as_edited(desk: Desk, annotator: Browser) -> None:
    words = "Ships\r\nare whole."
    assert tried(desk, annotator, words=words, k=1) == 303
    assert desk.rows(TrialRow)[0].words == "Ships\nare whole."
    page = annotator.get(desk.at).text
    assert "Tried as edited: “Ships\nare whole.”" in page
    assert tried(desk, annotator, words="It is 12.", k=1) == 409


def test_trials_can_be_stopped_and_are_read_from_a_rejected_hint(
    desk: Desk, annotator: Browser
) -> None:
    tried(desk, annotator)
    end(desk, "12")
    assert "Stop them" in annotator.get(desk.at).text
    stopped = desk.deed(annotator, f"proposals/{desk.proposal}/stop")
    assert stopped.status_code == 303
    assert {job.state for job in desk.rows(Job)} <= {"cancelled", "queued"}
    assert said(annotator, desk) == [
        "With it 1 of 1 right · 1 did not run",
        "Without it 2 did not run",
    ]
    desk.deed(annotator, f"proposals/{desk.proposal}", decision="reject", reason="no")
    page = annotator.get(desk.at).text
    assert "Stop them" not in page
    assert page.count('id="trial-') == 1
    assert said(annotator, desk)[0] == "With it 1 of 1 right · 1 did not run"
    assert tried(desk, annotator) == 409


def test_the_button_is_disabled_with_its_reason(
    desk: Desk, annotator: Browser, project: Project, browser_of: Callable[..., Browser]
) -> None:
    def change(**values: object) -> str:
        with transaction(desk.engine) as session:
            change_project(session, SCRIPT, project.id, ProjectChange(**values))  # type: ignore[arg-type]
        return annotator.get(desk.at).text

    tried(desk, annotator)
    end(desk, "12", "13", "12", "13")
    page = change(limits=ProjectLimits(max_trials=2))
    assert "Try as edited <kbd>T</kbd>" in page
    assert "A hint is tried at most 2 times in the same words." in page
    page = change(reasoner={"name": "openai", "temperature": 0}, limits=ProjectLimits())
    assert "At temperature 0 the Reasoner goes on in one way only." in page
    assert not re.search(DISABLED, page)
    page = change(limits=ProjectLimits(max_trials=0))
    assert re.search(DISABLED, page)
    assert "This project tries no hints." in page
    assert "Try it" not in browser_of("viewer").get(desk.at).text
