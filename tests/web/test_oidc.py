"""Coming in by a provider, which is a real process here: honest, lying, late, and away."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select, update

from app.actions.accounts import create_user
from app.core.roles import SCRIPT
from app.db import clock
from app.db.session import reading, transaction
from app.db.tables import Event, IdentityRow, SecondFactor, User
from app.db.types import now
from app.settings import Settings, settings
from tests.oidc_provider import ANN, CLIENT, SECRET, Running, provider_process
from tests.web.conftest import Browser

CALLBACK = "/login/oidc/callback"
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    """The provider's process."""
    with provider_process() as running:
        yield running


@pytest.fixture
def provider(process: Running, configured: Settings, monkeypatch: pytest.MonkeyPatch) -> Running:
    """An honest provider that the settings name, and by which anybody is let in."""
    named = {
        "oidc_issuer": process.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_lets_in": "*",
        "public_url": "http://testserver",
    }
    for name, value in named.items():
        monkeypatch.setattr(settings(), name, value)
    process.behave()
    return process


def leave(browser: Browser, address: str = "/login/oidc") -> str:
    """Set out for the provider; gives the address there."""
    return str(browser.get(address, follow_redirects=False).headers["location"])


def come_in(browser: Browser, provider: Running, address: str = "/login/oidc") -> Any:
    """There and back again."""
    return browser.get(provider.visit(leave(browser, address)))


def stranger(browser: Browser) -> Browser:
    """A browser that was never here."""
    return Browser(TestClient(browser.client.app))


def people(engine: Engine) -> list[str]:
    """Everybody's name."""
    with reading(engine) as session:
        return list(session.scalars(select(User.name).order_by(User.id)))


def test_somebody_new_gets_an_account_and_has_it_the_next_time(
    anonymous: Browser, engine: Engine, provider: Running
) -> None:
    assert "Log in with OpenID Connect" in anonymous.get("/login").text
    came = come_in(anonymous, provider, "/login/oidc?next=/account")
    assert came.url.path == "/account"
    assert "ann@example.org" in came.text
    provider.behave(user={**ANN, "preferred_username": "renamed"})
    assert come_in(stranger(anonymous), provider).url.path == "/projects"
    assert people(engine) == ["ann"]
    with reading(engine) as session:
        events = session.scalars(select(Event)).all()
        assert [event.verb for event in events] == [
            *("create_user", "join_identity", "log_in", "log_in")
        ]
        assert "1001" not in str([event.data for event in events])


def test_the_way_there_is_protected(anonymous: Browser, provider: Running) -> None:
    asked = leave(anonymous)
    for part in ("response_type=code", "code_challenge_method=S256", "nonce=", "state="):
        assert part in asked
    assert SECRET not in asked
    cookie = anonymous.client.cookies["calm_oidc"]
    state = re.findall(r"state=([^&]+)", asked)[0]
    assert state not in cookie


@pytest.mark.parametrize(
    ("allowed", "email", "verified", "let_in"),
    [
        ("", "eve@example.org", True, False),
        ("example.org", "eve@example.org", True, True),
        ("example.com, EXAMPLE.org", "eve@Example.Org", True, True),
        ("example.org", "eve@example.org", False, False),
        ("example.org", "eve@notexample.org", True, False),
        ("example.org", "", True, False),
    ],
)
def test_somebody_new_is_let_in_as_the_settings_say(
    anonymous: Browser,
    engine: Engine,
    provider: Running,
    monkeypatch: pytest.MonkeyPatch,
    allowed: str,
    email: str,
    verified: bool,
    let_in: bool,
) -> None:
    monkeypatch.setattr(settings(), "oidc_lets_in", allowed)
    provider.behave(user={"sub": "7", "name": "Eve", "email": email, "email_verified": verified})
    came = come_in(anonymous, provider)
    assert (came.status_code == 200, people(engine) == ["Eve"]) == (let_in, let_in)
    assert let_in or "No account here belongs" in came.text


def test_nobody_gets_into_an_account_by_its_name_or_mail_address(
    anonymous: Browser, engine: Engine, provider: Running
) -> None:
    with transaction(engine) as session:
        create_user(session, SCRIPT, "ann", PASSWORD, admin=True).email = "ann@example.org"
    come_in(anonymous, provider)
    assert people(engine) == ["ann", "ann 2"]
    assert anonymous.get("/users").status_code == 403


def test_whoever_is_logged_in_connects_their_account_and_lets_go_of_it(
    browser_of: Callable[..., Browser], anonymous: Browser, engine: Engine, provider: Running
) -> None:
    bob = browser_of("lead")
    onward = bob.post("/account/oidc")
    assert onward.status_code == 200
    address = onward.headers["Refresh"].partition("url=")[2]
    assert bob.get(provider.visit(address)).url.path == "/account"
    came = come_in(anonymous, provider)
    assert "lead False" in came.text
    refused = bob.post("/account/oidc/1/forget")
    assert (refused.status_code, "Set a password first" in refused.text) == (409, True)
    with transaction(engine) as session:
        session.execute(update(User).values(password_hash="anything"))
    assert provider.issuer not in bob.post("/account/oidc/1/forget").text
    with reading(engine) as session:
        assert session.scalars(select(IdentityRow)).all() == []


def test_an_identity_is_one_persons(
    browser_of: Callable[..., Browser], anonymous: Browser, provider: Running
) -> None:
    come_in(anonymous, provider)
    bob = browser_of("lead")
    address = bob.post("/account/oidc").headers["Refresh"].partition("url=")[2]
    assert "Somebody else here" in bob.get(provider.visit(address)).text
    assert bob.post("/account/oidc/1/forget").status_code == 404


def test_a_connection_is_made_for_whoever_began_it_alone(
    browser_of: Callable[..., Browser], engine: Engine, provider: Running
) -> None:
    bob = browser_of("lead")
    address = bob.post("/account/oidc").headers["Refresh"].partition("url=")[2]
    back = provider.visit(address)
    bob.post("/logout", follow_redirects=False)
    assert bob.get(back).status_code == 403
    with reading(engine) as session:
        assert session.scalars(select(IdentityRow)).all() == []


def test_whoever_is_deactivated_does_not_come_in(
    anonymous: Browser, engine: Engine, provider: Running
) -> None:
    come_in(anonymous, provider)
    with transaction(engine) as session:
        session.execute(update(User).values(active=False))
    assert come_in(stranger(anonymous), provider).status_code == 403


LIES: dict[str, dict[str, Any]] = {
    "another issuer signed": {"claims": {"iss": "https://evil.example"}},
    "it is for another client": {"claims": {"aud": "somebody-else"}},
    "for several, and not ours to use": {"claims": {"aud": [CLIENT, "b"], "azp": "b"}},
    "another nonce": {"claims": {"nonce": "another"}},
    "no subject": {"claims": {"sub": None}},
    "it ran out": {"seconds": -400},
    "its clock is far ahead": {"seconds": 400},
    "another key signed": {"stranger": True},
    "another access token": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
}


@pytest.mark.parametrize("lie", LIES)
def test_what_can_not_be_believed_lets_nobody_in(
    anonymous: Browser, engine: Engine, provider: Running, lie: str
) -> None:
    provider.behave(**LIES[lie])
    came = come_in(anonymous, provider)
    assert (came.status_code, "not accepted" in came.text) == (403, True), lie
    assert people(engine) == []


@pytest.mark.parametrize("seconds", [-330, -45, 45])
def test_a_clock_may_be_off_by_a_little(
    anonymous: Browser, provider: Running, seconds: int
) -> None:
    provider.behave(seconds=seconds)
    assert come_in(anonymous, provider).status_code == 200


def test_what_is_late_is_told_by_the_databases_clock(
    anonymous: Browser, provider: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To it the web server's own clock is an hour slow."""

    def set_clock(ahead: timedelta) -> None:
        told = clock._Told(datetime.now(UTC) + ahead, clock._steady())
        monkeypatch.setattr(clock, "_told", told)

    set_clock(timedelta(hours=1))
    assert "not accepted" in come_in(anonymous, provider).text
    provider.behave(seconds=3600)
    assert come_in(anonymous, provider).url.path == "/projects"
    late = stranger(anonymous)
    back = provider.visit(leave(late))
    set_clock(timedelta(hours=1, minutes=11))
    assert "took too long" in late.get(back).text


AWAY: dict[str, dict[str, Any]] = {
    "says nothing of itself": {"broken": "/.well-known/openid-configuration"},
    "calls itself another": {"metadata": {"issuer": "https://evil.example"}},
    "gives no token": {"broken": "/token"},
    "gives no keys": {"broken": "/keys"},
    "is not where it says": {"metadata": {"token_endpoint": "http://127.0.0.1:9/token"}},
}


@pytest.mark.parametrize("fault", AWAY)
def test_a_provider_that_is_away_is_said_to_be(
    anonymous: Browser, engine: Engine, provider: Running, fault: str
) -> None:
    back = provider.visit(leave(anonymous))
    provider.behave(**AWAY[fault])
    came = anonymous.get(back)
    assert (came.status_code, "does not answer" in came.text) == (503, True)
    assert people(engine) == []


def test_nobody_is_sent_to_a_provider_that_is_away(
    anonymous: Browser, provider: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "oidc_issuer", "http://127.0.0.1:9")
    page = anonymous.get("/login/oidc", follow_redirects=False)
    assert (page.status_code, "does not answer" in page.text) == (503, True)
    assert 'name="password"' in page.text


def test_an_answer_works_once_and_in_its_own_browser(
    anonymous: Browser, engine: Engine, provider: Running
) -> None:
    back = provider.visit(leave(anonymous))
    elsewhere = stranger(anonymous)
    assert elsewhere.get(back).status_code == 403
    leave(elsewhere)
    assert elsewhere.get(back).status_code == 403
    cookie = anonymous.client.cookies["calm_oidc"]
    assert anonymous.get(back).status_code == 200
    assert "calm_oidc" not in anonymous.client.cookies
    anonymous.client.cookies.set("calm_oidc", cookie)
    assert anonymous.get(back).status_code == 403
    assert people(engine) == ["ann"]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "?state=x&code=y",
        "?error=access_denied",
        "?state={state}&error=%3Cscript%3E",
        "?state={state}&code=",
        "?state={state}&code=guessed",
        "?state={state}&code=y&iss=https://evil.example",
        "?state=%00&code=é",
    ],
)
def test_an_answer_that_the_provider_did_not_give_is_refused(
    anonymous: Browser, engine: Engine, provider: Running, answer: str
) -> None:
    state = re.findall(r"state=([^&]+)", leave(anonymous))[0]
    came = anonymous.get(CALLBACK + answer.format(state=state))
    assert came.status_code == 403
    assert "<script>" not in came.text
    assert people(engine) == []


def test_a_thin_token_is_filled_from_what_the_provider_says_of_the_same_person(
    anonymous: Browser, engine: Engine, provider: Running
) -> None:
    provider.behave(thin=True)
    come_in(anonymous, provider)
    provider.behave(user={"sub": "2", "name": "Eve"}, thin=True, userinfo={"sub": "1001"})
    come_in(stranger(anonymous), provider)
    assert people(engine) == ["ann", "somebody"]


def test_a_provider_is_no_other_site_to_be_led_to(anonymous: Browser, provider: Running) -> None:
    back = provider.visit(leave(anonymous, "/login/oidc?next=https://evil.example"))
    assert anonymous.get(back, follow_redirects=False).headers["location"] == "/"


def test_without_a_provider_there_is_no_such_page(anonymous: Browser) -> None:
    for address in ("/login/oidc", CALLBACK):
        assert anonymous.get(address).status_code == 404
    assert "OpenID" not in anonymous.get("/login").text


def test_a_second_factor_is_asked_for_here_too(
    anonymous: Browser, engine: Engine, provider: Running
) -> None:
    come_in(anonymous, provider)
    anonymous.post("/account/second-factor")
    with transaction(engine) as session:
        session.execute(update(SecondFactor).values(confirmed_at=now()))
    assert come_in(stranger(anonymous), provider).url.path == "/login/code"
