"""People talk about a trace beside it, and whoever is mentioned is told."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from app.actions.accounts import find_user, set_role
from app.core.roles import SCRIPT
from app.db.session import transaction
from app.db.tables import Claim, Comment, Event, Project, StepRow, Thread, Trace
from tests.web.conftest import HOSTILE, Browser
from tests.web.test_workbench import Desk

Browsers = Callable[..., Browser]


@pytest.fixture
def desk(engine: Engine, project: Project) -> Desk:
    """A trace to talk about."""
    return Desk(engine, project)


def talk(browser: Browser, desk: Desk) -> str:
    return browser.get(f"{desk.at}/talk?branch={desk.branch}").text


def test_a_thread_on_a_step_is_answered_resolved_and_opened_again(
    desk: Desk, browser_of: Browsers
) -> None:
    one, other = browser_of("annotator"), browser_of("reviewer")
    step = desk.rows(StepRow)[1].id
    begun = desk.deed(one, "threads", text=f"Is it integer? {HOSTILE}", about=f"step:{step}")
    assert begun.headers["location"].endswith("#talk")
    (thread,) = desk.rows(Thread)
    text = talk(other, desk)
    assert '<a href="#step-2">Step 2</a>' in text
    assert "1 open thread" in text
    assert HOSTILE not in text
    desk.deed(other, f"threads/{thread.id}", text="It is.")
    desk.deed(one, f"threads/{thread.id}/resolve")
    assert "resolved" in talk(other, desk)
    assert desk.deed(other, f"threads/{thread.id}/resolve").status_code == 409
    desk.deed(other, f"threads/{thread.id}", text="No, wait.")
    assert "1 open thread" in talk(one, desk)
    verbs = [event.verb for event in desk.rows(Event) if event.subject.startswith(("c", "th"))]
    assert verbs == ["comment", "comment", "resolve_thread", "comment"]


def test_whoever_is_mentioned_is_told_until_they_have_seen_it(
    desk: Desk, browser_of: Browsers
) -> None:
    one, other = browser_of("annotator"), browser_of("reviewer")
    browser_of(None)  # named too, but no member of the project
    text = "@reviewer False and @None False, and @annotator False: look"
    desk.deed(one, "threads", text=text, about=f"proposal:{desk.proposal}")
    assert "1 new mention" in other.get("/account").text
    assert "1 new mention" not in one.get("/account").text
    page = other.get("/mentions").text
    assert f'#thread-{desk.rows(Thread)[0].id}"' in page
    other.post("/mentions")
    assert "new mention" not in other.get("/mentions").text
    assert "Nobody has mentioned you" in one.get("/mentions").text


def test_who_left_the_project_is_told_of_nothing(
    desk: Desk, engine: Engine, browser_of: Browsers, project: Project
) -> None:
    """The number beside the name counts what the list has, so that it can be cleared."""
    one, other = browser_of("annotator"), browser_of("reviewer")
    desk.deed(one, "threads", text="@reviewer False look")
    assert "1 new mention" in other.get("/projects").text
    with transaction(engine) as session:
        user = find_user(session, "reviewer False")
        set_role(session, SCRIPT, project.id, user.id, None)
    assert "new mention" not in other.get("/projects").text


def test_only_its_author_withdraws_what_was_said_and_the_event_stays(
    desk: Desk, browser_of: Browsers
) -> None:
    one, other = browser_of("annotator"), browser_of("reviewer")
    desk.deed(one, "threads", text="Unkind words, @reviewer False")
    (comment,) = desk.rows(Comment)
    assert desk.deed(other, f"comments/{comment.id}/withdraw").status_code == 409
    desk.deed(one, f"comments/{comment.id}/withdraw")
    assert "Unkind words" not in talk(other, desk)
    assert "Nobody has mentioned you" in other.get("/mentions").text
    assert "Unkind words" in desk.rows(Comment)[0].text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"text": " "}, 422),
        ({"text": "x" * 4001}, 422),
        ({"text": "x", "about": "step:999999"}, 404),
        ({"text": "x", "about": "proposal:999999"}, 404),
        ({"text": "x", "about": "trace:1"}, 422),
        ({"text": "x", "about": "step:-1"}, 422),
    ],
)
def test_what_can_not_be_said_changes_nothing(
    desk: Desk, browser_of: Browsers, form: dict[str, str], status: int
) -> None:
    assert desk.deed(browser_of("annotator"), "threads", **form).status_code == status
    assert desk.rows(Thread) == []


def test_under_overlap_nobody_reads_another_before_they_are_done(
    desk: Desk, browser_of: Browsers
) -> None:
    with transaction(desk.engine) as session:
        session.get_one(Trace, desk.trace).overlap = 2
        session.add(Claim(trace_id=desk.trace, slot=2))
    one, other = browser_of("annotator"), browser_of("lead")
    for each in (one, other):
        desk.deed(each, "claim")
    desk.deed(one, "threads", text="Golden, @lead False?")
    (thread,) = desk.rows(Thread)
    assert "Golden" in talk(one, desk)
    assert "Golden" not in talk(other, desk)
    assert "Golden" not in other.get("/mentions").text
    assert desk.deed(other, f"threads/{thread.id}", text="Yes.").status_code == 404
    desk.deed(other, "verdict", decision="unsure", reason="so")
    assert "Golden" in talk(other, desk)


def test_the_form_names_what_is_on_the_page(desk: Desk, browser_of: Browsers) -> None:
    annotator = talk(browser_of("annotator"), desk)
    assert re.findall(r"<option[^>]*>([^<]+)", annotator)[:2] == [
        "The whole trace",
        "Hint: Wrong variables",
    ]
    assert "<form" not in talk(browser_of("viewer"), desk)
