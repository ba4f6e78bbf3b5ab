"""What is sent on continuation is the template's prompt and the path behind it, to the byte.

The templates are this project's own, written to behave as those of the models they are named after
do where it matters: one opens the thinking in the generation prompt, all but the plain one strip
the thinking of earlier replies, the hybrid one has a switch that closes it, and that of the
distilled models begins with a token that their tokenizer also adds by itself.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tokenizers.processors import TemplateProcessing
from transformers import AutoTokenizer

from app.backends.reasoners.base import Request
from app.backends.reasoners.openai import make
from app.backends.reasoners.tokenizer import opened, prompt_ids, render
from app.core.splice import before, insert_hint
from app.core.trace import Cut, Step, text_of
from tests.backends.reasoners.found import able
from tests.openai_stub import serving
from tests.tiny_tokenizer import TEMPLATE, make_tokenizer

STRIPPING = (
    "{% for m in messages %}{% set said = m.content.split('</think>')[-1].lstrip() "
    "if m.role == 'assistant' else m.content %}"
    "<|im_start|>{{ m.role }}\n{{ said }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\nEND{% endif %}"
)
TEMPLATES = {
    "Qwen3 thinking": STRIPPING.replace("END", "<think>\n"),
    "Qwen3 hybrid": STRIPPING.replace(
        "END", "{% if enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"
    ),
    "R1 distill": (
        "{{ bos_token }}{% for m in messages %}{% if m.role == 'assistant' %}"
        "<Assistant>{{ m.content.split('</think>')[-1] }}<|im_end|>{% elif m.role == 'user' %}"
        "<User>{{ m.content }}{% else %}{{ m.content }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<Assistant><think>\n{% endif %}"
    ),
    "plain": TEMPLATE,
}
PROMPT = "<|im_start|>system\nThink.<|im_end|>\n<|im_start|>user\nHow many?<|im_end|>\n"
STARTS = {
    "Qwen3 thinking": f"{PROMPT}<|im_start|>assistant\n<think>\n",
    "Qwen3 hybrid": f"{PROMPT}<|im_start|>assistant\n",
    "R1 distill": "<|bos|>Think.<User>How many?<Assistant><think>\n",
    "plain": f"{PROMPT}<|im_start|>assistant\n",
}
FORCED = ("Qwen3 thinking", "R1 distill")


def step(kind: str, text: str, **fields: Any) -> Step:
    authors = {"output": "sandbox", "hint": "human"}
    return Step.model_validate(
        {"kind": kind, "author": authors.get(kind, "reasoner"), "text": text} | fields
    )


CODE = "```python\nprint(7 * 6)\n```\n"
WHOLE = (
    step("thought", "Sieben Fähren — 7 × 6,\n\tso: \U0001f6a2 \n\n"),
    step("code", CODE),
    step("output", "```output\n42\n```\n"),
    step("hint", "Wait, that is not all.\n"),
    step("thought", "The <think> tag, twice: </think"),
)
PATHS = {
    "nothing yet": (),
    "in the thinking": WHOLE,
    "in the middle of a word": before(WHOLE, Cut(step=0, offset=5)),
    "with a hint": insert_hint(WHOLE, Cut(step=0, offset=7), "Wait.", "human"),
    "after the thinking": (*WHOLE[:3], step("answer", "</think>\n\nSo \\boxed{42}")),
    "white space at the end": (step("thought", "Two.\n\n \n"),),
}
Loaded = Callable[[str], Path]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Makes the tokenizer of a template; that of the distilled models adds a token in front."""
    made: dict[str, Path] = {}

    def make_one(name: str) -> Path:
        if name not in made:
            made[name] = make_tokenizer(
                tmp_path_factory.mktemp("tokenizer"), TEMPLATES[name], [("t", "h"), ("a", "t")]
            )
            if name == "R1 distill":
                adding(made[name])
        return made[name]

    return make_one


def adding(folder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_special_tokens({"bos_token": "<|bos|>"})
    first = [("<|bos|>", tokenizer.bos_token_id)]
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="<|bos|> $A", special_tokens=first
    )
    tokenizer.save_pretrained(folder)


def sent(folder: Path, path: tuple[Step, ...], *can: Any) -> Any:
    """The prompt that reaches a server."""
    request = Request(question="How many?", system="Think.", path=path)
    with serving("x") as stub:
        config = {"base_url": stub.url, "model": "m", "tokenizer": str(folder)}
        list(make(able(config, *can)).write(request))
    return stub.seen[0]["prompt"]


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("name", TEMPLATES)
def test_the_prompt_is_the_templates_and_the_path_to_the_byte(
    name: str, path: tuple[Step, ...], folder: Loaded
) -> None:
    wanted = STARTS[name] + text_of(path)
    # The server's tokenizer adds this one itself, in front of whatever words it is sent.
    assert sent(folder(name), path) == wanted.removeprefix("<|bos|>")
    ids = sent(folder(name), path, "token_prompts")
    assert AutoTokenizer.from_pretrained(folder(name)).decode(ids) == wanted


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_thinking_that_the_path_opens_is_opened_once(name: str, folder: Loaded) -> None:
    path = (step("thought", "<think>\nOne."), *WHOLE)
    start = STARTS[name].removesuffix("<think>\n")
    assert sent(folder(name), path) == (start + text_of(path)).removeprefix("<|bos|>")


@pytest.mark.parametrize("name", TEMPLATES)
def test_as_a_message_the_template_would_have_changed_the_path(name: str, folder: Loaded) -> None:
    """What this file guards against: the template strips what it takes for earlier thinking."""
    tokenizer = AutoTokenizer.from_pretrained(folder(name))
    text = "One.\n</think>\n\nSo 42"
    said = [{"role": "user", "content": "How many?"}, {"role": "assistant", "content": text}]
    kept = text in tokenizer.apply_chat_template(said, tokenize=False)
    assert kept == (name == "plain")
    assert render(tokenizer, said[:1], text).endswith(text)


def test_the_hybrid_switch_is_left_as_the_template_has_it(folder: Loaded) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder("Qwen3 hybrid"))
    ask = [{"role": "user", "content": "How many?"}]
    off = tokenizer.apply_chat_template(
        ask, add_generation_prompt=True, tokenize=False, enable_thinking=False
    )
    assert off.endswith("<think>\n\n</think>\n\n")
    assert opened(tokenizer, ask, "<think>\nOne").endswith("assistant\n")


def test_the_servers_own_ids_go_back_and_only_the_rest_is_tokenised(folder: Loaded) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder("plain"))
    letters = tuple(tokenizer.convert_tokens_to_ids(list("that")))
    assert tokenizer.encode("that") != list(letters)
    own = step("thought", "that", token_ids=letters)
    path = (own, step("output", "that"), own, step("thought", "that", token_ids=(*letters, 1)))
    start = tokenizer.encode(STARTS["plain"])
    anew = tokenizer.encode("that")
    wanted = [*start, *letters, *anew, *letters, *anew]
    assert prompt_ids(tokenizer, STARTS["plain"], path) == wanted
    assert sent(folder("plain"), path, "token_prompts") == wanted
    assert sent(folder("plain"), path) == STARTS["plain"] + "that" * 4
