"""People and sessions, as their pages show and change them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select, update

from app.actions import attempts
from app.actions.accounts import create_user, find_user, open_login
from app.core.roles import SCRIPT
from app.core.visitor import visitor_of
from app.db.session import reading, transaction
from app.db.tables import Attempt, Event, Login
from app.db.types import now
from app.web.security import COOKIE
from tests.web.conftest import Browser

PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"


def another(browser: Browser, engine: Engine, name: str) -> Browser:
    """A second browser of the same person."""
    with transaction(engine) as session:
        visitor = visitor_of("203.0.113.7", FIREFOX)
        token = open_login(session, find_user(session, name), "session", visitor)
    client = TestClient(browser.client.app)
    client.cookies.set(COOKIE, token)
    return Browser(client)


@pytest.mark.parametrize("deed", ["one", "others"])
def test_a_session_is_seen_and_ended_from_another(
    browser_of: Callable[..., Browser], engine: Engine, deed: str
) -> None:
    here = browser_of("viewer")
    there = another(here, engine, "viewer False")
    page = here.get("/account/sessions").text
    assert "Firefox, Linux" in page
    assert "IPv4" in page
    assert "203.0.113" not in page
    [address] = set(re.findall(r'action="(/account/sessions/\d+/end)"', page))
    ended = here.post(address if deed == "one" else "/account/sessions/others")
    assert "Firefox" not in ended.text
    assert there.get("/projects").url.path == "/login"
    assert here.get("/projects").url.path == "/projects"
    assert here.post(address).status_code == 404


def test_nobody_ends_the_session_of_somebody_else(
    browser_of: Callable[..., Browser], engine: Engine
) -> None:
    ann, bob = browser_of("viewer"), browser_of("lead")
    with reading(engine) as session:
        mine = session.scalars(select(Login.id).order_by(Login.id)).first()
    assert bob.post(f"/account/sessions/{mine}/end").status_code == 404
    assert ann.get("/projects").url.path == "/projects"


def test_it_is_written_down_when_a_session_was_last_used(
    browser_of: Callable[..., Browser], engine: Engine
) -> None:
    browser, long_ago = browser_of("viewer"), now() - timedelta(days=2)
    with transaction(engine) as session:
        session.execute(update(Login).values(seen_at=long_ago))
    browser.get("/projects")
    with reading(engine) as session:
        assert session.scalars(select(Login.seen_at)).one() > long_ago + timedelta(days=1)


def test_guesses_are_made_to_wait_alike_for_known_and_unknown_names(
    anonymous: Browser, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = now()
    monkeypatch.setattr(attempts, "now", lambda: stopped)
    with transaction(engine) as session:
        create_user(session, SCRIPT, "ann", PASSWORD)
    answers = {}
    for name in ("ann", "nobody"):
        wrong = {"name": name, "password": "guessed it?"}
        answers[name] = [anonymous.post("/login", wrong).status_code for _ in range(6)]
    assert answers["ann"] == answers["nobody"] == [403] * 5 + [429]
    right = anonymous.post("/login", {"name": "ann", "password": PASSWORD})
    assert (right.status_code, right.url.path) == (429, "/login")
    assert "too many tries" in right.text


def test_others_guesses_do_not_shut_out_whoever_came_in_with_this_browser_before(
    anonymous: Browser, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = now()
    monkeypatch.setattr(attempts, "now", lambda: stopped)
    right = {"name": "ann", "password": PASSWORD}
    with transaction(engine) as session:
        for name in ("ann", "bob"):
            create_user(session, SCRIPT, name, PASSWORD)
    anonymous.post("/login", right)
    anonymous.post("/logout", follow_redirects=False)
    other = Browser(TestClient(anonymous.client.app))
    guesses = [other.post("/login", {**right, "password": "a guess"}) for _ in range(6)]
    assert guesses[-1].status_code == 429
    assert other.post("/login", right).status_code == 429
    assert anonymous.post("/login", right).url.path == "/projects"
    wrong = [anonymous.post("/login", {**right, "password": "a guess"}) for _ in range(6)]
    assert [each.status_code for each in wrong] == [403] * 5 + [429]


def test_a_known_browser_is_known_for_its_own_person_alone(
    anonymous: Browser, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = now()
    monkeypatch.setattr(attempts, "now", lambda: stopped)
    with transaction(engine) as session:
        for name in ("ann", "bob"):
            create_user(session, SCRIPT, name, PASSWORD)
    anonymous.post("/login", {"name": "bob", "password": PASSWORD})
    known = anonymous.client.cookies["calm_known"]
    for cookie in (known, known[:-3], "x", ""):
        client = TestClient(anonymous.client.app)
        client.cookies.set("calm_known", cookie)
        Browser(client).post("/login", {"name": "ann", "password": "a guess"})
    with reading(engine) as session:
        counted = session.get(Attempt, attempts.by_name("ann").key)
        assert counted
        assert counted.count == 4


def test_logging_in_and_out_are_events(anonymous: Browser, engine: Engine) -> None:
    with transaction(engine) as session:
        create_user(session, SCRIPT, "ann", PASSWORD)
    anonymous.post("/login", {"name": "ann", "password": PASSWORD})
    anonymous.post("/logout", follow_redirects=False)
    with reading(engine) as session:
        events = session.scalars(select(Event).order_by(Event.id)).all()
        assert [event.verb for event in events[-2:]] == ["log_in", "log_out"]
        assert PASSWORD not in str([event.data for event in events])


def test_an_administrator_names_another_and_keeps_somebody_out(
    browser_of: Callable[..., Browser], engine: Engine
) -> None:
    admin = browser_of("lead", admin=True)
    ann = browser_of("viewer")
    with reading(engine) as session:
        user_id = find_user(session, "viewer False").id
    made = admin.post(f"/users/{user_id}/admin", {"on": "true"}, headers={"HX-Request": "true"})
    assert "No administrator any more" in made.text
    assert ann.get("/users").status_code == 200
    assert "Let in again" in admin.post(f"/users/{user_id}/active").text
    assert ann.get("/projects").url.path == "/login"
    assert admin.post(f"/users/{user_id}/active", {"on": "true"}).status_code == 200


def test_a_person_is_removed_by_typing_the_name_once_more(
    browser_of: Callable[..., Browser], engine: Engine
) -> None:
    admin, ann = browser_of("lead", admin=True), browser_of("viewer")
    with reading(engine) as session:
        user_id = find_user(session, "viewer False").id
    address = f"/users/{user_id}/remove"
    assert "removed person" in admin.get(address).text
    assert admin.post(address, {"name": "somebody else"}).status_code == 422
    done = admin.post(address, {"name": "viewer False"})
    assert f"removed person {user_id}" in done.text
    assert "viewer False" not in admin.get("/users").text
    assert ann.get("/projects").url.path == "/login"
