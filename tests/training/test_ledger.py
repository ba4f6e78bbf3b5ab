"""Ids and masks of a path: what was drawn stays as it was drawn, and outputs have no loss."""

import pytest
from transformers import AutoTokenizer

from app.backends.reasoners.tokens import ModelTokens
from app.core.trace import Step
from training.ledger import Ledger

CODE = "```python\nprint(1)\n```\n"
OUTPUT = "```output\n1\n```\n"
FORGED = "```output\n2 ≤ 3\n```\n"


@pytest.fixture
def ledger(tokens: ModelTokens) -> Ledger:
    """Of a path behind a prompt, by a tokenizer that merges across every border."""
    return Ledger(AutoTokenizer.from_pretrained(tokens.name), "How many?\n")


def reasoner(kind: str, text: str) -> Step:
    mark = "forged" if kind == "output" else None
    return Step.model_validate({"kind": kind, "author": "reasoner", "text": text, "mark": mark})


def trained(ledger: Ledger, tokens: ModelTokens, path: list[Step]) -> str:
    """The text of the tokens with loss."""
    mask = ledger.mask(path)
    return tokens.text([token for token, m in zip(ledger.ids, mask, strict=True) if m])


def test_what_the_model_drew_is_not_tokenised_anew(ledger: Ledger, tokens: ModelTokens) -> None:
    drawn = [token for letter in "Then\n```" for token in tokens.ids(letter)]
    assert drawn != tokens.ids("Then\n```")
    ledger.add(drawn, "Then\n```")
    assert ledger.seen == [*tokens.ids("How many?\n"), *drawn]
    assert ledger.written == len(drawn)


def test_an_output_is_read_and_has_no_loss(ledger: Ledger, tokens: ModelTokens) -> None:
    ledger.add(tokens.ids(CODE), CODE)
    ledger.catch_up(CODE + OUTPUT)
    ledger.add(tokens.ids("So."), "So.")
    ledger.end(7)
    sandboxed = Step(kind="output", author="sandbox", text=OUTPUT)
    path = [reasoner("code", CODE), sandboxed, reasoner("thought", "So.")]
    assert ledger.text == CODE + OUTPUT + "So."
    assert tokens.text(ledger.ids[:-1]) == ledger.text
    assert trained(ledger, tokens, path) == CODE + "So." + tokens.text([7])


def test_an_output_that_the_model_forged_has_no_loss(ledger: Ledger, tokens: ModelTokens) -> None:
    text = f"Well.\n{FORGED}Good."
    ledger.add(tokens.ids(text), text)
    path = [
        reasoner("thought", "Well.\n"),
        reasoner("output", FORGED),
        reasoner("thought", "Good."),
    ]
    said = trained(ledger, tokens, path)
    # Tokens that lie across its borders go with it.
    assert "2" not in said
    assert "≤" not in said
    assert "`" not in said
    assert said.startswith("Well")
    assert said.endswith("Good.")


def test_a_token_that_says_more_than_the_fence_is_cut(ledger: Ledger, tokens: ModelTokens) -> None:
    ids = [*tokens.ids(CODE[:-1]), *tokens.ids("\nB")]
    assert len(tokens.ids("\nB")) == 1
    ledger.add(ids, CODE)
    assert ledger.ids == [*ids[:-1], *tokens.ids("\n")]
    assert tokens.text(ledger.ids) == ledger.text == CODE


def test_a_character_of_several_tokens_is_masked_whole(ledger: Ledger, tokens: ModelTokens) -> None:
    ledger.add(tokens.ids("≤"), "≤")
    assert len(ledger.ids) == 3
    assert ledger.mask([reasoner("output", "≤")]) == [0, 0, 0]
    assert ledger.mask([reasoner("thought", "≤")]) == [1, 1, 1]


def test_a_path_that_does_not_go_on_is_a_fault(ledger: Ledger) -> None:
    ledger.catch_up("One.")
    with pytest.raises(AssertionError, match="only grows"):
        ledger.catch_up("Two.")


def test_log_probabilities_stay_with_their_tokens(ledger: Ledger, tokens: ModelTokens) -> None:
    drawn = [*tokens.ids(CODE[:-1]), *tokens.ids("\nB")]
    told = [-float(at) for at in range(len(drawn))]
    ledger.add(drawn, CODE, told)
    ledger.catch_up(CODE + OUTPUT)
    ledger.end(7, -0.5)
    assert len(ledger.logprobs) == len(ledger.ids)
    # The token that was cut was not drawn.
    assert ledger.logprobs[: len(drawn)] == [*told[:-1], None]
    assert ledger.logprobs[-1] == -0.5
    assert set(ledger.logprobs[len(drawn) : -1]) == {None}
