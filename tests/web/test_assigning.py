"""The pages of assignment: leads set who gets what, and people read why a trace is there."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select, update

from app.db.session import transaction
from app.db.tables import Assignment, Group, Knowledge, ProblemRow, Project, Rule, Trace, User
from tests.web.conftest import HOSTILE, Browser

Browsers = Callable[..., Browser]


def at(project: Project, path: str = "") -> str:
    return f"/p/{project.slug}/assignment{path}"


def id_of(engine: Engine, name: str) -> int:
    with transaction(engine) as session:
        return session.scalars(select(User.id).where(User.name == name)).one()


def test_groups_knowledge_and_rules_are_made_shown_and_taken_away(
    browser_of: Browsers, engine: Engine, project: Project
) -> None:
    lead, ana = browser_of("lead"), id_of_annotator(browser_of, engine)
    lead.post(at(project, "/groups"), {"name": f"Integer {HOSTILE}"})
    with transaction(engine) as session:
        group = session.scalars(select(Group)).one()
        session.execute(update(ProblemRow).values(source="IndustryOR"))
    lead.post(at(project, f"/groups/{group.id}"), {"name": "Integer", "members": [ana]})
    lead.post(at(project, f"/members/{ana}"), {"skills": "mip, lp", "languages": "zh"})
    form = {"source": "IndustryOR", "to": "skill:mip", "exclusive": "true", "max_day": "3"}
    lead.post(at(project, "/rules"), form)
    text = lead.get(at(project)).text
    assert HOSTILE not in text
    for words in ("benchmark IndustryOR", "the skill mip", "3 a day", "lp, mip"):
        assert words in text
    with transaction(engine) as session:
        rule = session.scalars(select(Rule)).one()
        assert session.scalars(select(Knowledge.value).order_by("value")).all() == [
            *("lp", "mip", "zh")
        ]
    lead.post(at(project, f"/rules/{rule.id}/remove"))
    lead.post(at(project, f"/groups/{group.id}/archive"))
    assert "No rule says to whom" in lead.get(at(project)).text


def id_of_annotator(browser_of: Browsers, engine: Engine) -> int:
    browser_of("annotator")
    return id_of(engine, "annotator False")


@pytest.mark.parametrize(
    "form",
    [
        {"to": "person:x"},
        {"to": "group:999"},
        {"to": "person:999"},
        {"max_day": "0"},
        {"max_open": "many"},
        {"language": "klingon"},
        {"to": "skill:" + "x" * 61},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_and_nothing_is_made(
    browser_of: Browsers, engine: Engine, project: Project, form: dict[str, str]
) -> None:
    answer = browser_of("lead").post(at(project, "/rules"), form, follow_redirects=False)
    assert answer.status_code in (404, 422)
    with transaction(engine) as session:
        assert session.scalars(select(Rule)).all() == []


def test_people_say_which_languages_they_know(
    browser_of: Browsers, engine: Engine, project: Project
) -> None:
    ana = browser_of("annotator")
    ana.post(f"/p/{project.slug}/members/languages", {"languages": "Chinese, en"})
    assert 'value="en, zh"' in ana.get(f"/p/{project.slug}/members").text
    with transaction(engine) as session:
        assert set(session.scalars(select(Knowledge.value))) == {"en", "zh"}
    answer = ana.post(f"/p/{project.slug}/members/languages", {"languages": "klingon"})
    assert answer.status_code == 422


def test_the_queue_and_the_trace_say_why_it_is_there_and_next_why_nothing_is(
    browser_of: Browsers, engine: Engine, project: Project
) -> None:
    lead, ana, bob = browser_of("lead"), browser_of("annotator"), browser_of("reviewer")
    queue = f"/p/{project.slug}/queue"
    with transaction(engine) as session:
        trace_id = session.scalars(select(Trace.id)).one()
        people = {user.name: user.id for user in session.scalars(select(User))}
        given = Assignment(trace_id=trace_id, user_id=people["annotator False"])
        given.by_id = people["lead False"]
        session.add(given)
    assert "assigned to you by lead False" in ana.get(queue).text
    assert "assigned to annotator False by lead False" in bob.get(queue).text
    assert "assigned to you" in ana.get(f"/p/{project.slug}/traces/{trace_id}").text
    assert "What waits here goes to others." in bob.post(f"{queue}/next").text
    assert "No trace is like that" in bob.get(f"{queue}?assigned=mine").text
    for place in ("person:x", "nonsense", f"group:{trace_id}", "person:99999999999"):
        assert "No trace is like that" in lead.get(f"{queue}?assigned={place}").text
    assert f"/traces/{trace_id}" in str(ana.post(f"{queue}/next").url)
