"""Token ids say the text to the byte, and no token lies across a border of the mask."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.backends.reasoners.tokens import ModelTokens, load_tokens
from app.core.errors import Refused
from export.formats import FORMATS
from export.formats.base import prompt_of
from export.rows import Segment
from export.tokens import IGNORED, tokenized
from tests.export.conftest import making_of
from tests.export.sample_rows import make_row


def segment(text: str, trained: bool, **fields: Any) -> Segment:
    """A segment of the Reasoner's, or of the sandbox's where it is not trained on."""
    author, kind = ("reasoner", "thought") if trained else ("sandbox", "output")
    return Segment(text=text, author=author, kind=kind, trained=trained, **fields)


def test_decoded_they_are_the_prompt_the_path_and_the_end(tokens: ModelTokens) -> None:
    row = make_row()
    [(record, length)] = making_of("sft-tokenized", tokens).records(row)
    prompt = tokens.opened(prompt_of(row), row.text)
    assert prompt.endswith("<think>\n")
    assert tokens.text(record["input_ids"]) == prompt + row.text + tokens.end
    assert length == len(record["input_ids"]) == len(record["labels"])
    assert record["labels"][-1] == tokens.ids(tokens.end)[0]


def test_a_tokenisation_of_the_whole_text_would_cross_borders(tokens: ModelTokens) -> None:
    [(record, length)] = making_of("sft-tokenized", tokens).records(make_row())
    assert len(tokens.ids(tokens.text(record["input_ids"]))) < (length or 0)


def test_the_loss_is_on_what_is_trained_and_nowhere_else(tokens: ModelTokens) -> None:
    row = make_row()
    [(record, _)] = making_of("sft-tokenized", tokens).records(row)
    trained = [label for label in record["labels"] if label != IGNORED]
    expected = "".join(each.text for each in row.segments if each.trained)
    assert tokens.text(trained) == expected + tokens.end


PART = st.tuples(st.text("th`\nB. é🙂<|im_end|>", min_size=1), st.booleans())


@given(st.lists(PART, min_size=1, max_size=8))
def test_borders_hold_whatever_the_texts(
    tokens: ModelTokens, parts: list[tuple[str, bool]]
) -> None:
    segments = [segment(*part) for part in parts]
    ids, labels = tokenized("p", segments, tokens)
    assert tokens.text(ids) == "p" + "".join(text for text, _ in parts) + tokens.end
    trained = "".join(text for text, own in parts if own)
    kept = [label for label in labels if label != IGNORED]
    assert tokens.text(kept) == trained + tokens.end
    assert all(label in (IGNORED, token) for token, label in zip(ids, labels, strict=True))


def test_the_servers_own_ids_stay_where_they_say_the_text(tokens: ModelTokens) -> None:
    own = (*tokens.ids("t"), *tokens.ids("h"))
    assert tokens.ids("th") != list(own)
    ids, _ = tokenized("", [segment("th", True, token_ids=own)], tokens)
    assert tuple(ids[:2]) == own
    ids, _ = tokenized("", [segment("th", True, token_ids=tuple(tokens.ids("x")))], tokens)
    assert ids[:1] == tokens.ids("th")


def test_what_one_author_wrote_is_tokenised_as_one(tokens: ModelTokens) -> None:
    together, _ = tokenized("", [segment("t", True), segment("h", True)], tokens)
    assert together[:-1] == tokens.ids("th")
    apart, _ = tokenized("", [segment("t", True), segment("h", False)], tokens)
    assert len(apart) == 3


class Lossy:
    """A tokenizer that forgets capital letters."""

    def __init__(self, tokens: ModelTokens) -> None:
        self._tokens = tokens
        self.name, self.end = "lossy", tokens.end

    def ids(self, text: str) -> list[int]:
        """The ids of the text in lower case."""
        return self._tokens.ids(text.lower())

    def text(self, ids: list[int]) -> str:
        """The text of the ids."""
        return self._tokens.text(ids)


def test_a_tokenizer_that_changes_the_text_is_refused(tokens: ModelTokens) -> None:
    with pytest.raises(Refused, match="lossy does not give a trace back"):
        tokenized("", [segment("Big", True)], Lossy(tokens))  # type: ignore[arg-type]


def test_segments_for_axolotl_alternate_and_end_trained(tokens: ModelTokens) -> None:
    [record] = FORMATS.make("axolotl").records(make_row(), tokens)
    labels = [each["label"] for each in record["segments"]]
    assert labels[0] is False
    assert labels[-1] is True
    assert all(one != other for one, other in pairwise(labels[:-1]))


def test_a_folder_that_is_not_there_is_not_looked_for_on_a_hub(tmp_path: Path) -> None:
    for name in (str(tmp_path / "nowhere"), "./nowhere"):
        with pytest.raises(Refused, match="there is no such folder"):
            load_tokens(name)
