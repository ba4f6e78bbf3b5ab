"""From errors to pages: a status, one sentence, and never a stack trace."""

import logging

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from sqlalchemy.exc import DataError, IntegrityError

from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from app.main import make_app
from app.settings import Settings

router = APIRouter()
ERRORS: dict[str, Exception] = {
    error.__name__: error("because <b>")
    for error in (NotFound, NotAllowed, Refused, Conflict, Invalid)
} | {
    error.__name__: error("INSERT secret", {}, ValueError("secret detail"))
    for error in (IntegrityError, DataError)
}


@router.get("/raise/{name}")
def raise_error(name: str) -> None:
    """Raise what is asked for."""
    raise ERRORS.get(name) or ZeroDivisionError("secret detail")


@router.get("/number/{number}")
def take_number(number: int, other: int) -> None:
    """Take numbers only."""


@pytest.fixture
def client(configured: Settings) -> TestClient:
    """The application with two routes that fail."""
    made = make_app(configured)
    made.include_router(router)
    return TestClient(made)


@pytest.mark.parametrize(
    ("name", "status"),
    [("NotFound", 404), ("NotAllowed", 403), ("Refused", 409), ("Conflict", 409), ("Invalid", 422)],
)
def test_a_domain_error_has_its_status_and_its_words(
    client: TestClient, name: str, status: int
) -> None:
    page = client.get(f"/raise/{name}")
    assert page.status_code == status
    assert "because &lt;b&gt;" in page.text
    assert page.text.startswith("<!doctype html>")


@pytest.mark.parametrize(("name", "status"), [("IntegrityError", 409), ("DataError", 422)])
def test_what_the_database_refuses_is_a_sentence(
    client: TestClient, name: str, status: int
) -> None:
    page = client.get(f"/raise/{name}")
    assert page.status_code == status
    assert "secret" not in page.text


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/p/demo?page=2", "/p/demo?page=2"),
        ("http://testserver//evil.example", "/evil.example"),
        ("http://evil.example//evil.example", "/"),
        ("http://[", "/"),
    ],
)
def test_the_way_back_never_leaves(client: TestClient, referer: str, back: str) -> None:
    page = client.get("/raise/NotFound", headers={"Referer": referer})
    assert f'href="{back}"' in page.text


def test_htmx_gets_the_sentence_for_the_message_line(client: TestClient) -> None:
    part = client.get("/raise/Refused", headers={"HX-Request": "true"})
    assert part.status_code == 409
    assert part.headers["HX-Retarget"] == "#message"
    assert "<html" not in part.text


def test_what_nobody_expected_is_logged_with_an_id_and_not_shown(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        page = client.get("/raise/anything?token=sesame")
    assert page.status_code == 500
    assert "secret detail" not in page.text
    assert "Traceback" not in page.text
    [entry] = caplog.records
    assert entry.getMessage().split()[1] in page.text
    assert "sesame" not in caplog.text
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_an_address_that_can_not_be_one_is_no_page(client: TestClient) -> None:
    assert client.get("/number/x?other=1").status_code == 404
    assert client.get("/nowhere").status_code == 404
    assert client.get("/number/1?other=x").status_code == 422
    assert client.put("/login").status_code in (403, 405)
