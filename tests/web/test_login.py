"""Logging in: by password, by a one-time address, and what keeps others out."""

import re

import pytest
from sqlalchemy import Engine

from app.actions.accounts import create_user, open_login
from app.core.roles import SCRIPT
from app.db.session import transaction
from app.web.security import COOKIE
from tests.web.conftest import Browser

PASSWORD = "correct horse battery"


@pytest.fixture
def ada(engine: Engine) -> int:
    """A person with a password."""
    with transaction(engine) as session:
        return create_user(session, SCRIPT, "ada", PASSWORD, admin=True).id


def test_a_password_opens_a_session_and_logging_out_ends_it(anonymous: Browser, ada: int) -> None:
    before = anonymous.get("/login").cookies.get(COOKIE)
    entered = anonymous.post("/login", {"name": "ada", "password": PASSWORD, "next": "/projects"})
    assert entered.url.path == "/projects"
    token = anonymous.client.cookies[COOKIE]
    assert token != before
    anonymous.post("/logout", follow_redirects=False)
    assert COOKIE not in anonymous.client.cookies
    anonymous.client.cookies.set(COOKIE, token)
    assert anonymous.get("/projects").url.path == "/login"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    anonymous: Browser, ada: int
) -> None:
    form = {"name": "ada", "password": PASSWORD}
    answer = anonymous.post("/login", form, follow_redirects=False)
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert {"httponly", "samesite=lax"} <= set(cookie.lower().split("; "))


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    anonymous: Browser, ada: int
) -> None:
    wrong = anonymous.post("/login", {"name": "ada", "password": "wrong password"})
    unknown = anonymous.post("/login", {"name": "eve", "password": "wrong password"})
    assert (wrong.status_code, unknown.status_code) == (403, 403)
    masked_anew = r"[0-9a-f]{128}"
    assert re.sub(masked_anew, "", wrong.text) == re.sub(masked_anew, "", unknown.text)


def test_a_one_time_address_works_once(anonymous: Browser, engine: Engine, ada: int) -> None:
    with transaction(engine) as session:
        user = create_user(session, SCRIPT, "bob", None)
        token = open_login(session, user, "once")
    address = f"/login/once?token={token}"
    opened = anonymous.get(address)
    assert opened.url.path == "/projects"
    assert "no password yet" in opened.text
    anonymous.client.cookies.clear()
    assert anonymous.get(address).status_code == 403


def test_a_first_password_can_be_set_and_then_used(anonymous: Browser, engine: Engine) -> None:
    with transaction(engine) as session:
        token = open_login(session, create_user(session, SCRIPT, "bob", None), "once")
    anonymous.get(f"/login/once?token={token}")
    assert anonymous.post("/account", {"password": "short"}).status_code == 422
    assert anonymous.post("/account", {"password": PASSWORD}).url.path == "/projects"
    anonymous.client.cookies.clear()
    assert anonymous.post("/login", {"name": "bob", "password": PASSWORD}).url.path == "/projects"


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"],
)
def test_a_login_never_leads_to_another_site(anonymous: Browser, ada: int, elsewhere: str) -> None:
    form = {"name": "ada", "password": PASSWORD, "next": elsewhere}
    assert anonymous.post("/login", form, follow_redirects=False).headers["location"] == "/"


def test_an_address_can_not_put_words_on_the_login_page(anonymous: Browser) -> None:
    page = anonymous.get("/login?problem=Call+the+help+desk&status=418")
    assert page.status_code == 200
    assert "help desk" not in page.text


def test_a_form_that_htmx_sends_without_a_session_is_no_success(anonymous: Browser) -> None:
    lost = anonymous.post("/account", {"password": PASSWORD}, headers={"HX-Request": "true"})
    assert lost.status_code == 401
    assert lost.headers["HX-Retarget"] == "#message"
    assert "Your session has ended." in lost.text
    assert 'href="/login"' in lost.text


def test_htmx_comes_back_to_the_page_that_it_was_on(anonymous: Browser, ada: int) -> None:
    page = {
        "HX-Request": "true",
        "HX-Current-URL": "http://testserver/p/a/traces/7?branch=9#step-2",
    }
    lost = anonymous.post("/account", {"password": PASSWORD}, headers=page)
    [address] = re.findall(r'href="(\S+)"', lost.text)
    assert address == "/login?next=/p/a/traces/7%3Fbranch%3D9"
    assert 'value="/p/a/traces/7?branch=9"' in anonymous.get(address).text
