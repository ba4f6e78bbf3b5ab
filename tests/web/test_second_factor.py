"""The second factor on its pages, and at the door."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from pyotp import TOTP
from sqlalchemy import Engine

from app.actions import second_factor
from app.actions.accounts import create_user, open_login
from app.core.roles import SCRIPT
from app.db.session import transaction
from app.db.types import now
from app.web.security import COOKIE
from tests.web.conftest import Browser

PASSWORD = "correct horse battery"
PAGE = "/account/second-factor"


class Clock:
    """The time, which a test moves on."""

    def __init__(self) -> None:
        self.at = now()

    def code(self, secret: str) -> str:
        """What an app shows half a minute later than the last time."""
        self.at += timedelta(seconds=30)
        return TOTP(secret).at(self.at)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the codes."""
    made = Clock()
    monkeypatch.setattr(second_factor, "now", lambda: made.at)
    return made


@pytest.fixture
def secret(anonymous: Browser, engine: Engine, clock: Clock) -> str:
    """The secret of somebody who has just switched their second factor on, and is logged in."""
    with transaction(engine) as session:
        create_user(session, SCRIPT, "ann", PASSWORD)
    anonymous.post("/login", {"name": "ann", "password": PASSWORD})
    page = anonymous.post(PAGE).text
    assert "<svg" in page
    assert "style=" not in page
    [shown] = re.findall(r"Secret <code>([A-Z2-7 ]+)</code>", page)
    found = shown.replace(" ", "")
    codes = anonymous.post(f"{PAGE}/confirm", {"code": clock.code(found)}).text
    assert len(re.findall(r"<code>(?:[0-9a-f]{4}-){3}[0-9a-f]{4}</code>", codes)) == 10
    assert found not in anonymous.get(PAGE).text.replace(" ", "")
    return found


def test_a_password_alone_is_halfway(anonymous: Browser, secret: str, clock: Clock) -> None:
    anonymous.client.cookies.clear()
    form = {"name": "ann", "password": PASSWORD, "next": "/account"}
    asked = anonymous.post("/login", form)
    assert asked.url.path == "/login/code"
    assert anonymous.get("/account").url.path == "/login"
    halfway = anonymous.client.cookies[COOKIE]
    wrong = anonymous.post("/login/code", {"code": "12345"})
    assert (wrong.status_code, "wrong, or was used" in wrong.text) == (403, True)
    code = {"code": clock.code(secret), "next": "/account"}
    assert anonymous.post("/login/code", code).url.path == "/account"
    assert anonymous.client.cookies[COOKIE] != halfway
    anonymous.client.cookies.clear()
    anonymous.post("/login", form)
    assert anonymous.post("/login/code", code).status_code == 403


def test_a_one_time_address_asks_for_it_too(
    anonymous: Browser, engine: Engine, secret: str
) -> None:
    anonymous.client.cookies.clear()
    with transaction(engine) as session:
        user = second_factor.person_of(session, 1)
        token = open_login(session, user, "once")
    assert anonymous.get(f"/login/once?token={token}").url.path == "/login/code"


def test_codes_can_not_be_tried_without_end(anonymous: Browser, secret: str) -> None:
    anonymous.client.cookies.clear()
    anonymous.post("/login", {"name": "ann", "password": PASSWORD})
    tried = [anonymous.post("/login/code", {"code": "x"}).status_code for _ in range(6)]
    assert tried == [403] * 5 + [429]


def test_nobody_comes_to_the_code_without_the_password(anonymous: Browser) -> None:
    assert anonymous.get("/login/code").url.path == "/login"
    assert anonymous.post("/login/code", {"code": "1"}).url.path == "/login"


def test_a_code_leads_to_no_other_site(anonymous: Browser, secret: str, clock: Clock) -> None:
    anonymous.client.cookies.clear()
    anonymous.post("/login", {"name": "ann", "password": PASSWORD})
    elsewhere = {"code": clock.code(secret), "next": "https://evil.example"}
    answer = anonymous.post("/login/code", elsewhere, follow_redirects=False)
    assert answer.headers["location"] == "/"
    assert quote("https://evil.example") not in answer.text


def test_it_is_switched_off_with_a_code(anonymous: Browser, secret: str, clock: Clock) -> None:
    assert anonymous.post(f"{PAGE}/off", {"code": "x"}).status_code == 403
    off = anonymous.post(f"{PAGE}/off", {"code": clock.code(secret)})
    assert "It is switched off." in off.text
    anonymous.client.cookies.clear()
    assert anonymous.post("/login", {"name": "ann", "password": PASSWORD}).url.path == "/projects"


def test_an_administrator_switches_it_off(anonymous: Browser, engine: Engine, secret: str) -> None:
    with transaction(engine) as session:
        token = open_login(session, create_user(session, SCRIPT, "root", None, True), "session")
    anonymous.client.cookies.clear()
    anonymous.client.cookies.set(COOKIE, token)
    [address] = re.findall(r'action="(/users/\d+/second-factor/off)"', anonymous.get("/users").text)
    assert "second-factor/off" not in anonymous.post(address).text
