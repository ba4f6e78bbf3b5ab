"""The history's pages and files: what happened in words, filtered, in pages, and for whom."""

import ast
import csv
import html
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from app.actions.accounts import create_user, set_role
from app.actions.record import WORKER, from_to, record
from app.core.roles import SCRIPT, Actor
from app.db.session import transaction
from app.db.tables import Claim, Project, Trace
from app.db.types import now
from app.settings import ROOT
from app.web.views.history import VERBS
from tests.web.conftest import HOSTILE, Browser


def happen(engine: Engine, project: Project, verb: str, actor: Actor = SCRIPT, **data: Any) -> None:
    """Record something on the project's trace."""
    with transaction(engine) as session:
        trace = session.scalars(select(Trace)).one()
        place = {"project_id": project.id, "trace_id": trace.id}
        record(session, actor, verb, f"trace:{trace.id}", **place, **data)


def actor_named(engine: Engine, project: Project, name: str) -> Actor:
    """A person of the project."""
    with transaction(engine) as session:
        user = create_user(session, SCRIPT, name, None)
        set_role(session, SCRIPT, project.id, user.id, "annotator")
        return Actor(kind="person", name=name, id=user.id, role="annotator")


@pytest.fixture
def lead(browser_of: Callable[..., Browser]) -> Browser:
    """A lead's browser."""
    return browser_of("lead")


def test_an_event_says_who_what_and_from_what_to_what(
    lead: Browser, engine: Engine, project: Project
) -> None:
    told = from_to({"state": "review", "limits": {"a": 1, "b": 2}}, {"state": "golden"})
    happen(engine, project, "golden", actor_named(engine, project, "anna"), **told, reason=HOSTILE)
    page = lead.get(f"/p/{project.slug}/history").text
    assert "anna</a> called it golden" in page
    assert "<del>review</del> → <ins>golden</ins>" in page
    assert "limits: a" in page
    assert HOSTILE not in page
    assert page.count("<q>") == 1


def test_filters_leave_what_was_asked_for(lead: Browser, engine: Engine, project: Project) -> None:
    anna = actor_named(engine, project, "anna")
    happen(engine, project, "golden", anna)
    happen(engine, project, "review", WORKER)
    at = f"/p/{project.slug}/history"
    today, tomorrow = (datetime.now(UTC).date() + timedelta(days=n) for n in (0, 1))

    def verbs(query: str) -> list[str]:
        lines = lead.get(f"{at}.jsonl?{query}").text.splitlines()
        return [json.loads(line)["verb"] for line in lines]

    assert verbs(f"person={anna.id}") == ["golden"]
    assert verbs("person=worker") == ["review"]
    assert verbs("verb=review") == ["review"]
    assert verbs("subject=trace:1") == ["golden", "review"]
    assert verbs("subject=problem:1") == ["golden", "review"]
    for nothing in ("trace:99", "trace:x", "trace:", "problem:x"):
        assert verbs(f"subject={nothing}") == [], nothing
    assert verbs(f"since={today}&until={today}&verb=golden") == ["golden"]
    assert verbs(f"since={tomorrow}") == []
    for odd in ("since=x", "person=%00", "person=99999999999", "subject=trace:x", "verb=%F0%9F"):
        assert lead.get(f"{at}?{odd}").status_code in (200, 422), odd


def test_pages_follow_each_other_without_a_gap(
    lead: Browser, engine: Engine, project: Project
) -> None:
    for number in range(120):
        happen(engine, project, "golden", number=number)
    seen: list[str] = []
    address = f"/p/{project.slug}/history?verb=golden"
    while address:
        page = lead.get(address).text
        seen += [part.partition('"')[0] for part in page.split('id="event-')[1:]]
        found = re.search(r'href="([^"]*)" rel="next"', page)
        address = f"/p/{project.slug}/history{html.unescape(found[1])}" if found else ""
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, key=int, reverse=True)


def test_a_csv_opens_in_a_spreadsheet_without_formulas(
    lead: Browser, engine: Engine, project: Project
) -> None:
    told = from_to({"state": "review"}, {"state": "unsure"})
    happen(engine, project, "unsure", **told, reason="=1+1", branch=4)
    answer = lead.get(f"/p/{project.slug}/history.csv?verb=unsure")
    [row] = csv.DictReader(io.StringIO(answer.text))
    assert answer.headers["content-disposition"].endswith('-history.csv"')
    assert (row["who"], row["channel"], row["reason"]) == ("calm", "command", "'=1+1")
    assert json.loads(row["before"]) == {"state": "review"}
    assert json.loads(row["data"]) == {"branch": 4}


def test_who_may_not_review_sees_their_own_and_what_no_person_did(
    browser_of: Callable[..., Browser], engine: Engine, project: Project
) -> None:
    happen(engine, project, "golden", actor_named(engine, project, "anna"))
    happen(engine, project, "review", WORKER)
    for role, sees in {"annotator": False, "viewer": False, "reviewer": True}.items():
        browser = browser_of(role)
        for address in ("history", "history.csv", "history/recent?subject=trace:1"):
            text = browser.get(f"/p/{project.slug}/{address}").text
            assert ("anna" in text) == sees, (role, address)
            assert "worker" in text


def test_a_reviewer_who_may_still_judge_sees_nothing_of_others(
    browser_of: Callable[..., Browser], engine: Engine, project: Project
) -> None:
    happen(engine, project, "golden", actor_named(engine, project, "anna"))
    reviewer, admin = browser_of("reviewer"), browser_of(None, admin=True)
    with transaction(engine) as session:
        session.scalars(select(Trace)).one().overlap = 2
    address = f"/p/{project.slug}/history.csv"
    assert "anna" not in reviewer.get(address).text
    assert "anna" in admin.get(address).text
    with transaction(engine) as session:
        for claim in session.scalars(select(Claim)):
            claim.done_at = now()
    assert "anna" in reviewer.get(address).text


def test_pages_show_what_happened_to_their_thing(
    lead: Browser, engine: Engine, project: Project
) -> None:
    at = f"/p/{project.slug}"
    lead.post(f"{at}/problems/1/reference", {"raw": "13", "reason": "counted again"})
    recent = lead.get(f"{at}/history/recent?subject=problem:1").text
    assert "<del>12</del> → <ins>13</ins>" in recent
    assert "counted again" in recent
    for address in ("problems/1", "traces/1"):
        assert f"{at}/history/recent?subject=" in lead.get(f"{at}/{address}").text


def test_what_belongs_to_no_project_is_for_administrators(
    browser_of: Callable[..., Browser], project: Project
) -> None:
    admin = browser_of(None, admin=True)
    assert "user 1</span>" in admin.get("/history").text
    assert "user 1</span>" not in browser_of("lead").get(f"/p/{project.slug}/history").text
    verbs = [json.loads(line)["verb"] for line in admin.get("/history.jsonl").text.splitlines()]
    assert {"create_user", "set_role", "create_project"} <= set(verbs)


RECORDERS = {"record", "record_on_trace", "record_on_branch", "_record", "_tell", "record_change"}


def test_every_verb_has_words() -> None:
    said = set()
    for file in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RECORDERS:
                texts = (getattr(each, "value", None) for each in node.args)
                said |= {text for text in texts if isinstance(text, str) and ":" not in text}
    assert said - set(VERBS) == set()
