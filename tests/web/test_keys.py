"""A person's own keys: chosen on a page, shown on all others."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.core.keys import DEEDS, keys_with
from app.db.session import reading
from app.db.tables import Preference
from app.settings import ROOT
from tests.web.conftest import Browser
from tests.web.test_workbench import Desk, desk

__all__ = ["desk"]  # a fixture


@pytest.fixture
def annotator(browser_of: Callable[..., Browser]) -> Browser:
    """Somebody who may judge."""
    return browser_of("annotator")


def test_own_keys_are_shown_to_their_owner_alone(
    desk: Desk, annotator: Browser, browser_of: Callable[..., Browser]
) -> None:
    other = browser_of("reviewer")
    annotator.post("/account/keys", keys_with({}) | {"accept": "ф"})
    text = annotator.get(desk.at).text
    assert 'value="accept" data-key="ф">Accept <kbd>Ф</kbd>' in text
    assert 'data-key="ф" data-deed="accept"' in text
    assert "instead of <kbd>A</kbd>" in annotator.get("/account/keys").text
    assert 'value="accept" data-key="a">Accept <kbd>A</kbd>' in other.get(desk.at).text


def test_a_conflict_is_refused_in_words_and_changes_nothing(desk: Desk, annotator: Browser) -> None:
    refused = annotator.post("/account/keys", keys_with({}) | {"accept": "e"})
    assert refused.status_code == 422
    assert "can’t mean both “accept it” and “edit its words" in refused.text
    assert desk.rows(Preference) == []


def test_the_defaults_come_back(desk: Desk, annotator: Browser) -> None:
    annotator.post("/account/keys", keys_with({}) | {"accept": "y"})
    annotator.post("/account/keys/reset")
    with reading(desk.engine) as session:
        assert [each.keys for each in session.scalars(select(Preference))] == [{}]


def test_a_region_that_is_fetched_alone_has_them_too(desk: Desk, annotator: Browser) -> None:
    annotator.post("/account/keys", keys_with({}) | {"golden": "y"})
    assert "Golden <kbd>Y</kbd>" in annotator.get(f"{desk.at}/verdict?branch={desk.branch}").text


def test_every_key_is_documented() -> None:
    text = (ROOT / "docs" / "judging.md").read_text(encoding="utf-8")
    for deed in DEEDS:
        assert f"| `{deed.key.upper()}` | {deed.does} |" in text, deed.name
