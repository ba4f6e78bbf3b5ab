"""No page says anything that a translator can't reach.

Pages are read in a language of this test's own, whose every message stands in ⟦brackets⟧: letters
outside them are data, or a text that nobody marked.
"""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import write_po
from sqlalchemy import Engine, select

import app.locale
from app.backends.importers import PEERS
from app.db.session import transaction
from app.db.tables import Project, Trace
from app.detectors import RULES
from scripts.messages import gathered
from tests.web.conftest import HOSTILE, QUESTION, Browser

BRACKETED = {"Accept-Language": "eo"}
PAGES = [
    *(
        "/projects",
        "/account",
        "/account/keys",
        "/account/sessions",
        "/account/tokens",
        "/account/second-factor",
        "/users",
        "/search",
        "/queue",
    ),
    *("/p/{slug}", "/p/{slug}/queue?state=", "/p/{slug}/insights"),
    *("/p/{slug}/problems", "/p/{slug}/problems/1"),
    *("/p/{slug}/traces", "/p/{slug}/traces/{trace}", "/p/{slug}/batches", "/p/{slug}/datasets"),
    *(
        "/p/{slug}/import",
        "/p/{slug}/members",
        "/p/{slug}/services",
        "/p/{slug}/settings",
        "/nothing",
        "/login",
    ),
]
SPOKEN = {"title", "aria-label", "placeholder", "alt"}
"""Attributes that people read or hear."""
QUIET = {"script", "style", "textarea", "code", "pre", "kbd", "time"}
"""Elements that hold data, or what a keyboard has on it."""
DATA = [
    *(peer.name for peer in PEERS.values()),
    *(
        "CALM Studio",
        "lead True",
        "Esperanto",
        "lead False",
        "annotator False",
        HOSTILE,
        QUESTION,
        "Ducks",
        "duck",
    ),
    *("vLLM", "SGLang", "llama.cpp", "Mistral", "http", "https", "Qwen3-4B-Thinking-2507"),
    *("reasoner", "intervener", "Qwen", "How many", "script", "alert", "ducks", "geese"),
    *(rule.name for rule in RULES),
    *("I think", "boxed", "strict", "en", "English", "SHA-256", "MB", "ms"),
]
"""What stands in the pages of this test and is nobody's to translate."""
_KNOWN = re.compile(
    "|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in sorted(DATA, key=len, reverse=True))
)


@pytest.fixture(autouse=True)
def bracketed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A language that says each message in brackets."""
    said = gathered()
    for message in said:
        if message.id:
            forms = [message.id] if isinstance(message.id, str) else message.id
            marked = tuple(f"⟦{form}⟧" for form in forms)
            message.string = marked[0] if isinstance(message.id, str) else marked
    said.locale, said.fuzzy = "eo", False
    with (tmp_path / "eo.po").open("wb") as file:
        write_po(file, said)
    monkeypatch.setattr(app.locale, "CATALOGS", tmp_path)
    forget()
    yield
    forget()


def forget() -> None:
    """Let the languages be read anew."""
    app.locale.languages.cache_clear()
    app.locale.accepted.cache_clear()


class Reader(HTMLParser):
    """Collects what a page says: its text in one, and each attribute that is read."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.attributes, self._quiet = "", list[str](), 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quiet += tag in QUIET
        self.attributes += [value for name, value in attrs if name in SPOKEN and value]
        self.text += " "

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in QUIET

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.text += data


def unmarked(page: str) -> list[str]:
    """The words of a page that are in no message."""
    reader = Reader()
    reader.feed(page)
    found = []
    for text in [reader.text, *reader.attributes]:
        text = _KNOWN.sub(" ", " ".join(text.split()))
        while text != (shorter := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)):
            text = shorter
        found += re.findall(r"[A-Za-z][A-Za-z’' -]{2,}", text)
    return found


def test_every_word_of_every_page_can_be_translated(
    browser_of: Callable[..., Browser], project: Project, engine: Engine
) -> None:
    with transaction(engine) as session:
        trace = session.scalars(select(Trace.id)).one()
    person, left = browser_of("lead", admin=True), {}
    for address in PAGES:
        page = person.get(address.format(slug=project.slug, trace=trace), headers=BRACKETED).text
        assert "⟦" in page
        left[address] = unmarked(page)
    assert {address: words for address, words in left.items() if words} == {}
