"""Finding out what a server can do: every answer comes from asking, and is told in plain words."""

from pathlib import Path
from typing import Any

import pytest

from app.backends.reasoners.abilities import Abilities, Ability, abilities_of, kept_abilities, told
from app.backends.reasoners.base import ReasonerError
from app.backends.reasoners.dialects import opening
from app.backends.reasoners.probe import probe
from app.backends.reasoners.probe.way import REQUEST
from app.backends.reasoners.server import Server
from app.backends.reasoners.tokenizer import load_tokenizer, render
from app.core.trace import text_of
from tests.openai_stub import Stub, serving
from tests.tiny_tokenizer import make_tokenizer

REPLY = "there are two hundred and forty"


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


def server(stub: Stub, tokenizer: Path | str) -> Server:
    return Server(base_url=stub.url, model="m", tokenizer=str(tokenizer), mode="restart")


def exact(tokenizer: Path) -> tuple[str, list[int]]:
    """The prompt that a server must see, in words and as ids."""
    loaded = load_tokenizer(str(tokenizer))
    prompt = render(loaded, opening(REQUEST), text_of(REQUEST.path))
    return prompt, loaded.encode(prompt)


def only(tokenizer: Path, **field: Any) -> Any:
    """A server that sees the right prompt where the body has this field and value."""
    _, ids = exact(tokenizer)
    [(name, value)] = field.items()
    return lambda body: len(ids) if body.get(name) == value else 1


def seen(found: Abilities, ability: Ability) -> tuple[bool | None, str]:
    return next((one.able, one.seen) for one in found.findings if one.ability == ability)


def test_completions_are_taken_where_the_server_counts_the_same(tokenizer: Path) -> None:
    with serving(REPLY) as stub:
        stub.counts = only(tokenizer, prompt=exact(tokenizer)[0])
        found = probe(server(stub, tokenizer))
    assert (found.mode, found.dialect) == ("completions", None)
    assert found.can("completions") is True
    assert found.can("token_prompts") is False
    assert "instead of" in seen(found, "continuing")[1]


def test_prompts_of_ids_are_taken_where_words_are_not_exact(tokenizer: Path) -> None:
    with serving(REPLY) as stub:
        stub.counts = only(tokenizer, prompt=exact(tokenizer)[1])
        found = probe(server(stub, tokenizer))
    assert (found.mode, found.can("completions"), found.can("token_prompts")) == (
        "completions",
        False,
        True,
    )


def test_ollamas_own_route_is_found(tokenizer: Path) -> None:
    with serving(REPLY) as stub:
        stub.counts = only(tokenizer, raw=True)
        found = probe(server(stub, tokenizer))
    assert (found.mode, found.dialect) == ("completions", "ollama")


def test_a_chat_dialect_is_taken_where_only_it_is_exact(tokenizer: Path) -> None:
    with serving(REPLY) as stub:
        stub.counts = only(tokenizer, continue_final_message="reasoning_content")
        found = probe(server(stub, tokenizer))
    assert (found.mode, found.dialect) == ("chat", "llama.cpp")
    able, words = seen(found, "continuing")
    assert able
    assert "vllm: 1 prompt tokens counted, instead of" in words


def test_restart_is_what_is_left(tokenizer: Path) -> None:
    with serving(REPLY) as stub:
        found = probe(server(stub, tokenizer))
    assert (found.mode, found.can("completions"), found.can("continuing")) == (
        "restart",
        False,
        False,
    )


def test_nothing_is_checked_without_a_tokenizer() -> None:
    with serving(REPLY) as stub:
        found = probe(server(stub, ""))
    assert (found.mode, found.can("completions"), found.can("usage")) == ("restart", None, True)


@pytest.mark.parametrize(
    ("behaviour", "able", "words"),
    [("keeps", True, "kept"), ("drops", True, "dropped"), ("ignores", False, "ignored")],
)
def test_stop_strings_are_tried(behaviour: Any, able: bool, words: str, tokenizer: Path) -> None:
    with serving(REPLY) as stub:
        stub.stop_string = behaviour
        found = seen(probe(server(stub, tokenizer)), "stop")
    assert found[0] is able
    assert words in found[1]


def test_a_server_that_can_do_all_is_found_to(tokenizer: Path) -> None:
    with serving(REPLY) as stub:
        stub.counts = only(tokenizer, prompt=exact(tokenizer)[0])
        stub.token_ids = load_tokenizer(str(tokenizer)).encode
        stub.logprobs = True
        stub.models = [{"id": "other", "max_model_len": 1}, {"id": "m", "max_model_len": 4096}]
        found = probe(server(stub, tokenizer))
    for ability in ("token_ids", "logprobs", "usage", "prefix_cache", "context"):
        assert found.can(ability) is True, ability  # type: ignore[arg-type]
    assert found.context == 4096
    assert seen(found, "prefix_cache")[1] == "90 of 100 prompt tokens came from it"
    assert told(found).startswith("a trace goes on by completions; completions yes")


def test_a_server_that_can_do_little_is_found_to(tokenizer: Path) -> None:
    with serving(REPLY) as stub:
        stub.refuses = {"stop", "stream_options", "logprobs", "return_token_ids"}
        found = probe(server(stub, tokenizer))
    for ability in ("stop", "usage", "logprobs", "token_ids"):
        able, words = seen(found, ability)  # type: ignore[arg-type]
        assert able is False
        assert "refused with 400" in words


def test_ids_that_do_not_say_the_text_are_no_ability(tokenizer: Path) -> None:
    with serving(REPLY) as stub:
        stub.token_ids = lambda text: [1] * len(text)
        assert probe(server(stub, tokenizer)).can("token_ids") is False


def test_few_tokens_are_asked_for(tokenizer: Path) -> None:
    with serving(REPLY) as stub:
        probe(server(stub, tokenizer))
    limits = [body.get("max_tokens") or body["options"]["num_predict"] for body in stub.seen]
    assert len(limits) < 20
    assert sum(limits) < 80


def test_nobody_there_or_nothing_taken(tokenizer: Path) -> None:
    with serving("x") as stub:
        gone = server(stub, tokenizer)
    with pytest.raises(ReasonerError, match="connection"):
        probe(gone)
    with (
        serving("x", bad="400") as stub,
        pytest.raises(ReasonerError, match="takes no request: in words: refused with 400"),
    ):
        probe(server(stub, tokenizer))
    with (
        serving("x", bad="html 200") as stub,
        pytest.raises(ReasonerError, match=r"answered with 200 \(a web page\)"),
    ):
        probe(server(stub, tokenizer))


def test_what_is_kept_is_stale_for_another_server_or_model(tokenizer: Path) -> None:
    with serving(REPLY) as stub:
        asked = server(stub, tokenizer)
        config = asked.model_dump() | {"abilities": probe(asked).model_dump(mode="json")}
    assert abilities_of(config) == kept_abilities(config) is not None
    for change in ({"model": "n"}, {"base_url": "http://x/v1"}, {"tokenizer": "t"}):
        assert abilities_of(config | change) is None
        assert kept_abilities(config | change) is not None
    assert kept_abilities({"abilities": {"version": 2}}) is None
