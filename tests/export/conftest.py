"""What the export's tests share."""

from datetime import UTC, datetime

import pytest

from app.backends.reasoners.tokens import ModelTokens, load_tokens
from app.core.masks import MaskPolicy
from export.build import Making
from export.formats import FORMATS
from export.manifest import Origin, Person
from tests.tiny_tokenizer import THINKING_TEMPLATE, make_tokenizer


@pytest.fixture
def origin() -> Origin:
    """Who asked for the dataset of a test."""
    return Origin(
        project="demo",
        taxonomy="calm-studio-1",
        code_version="0.1.0",
        built_at=datetime(2026, 11, 24, tzinfo=UTC),
        people=(Person(name="person-1", verdicts=1, judgements=2),),
    )


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> ModelTokens:
    """A tokenizer of bytes that merges letters across every border that it is let across."""
    merges = [("t", "h"), ("Ċ", "`"), ("`", "`"), ("Ċ", "B"), (".", "Ċ")]
    folder = make_tokenizer(tmp_path_factory.mktemp("tokenizer"), THINKING_TEMPLATE, merges)
    return load_tokens(str(folder))


def making_of(name: str, tokens: ModelTokens | None = None, **masks: bool) -> Making:
    """How the rows of a test become records of a format."""
    return Making(FORMATS.make(name), MaskPolicy(**masks), tokens)
