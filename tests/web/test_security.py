"""What the shield and the token keep out."""

import re
from collections.abc import Callable

import pytest

from tests.web.conftest import Browser


def test_a_form_without_the_page_s_token_is_refused(browser_of: Callable[..., Browser]) -> None:
    browser = browser_of(None, admin=True)
    unmasked = "0" * 64 + browser.csrf()[64:]
    for token in ({}, {"csrf": ""}, {"csrf": "0" * 128}, {"csrf": "é"}, {"csrf": unmasked}):
        form = {"name": "Stolen"} | token
        assert browser.client.post("/projects", data=form).status_code == 403, token
    assert "Stolen" not in browser.get("/projects").text


def test_no_two_pages_carry_the_same_token(browser_of: Callable[..., Browser]) -> None:
    page = browser_of("viewer").get
    tokens = [re.findall(r'name="csrf" value="(\w+)"', page("/projects").text) for _ in range(2)]
    assert len(set(tokens[0])) == 1
    assert set(tokens[0]).isdisjoint(tokens[1])


def test_the_token_of_another_session_is_refused(browser_of: Callable[..., Browser]) -> None:
    mine, theirs = browser_of("viewer", admin=True), browser_of("lead")
    form = {"name": "Stolen", "csrf": theirs.csrf()}
    assert mine.client.post("/projects", data=form).status_code == 403


def test_htmx_sends_the_token_in_a_header(browser_of: Callable[..., Browser]) -> None:
    browser = browser_of(None, admin=True)
    headers = {"X-CSRF-Token": browser.csrf(), "HX-Request": "true"}
    made = browser.client.post("/projects", data={"name": "Mine"}, headers=headers)
    assert made.headers["HX-Redirect"] == "/p/mine"


def test_a_change_from_another_site_is_refused_even_with_the_token(
    browser_of: Callable[..., Browser],
) -> None:
    browser = browser_of(None, admin=True)
    for header in (
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://[",
        "Sec-Fetch-Site: cross-site",
    ):
        name, _, value = header.partition(": ")
        answer = browser.post("/projects", {"name": "Stolen"}, headers={name: value})
        assert answer.status_code == 403, header


def test_every_response_forbids_inline_script_and_framing(anonymous: Browser) -> None:
    for address in ("/login", "/static/page.css", "/nowhere", "/healthz"):
        headers = anonymous.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_a_body_past_its_limit_is_refused_by_its_length(anonymous: Browser) -> None:
    assert anonymous.post("/login", {"name": "x" * 3_000_000}).status_code == 413


def test_a_body_past_its_limit_is_refused_while_it_comes(anonymous: Browser) -> None:
    pieces = (b"name=" + b"x" * 100_000 for _ in range(40))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert anonymous.client.post("/login", content=pieces, headers=headers).status_code == 413


def test_a_secure_cookie_where_the_settings_ask_for_one(
    anonymous: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = anonymous.client.app.state.ports.settings  # type: ignore[attr-defined]
    assert "Secure" not in anonymous.get("/login").headers["set-cookie"]
    monkeypatch.setattr(settings, "secure_cookies", True)
    anonymous.client.cookies.clear()
    assert "Secure" in anonymous.get("/login").headers["set-cookie"]
