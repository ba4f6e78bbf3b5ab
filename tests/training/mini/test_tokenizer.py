"""The miniature's tokenizer: any text to the byte, digits apart, programs short."""

from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.backends.reasoners.tokenizer import load_tokenizer, opened
from training.mini.draw import problems
from training.mini.habits import Habits, write
from training.mini.tokenizer import train_tokenizer


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("tokenizer")
    rng = Random(1)
    texts = [
        text
        for small in islice(problems(1), 200)
        for text in (small.question, *(part.text for part in write(small, Habits({}), rng)))
    ]
    train_tokenizer(texts, folder)
    return load_tokenizer(str(folder))


@given(text=st.text())
def test_any_text_comes_back_to_the_byte(tokenizer: Any, text: str) -> None:
    given = text.encode("utf-8", "replace").decode()
    assert tokenizer.decode(tokenizer.encode(given)) == given


def test_each_digit_is_a_token(tokenizer: Any) -> None:
    assert len(tokenizer.encode("1234567")) == 7


def test_a_program_takes_few_tokens(tokenizer: Any) -> None:
    small = next(islice(problems(5), 1))
    code = next(part for part in write(small, Habits({}), Random(1)) if "```python" in part.text)
    assert len(tokenizer.encode(code.text)) < 0.5 * len(code.text)


def test_the_template_opens_the_thinking_and_leaves_a_system_prompt_out(tokenizer: Any) -> None:
    asked = [{"role": "system", "content": "Think."}, {"role": "user", "content": "How many?"}]
    assert opened(tokenizer, asked, "") == "<|user|>How many?<|assistant|><think>\n"
