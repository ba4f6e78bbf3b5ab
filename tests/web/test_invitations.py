"""Invitations and new passwords on their pages."""

import re
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from app.actions.accounts import create_user
from app.actions.mails import deliver
from app.core.roles import SCRIPT
from app.db.session import reading, transaction
from app.db.tables import Mail, Project
from app.settings import Settings, settings
from tests.smtp_server import Letterbox, mail_server
from tests.web.conftest import Browser

PASSWORD = "correct horse battery"
HOME = "http://testserver"


@pytest.fixture
def box(configured: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Letterbox]:
    """A mail server that the settings name."""
    with mail_server() as server:
        named = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
        for name, value in (named | {"mail_from": "s@example.org", "public_url": HOME}).items():
            monkeypatch.setattr(settings(), name, value)
        yield server


def stranger(browser: Browser) -> Browser:
    """A browser that was never here."""
    return Browser(TestClient(browser.client.app))


def test_a_lead_invites_and_the_address_works_once(
    browser_of: Callable[..., Browser], project: Project
) -> None:
    lead, home = browser_of("lead"), f"/p/{project.slug}"
    shown = lead.post(f"{home}/invitations", {"role": "annotator"}).text
    [address] = re.findall(rf"<code>{HOME}(/join\?token=[\w-]+)</code>", shown)
    assert address.partition("=")[2] not in lead.get(f"{home}/members").text
    guest, token = stranger(lead), address.partition("=")[2]
    for _preview in range(2):
        assert "You are invited" in guest.get(address).text
    form = {"token": token, "name": "bob", "password": "short"}
    refused = guest.post("/join", form)
    assert (refused.status_code, 'value="bob"' in refused.text) == (422, True)
    assert guest.post("/join", {**form, "password": PASSWORD}).url.path == home
    assert guest.get(home).status_code == 200
    assert guest.get(f"{home}/settings").status_code == 403
    late = stranger(lead)
    assert late.get(address).status_code == 403
    assert late.post("/join", {**form, "name": "eve", "password": PASSWORD}).status_code == 403


def test_who_is_logged_in_joins_as_themselves(
    browser_of: Callable[..., Browser], project: Project
) -> None:
    lead, other = browser_of("lead"), browser_of(None)
    shown = lead.post(f"/p/{project.slug}/invitations", {"role": "viewer"}).text
    [token] = re.findall(r"/join\?token=([\w-]+)", shown)
    assert "Join as None False" in other.get(f"/join?token={token}").text
    joined = other.post("/join/as-yourself", {"token": token})
    assert joined.url.path == f"/p/{project.slug}"


def test_an_invitation_is_taken_back(browser_of: Callable[..., Browser], project: Project) -> None:
    lead, home = browser_of("lead"), f"/p/{project.slug}/invitations"
    shown = lead.post(home, {"role": "viewer"}).text
    [token] = re.findall(r"/join\?token=([\w-]+)", shown)
    [address] = set(re.findall(rf'action="({home}/\d+/withdraw)"', shown))
    assert "withdraw" not in lead.post(address, headers={"HX-Request": "true"}).text
    assert lead.post(address).status_code == 404
    assert stranger(lead).get(f"/join?token={token}").status_code == 403


def test_an_invitation_by_mail_is_shown_to_nobody(
    box: Letterbox, browser_of: Callable[..., Browser], project: Project
) -> None:
    lead = browser_of("lead")
    form = {"role": "viewer", "email": "bob@example.org"}
    page = lead.post(f"/p/{project.slug}/invitations", form).text
    assert "bob@example.org" in page
    assert "mail: queued" in page
    assert "/join?token" not in page


def test_a_password_is_forgotten_and_set_anew(
    box: Letterbox, anonymous: Browser, engine: Engine
) -> None:
    with transaction(engine) as session:
        create_user(session, SCRIPT, "ann", PASSWORD).email = "ann@example.org"
    assert "Forgot your password?" in anonymous.get("/login").text
    alike = {
        re.sub(r"[0-9a-f]{128}", "", anonymous.post("/login/forgot", {"name": name}).text)
        for name in ("ann", "nobody")
    }
    assert len(alike) == 1
    with reading(engine) as session:
        [mail_id] = session.scalars(select(Mail.id))
    deliver(anonymous.client.app.state.ports, mail_id)  # type: ignore[attr-defined]
    [address] = re.findall(rf"{HOME}(/login/reset\?token=\S+)", box.letters[0].get_content())
    assert "New password" in anonymous.get(address).text
    form = {"token": address.partition("=")[2], "password": "short"}
    assert anonymous.post("/login/reset", form).status_code == 422
    form["password"] = PASSWORD + "!"
    assert anonymous.post("/login/reset", form).url.path == "/projects"
    assert stranger(anonymous).post("/login/reset", form).status_code == 403


def test_mails_can_not_be_asked_for_without_end(
    box: Letterbox, anonymous: Browser, engine: Engine
) -> None:
    asked = [anonymous.post("/login/forgot", {"name": "ann"}).status_code for _ in range(3)]
    assert asked == [200, 200, 429]


def test_without_a_mail_server_nothing_is_promised(anonymous: Browser) -> None:
    assert "Forgot your password?" not in anonymous.get("/login").text
    assert anonymous.get("/login/forgot").status_code == 404


def test_a_person_says_where_mail_reaches_them(browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("viewer")
    assert "ann@example.org" in browser.post("/account/email", {"email": "ann@example.org"}).text
    assert browser.post("/account/email", {"email": "nowhere"}).status_code == 422
