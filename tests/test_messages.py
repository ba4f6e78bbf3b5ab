"""The catalogs: complete, not stale, and with the same placeholders and tags as the English."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from app.locale import CATALOGS
from scripts.messages import gathered, opened, untranslated

FILES = sorted(CATALOGS.glob("*.po"))
SAID = gathered()


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    """Each catalog as it stands in the tree."""
    file: Path = request.param
    return opened(file)


def test_a_catalog_holds_what_is_said_and_nothing_else(catalog: Catalog) -> None:
    """`python -m scripts.messages` mends this."""
    assert ids(catalog) == ids(SAID)


def test_every_message_is_translated(catalog: Catalog) -> None:
    assert untranslated(catalog) == []


def test_a_translation_has_the_placeholders_and_tags_of_its_message(catalog: Catalog) -> None:
    wrong = [message.id for message in catalog if message.id and not agrees(message)]
    assert wrong == []


def test_a_message_can_stand_in_an_attribute(catalog: Catalog) -> None:
    """Templates put messages in as they are: a straight quote would end the attribute."""
    held = [text for message in catalog for text in [*texts(message.id), *texts(message.string)]]
    outside_tags = [re.sub(r"<[^>]*>", "", text) for text in held]
    assert not [text for text in outside_tags if '"' in text or "<" in text]


def ids(catalog: Catalog) -> set[str]:
    """The English of every message, a plural by both its forms."""
    return {" | ".join(texts(message.id)) for message in catalog if message.id}


def texts(forms: str | tuple[str, ...] | list[str]) -> list[str]:
    """The forms of a message."""
    return [forms] if isinstance(forms, str) else list(forms)


def agrees(message: Message) -> bool:
    """Whether each form of the translation needs what the plural, or only, form of it needs."""
    wanted = needs(texts(message.id)[-1])
    return all(needs(form) == wanted for form in texts(message.string))


def needs(text: str) -> list[str]:
    """The placeholders, percent signs and tags of a text."""
    return sorted(re.findall(r"%\(\w+\)s|%%|%|</?\w+[^>]*>", text))
