"""What each server answered, or is documented to answer, is read as it was: kept exchanges."""

from pathlib import Path

import pytest

from app.backends.reasoners.server import Server
from tests.backends.reasoners.replay import FOLDER, asked, load, replaying
from tests.tiny_tokenizer import make_tokenizer

NAMES = sorted(file.stem for file in FOLDER.glob("*.json"))


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


def test_there_are_some() -> None:
    assert "transformers-serve" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_probe_and_a_continuation_read_them_as_they_were(name: str, tokenizer: Path) -> None:
    exchanges = load(name)
    with replaying(exchanges) as server:
        found, said = asked(Server(base_url=server.url, model="m", tokenizer=str(tokenizer)))
    assert found == exchanges.found
    assert said == exchanges.said
    assert exchanges.known == "from documentation" or server.strange == []
