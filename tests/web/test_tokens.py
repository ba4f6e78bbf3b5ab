"""Tokens and service accounts on their pages: shown once, revoked by who may."""

import re
from collections.abc import Callable

from sqlalchemy import Engine

from app.actions.tokens import actor_of_bearer
from app.db.tables import Project
from tests.web.conftest import Browser

SHOWN = re.compile(r"<code>(calm_[\w-]{43})</code>")


def test_a_token_is_shown_once_and_revoked(
    browser_of: Callable[..., Browser], engine: Engine
) -> None:
    browser = browser_of("annotator")
    form = {"name": "<b>ci</b>", "days": 30, "scopes": ["read", "annotate"]}
    page = browser.post("/account/tokens", form).text
    [bearer] = SHOWN.findall(page)
    assert actor_of_bearer(engine, bearer).scopes == {"read", "annotate"}
    again = browser.get("/account/tokens").text
    assert bearer not in again
    assert "&lt;b&gt;ci&lt;/b&gt;" in again
    [address] = set(re.findall(r'action="(/account/tokens/\d+/revoke)"', again))
    assert "You have no tokens." in browser.post(address).text
    assert browser.post(address).status_code == 404


def test_a_lead_makes_an_account_for_programs(
    browser_of: Callable[..., Browser], project: Project, engine: Engine
) -> None:
    lead, home = browser_of("lead"), f"/p/{project.slug}/services"
    page = lead.post(home, {"name": "nightly", "role": "viewer"}).text
    assert f"{project.slug}/nightly" in page
    [address] = set(re.findall(rf'action="({home}/\d+/tokens)"', page))
    shown = lead.post(address, {"name": "ci", "days": 7})
    [bearer] = SHOWN.findall(shown.text)
    assert actor_of_bearer(engine, bearer, project.id).role == "viewer"
    assert bearer not in lead.get(home).text
    removed = lead.post(address.replace("/tokens", "/remove"), headers={"HX-Request": "true"})
    assert "There are none." in removed.text
