"""What pages show: hostile text escaped, what to do next, warnings; with JavaScript and without."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from sqlalchemy import Engine, select

from app.actions.spending import add_usage
from app.backends.reasoners.base import Usage
from app.db.session import transaction
from app.db.tables import (
    Batch,
    Branch,
    ExecutionRow,
    Job,
    ProblemRow,
    Project,
    ReferenceChange,
    Trace,
)
from app.settings import settings
from tests.web.conftest import Browser

HTMX = {"HX-Request": "true"}
PAGES = ["", "/problems", "/problems/1", "/traces", "/queue", "/batches", "/datasets", "/members"]


@pytest.fixture
def lead(browser_of: Callable[..., Browser]) -> Browser:
    """The lead's browser."""
    return browser_of("lead")


@pytest.fixture
def home(project: Project) -> str:
    """The address of the project."""
    return f"/p/{project.slug}"


def test_hostile_text_is_escaped_on_every_page(lead: Browser, home: str) -> None:
    for path in [*PAGES, "/settings", "/import", "/traces/1"]:
        page = lead.get(f"{home}{path}")
        assert page.status_code == 200, path
        assert "alert(" in page.text, path
        assert live_parts(page.text) == [], path


class LiveParts(HTMLParser):
    """Collects what a browser would run or load that no page of ours has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that should not be there."""
        given = dict(attrs)
        ours = (given.get("src") or "").startswith("/static/")
        if tag in ("img", "iframe", "object") or (tag == "script" and not ours):
            self.found.append(tag)
        self.found += [name for name in given if name.startswith("on") or name == "style"]


def live_parts(text: str) -> list[str]:
    """What a browser would run that no page of ours has."""
    parser = LiveParts()
    parser.feed(text)
    return parser.found


def test_the_first_page_says_what_to_do_next(lead: Browser, home: str) -> None:
    marked = re.search(r'aria-current="step">\s*<h3>(\w+)', lead.get(home).text)
    assert marked
    assert marked[1] == "Reasoner"


def test_the_first_page_shows_what_models_cost(lead: Browser, home: str, engine: Engine) -> None:
    assert 'id="economy"' not in lead.get(home).text
    with transaction(engine) as session:
        branch = session.scalars(select(Branch)).one()
        tokens = Usage(prompt_tokens=9_000, completion_tokens=4_321)
        add_usage(session, branch, "reasoner", tokens)
    page = lead.get(home).text
    assert "Generated" in page
    assert "4,321" in page


def test_a_recorded_reference_is_shown_with_its_history(
    lead: Browser, home: str, engine: Engine
) -> None:
    form = {"raw": "13", "reason": "Counted again."}
    part = lead.post(f"{home}/problems/1/reference", form, headers=HTMX)
    assert "Counted again." in part.text
    assert "<html" not in part.text
    with transaction(engine) as session:
        assert session.scalars(select(ReferenceChange.reason)).all() == ["Counted again."]
        branch = session.scalars(select(Branch)).one()
        assert branch.grade
        assert branch.grade["correct"] is False


def test_without_javascript_a_change_leads_back_to_its_page(lead: Browser, home: str) -> None:
    form = {"raw": "13", "reason": "Counted again."}
    page = lead.post(f"{home}/problems/1/reference", form)
    assert page.url.path == f"{home}/problems/1"
    assert "graded anew" in page.text
    assert "graded anew" not in lead.get(f"{home}/problems/1").text


def test_a_refusal_says_why_and_changes_nothing(lead: Browser, home: str, engine: Engine) -> None:
    refused = lead.post(f"{home}/problems/1/reference", {"raw": "many", "reason": "x"})
    assert refused.status_code == 422
    assert "Give a number" in refused.text
    with transaction(engine) as session:
        assert session.scalars(select(ProblemRow)).one().reference["values"] == ["12"]


def test_a_batch_of_all_that_a_filter_finds_is_started_watched_and_stopped(
    lead: Browser, home: str, engine: Engine
) -> None:
    none = lead.post(f"{home}/batches", {"kind": "generate", "every": "true", "only": "untried"})
    assert none.status_code == 422
    page = lead.post(f"{home}/batches", {"kind": "generate", "every": "true"})
    assert page.url.path == f"{home}/batches/1"
    assert 'hx-trigger="every 2s"' in page.text
    stopped = lead.post(f"{home}/batches/1/stop")
    assert "hx-trigger" not in stopped.text
    assert "Stopped." in stopped.text
    with transaction(engine) as session:
        assert session.scalars(select(Job.state)).all() == ["cancelled"]


def test_a_batch_of_chosen_traces_looks_for_hints(lead: Browser, home: str, engine: Engine) -> None:
    lead.post(f"{home}/batches", {"kind": "propose", "ids": ["1"]})
    with transaction(engine) as session:
        assert session.scalars(select(Batch.kind)).all() == ["propose"]
        assert session.scalars(select(Job.kind)).all() == ["review"]


def test_the_lists_find_what_is_asked_for(lead: Browser, home: str) -> None:
    assert "duck &lt;script" in lead.get(f"{home}/problems?q=DUCKS").text
    assert "No problem is like that." in lead.get(f"{home}/problems?q=100%").text
    assert "No problem is like that." in lead.get(f"{home}/problems?only=unknown").text
    assert "No trace is like that." in lead.get(f"{home}/traces?state=golden").text
    assert lead.get(f"{home}/problems?page=99").status_code == 200
    assert lead.get(f"{home}/problems?page=0").status_code == 422


def test_a_recording_and_missing_isolation_are_said_on_every_page(
    lead: Browser, home: str, project: Project, engine: Engine
) -> None:
    before = lead.get(f"{home}/traces").text
    assert "is a recording" not in before
    assert "without isolation" not in before
    with transaction(engine) as session:
        session.get_one(Project, project.id).reasoner = {"name": "scripted"}
        step = session.scalars(select(Trace)).one().branches[0].steps[0]
        held = {"isolation": {"level": "none", "reason": "no namespaces"}}
        session.add(ExecutionRow(step_id=step.id, branch_id=step.branch_id, execution=held))
    for path in PAGES:
        text = lead.get(f"{home}{path}").text
        assert "is a recording" in text
        assert "without isolation" in text


def test_that_isolation_may_be_missing_is_said_before_anything_ran(
    lead: Browser, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALM_SANDBOX_ALLOW_UNISOLATED", "true")
    settings.cache_clear()
    for path in PAGES:
        assert "may run without isolation" in lead.get(f"{home}{path}").text


def test_members_come_change_and_go(lead: Browser, home: str) -> None:
    people = re.search(r'<option value="(\d+)">', lead.get(f"{home}/members").text)
    assert people is None
    listed = lead.get(f"{home}/members").text
    assert listed.count("Remove") == 1
    mine = re.search(r'name="user_id" value="(\d+)"', listed)
    assert mine
    lead.post(f"{home}/members", {"user_id": mine[1]})
    assert lead.get(f"{home}/members").status_code == 404


def test_a_one_time_address_for_somebody_works(
    browser_of: Callable[..., Browser], anonymous: Browser
) -> None:
    admin = browser_of(None, admin=True)
    admin.post("/users", {"name": "eve"})
    eve = re.search(r"<td>eve</td>.*?/users/(\d+)/once", admin.get("/users").text, re.S)
    assert eve
    shown = admin.post(f"/users/{eve[1]}/once").text
    address = re.search(r"/login/once\?token=[\w-]+", shown)
    assert address
    assert anonymous.get(address[0]).status_code == 200
