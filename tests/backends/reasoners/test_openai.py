"""The Reasoner behind OpenAI-compatible servers, against a stub on loopback."""

from pathlib import Path
from typing import Any

import pytest

from app.backends.reasoners import REASONERS
from app.backends.reasoners.base import Chunk, End, ReasonerError, Request, Sampling, Usage
from app.backends.reasoners.openai import make
from app.backends.reasoners.replies import unechoed
from app.backends.reasoners.stream import Part
from app.core.errors import Invalid
from app.core.trace import Step
from tests.backends.reasoners.found import able
from tests.openai_stub import Bad, Stub, serving
from tests.tiny_tokenizer import THINKING_TEMPLATE, make_tokenizer

CODE = "Let me see.\n```python\nprint(1)\n```\n"
QUESTION = Request(question="How many?", system="Think.")


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


def thought(text: str) -> Step:
    return Step(kind="thought", author="reasoner", text=text)


def said(
    stub: Stub, tokenizer: Path, request: Request = QUESTION, key: str = "", **config: object
) -> tuple[str, End]:
    """All that a Reasoner on the stub writes, and its End."""
    base = {"base_url": stub.url, "model": "m", "tokenizer": str(tokenizer)}
    *chunks, end = make(base | config, key).write(request)
    assert isinstance(end, End)
    assert all(isinstance(chunk, Chunk) for chunk in chunks)
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, Chunk)), end


@pytest.mark.parametrize("piece", [1, 5, 1000])
@pytest.mark.parametrize("stop_string", ["keeps", "drops", "ignores"])
def test_the_bytes_are_the_same_whatever_a_server_does_with_the_stop_string(
    tokenizer: Path, stop_string: str, piece: int
) -> None:
    with serving(CODE + "more that nobody asked for") as stub:
        stub.stop_string, stub.piece = stop_string, piece  # type: ignore[assignment]
        text, end = said(stub, tokenizer)
    assert text == CODE
    assert end.finish == "fence"
    assert end.usage.prompt_tokens == (None if stop_string == "ignores" and piece == 1 else 100)


def test_a_blank_line_before_the_fence_is_kept(tokenizer: Path) -> None:
    written = "```python\nprint(1)\n\n```\n"
    for behaviour in ("keeps", "drops"):
        with serving(written) as stub:
            stub.stop_string = behaviour  # type: ignore[assignment]
            assert said(stub, tokenizer)[0] == written


def test_a_closing_fence_without_a_line_break_gets_one(tokenizer: Path) -> None:
    with serving(CODE.rstrip("\n")) as stub:
        assert said(stub, tokenizer) == (CODE, said(stub, tokenizer)[1])


def test_another_fence_does_not_end_the_model(tokenizer: Path) -> None:
    with serving("A formula:\n```latex\nx\n```\nand on") as stub:
        text, end = said(stub, tokenizer)
    assert (text, end.finish) == ("A formula:\n```latex\nx\n```\n", "fence")


def test_an_end_is_an_end(tokenizer: Path) -> None:
    with serving("So \\boxed{3}.") as stub:
        text, end = said(stub, tokenizer)
    assert (text, end.finish) == ("So \\boxed{3}.", "stop")
    assert end.usage.cached_tokens == 90
    assert end.usage.completion_tokens == 20


def test_completions_send_the_template_and_the_path_to_the_byte(tokenizer: Path) -> None:
    path = (thought("One.\n"), thought("Two, half a sen"))
    with serving("tence.") as stub:
        said(stub, tokenizer, QUESTION.model_copy(update={"path": path}))
    assert stub.seen[0]["path"] == "/v1/completions"
    assert stub.seen[0]["prompt"] == (
        "<|im_start|>system\nThink.<|im_end|>\n<|im_start|>user\nHow many?<|im_end|>\n"
        "<|im_start|>assistant\nOne.\nTwo, half a sen"
    )


def test_a_thinking_that_both_open_is_opened_once(tmp_path: Path) -> None:
    folder = make_tokenizer(tmp_path, THINKING_TEMPLATE)
    path = (thought("<think>\nOne, </think> two"),)
    with serving(" three") as stub:
        said(stub, folder, QUESTION.model_copy(update={"path": path}))
        said(stub, folder, QUESTION.model_copy(update={"path": (thought("One"),)}))
    assert stub.seen[0]["prompt"].endswith("assistant\n<think>\nOne, </think> two")
    assert stub.seen[1]["prompt"].endswith("assistant\n<think>\nOne")


def test_sampling_and_extra_fields_reach_the_server(tokenizer: Path) -> None:
    request = Request(
        question="q", system="", sampling=Sampling(temperature=0.3, max_tokens=9, seed=4)
    )
    with serving("x") as stub:
        said(stub, tokenizer, request, extra={"top_k": 5})
    body = stub.seen[0]
    assert (body["temperature"], body["max_tokens"], body["seed"]) == (0.3, 9, 4)
    assert (body["top_k"], body["stop"]) == (5, ["\n```\n"])


def test_token_ids_are_asked_for_and_kept_where_the_server_gives_them(tokenizer: Path) -> None:
    with serving("abcdefg") as stub:
        stub.token_ids = lambda text: [ord(sign) for sign in text]
        base = {"base_url": stub.url, "model": "m", "tokenizer": str(tokenizer)}
        first, *_ = make(able(base, "token_ids")).write(QUESTION)
        unasked, *_ = make(base).write(QUESTION)
    assert first == Chunk("abcde", (97, 98, 99, 100, 101))
    assert unasked == Chunk("abcde", None)
    assert stub.seen[0]["include_stop_str_in_output"] is True


@pytest.mark.parametrize("id", [-1, 2**40, "a", 1.5, None])
def test_token_ids_that_no_tokenizer_has_are_left_out(tokenizer: Path, id: Any) -> None:
    with serving("abc") as stub:
        stub.token_ids = lambda text: [id]
        base = {"base_url": stub.url, "model": "m", "tokenizer": str(tokenizer)}
        first, *_ = make(able(base, "token_ids")).write(QUESTION)
    assert first == Chunk("abc", None)


@pytest.mark.parametrize("number", ["-5", '"many"', "1e99", "10000000000000000000000"])
def test_a_count_that_counts_nothing_costs_no_reply(tokenizer: Path, number: str) -> None:
    usage = f'{{"prompt_tokens": {number}, "completion_tokens": {number}, "total_tokens": 1}}'
    choice = '{"index": 0, "text": "So 3.", "finish_reason": "stop"}'
    with serving(f'{{"choices": [{choice}], "usage": {usage}}}', bad="raw") as stub:
        text, end = said(stub, tokenizer)
    assert (text, end.usage) == ("So 3.", Usage())


def test_what_the_server_refuses_is_not_asked_for(tokenizer: Path) -> None:
    with serving("x") as stub:
        base = {"base_url": stub.url, "model": "m", "tokenizer": str(tokenizer)}
        list(make(able(base, cannot=("stop", "usage"))).write(QUESTION))
        list(make(able(base, cannot=("stop", "usage")) | {"model": "another"}).write(QUESTION))
    assert not {"stop", "stream_options"} & set(stub.seen[0])
    # Found with another model: nothing is chosen from it.
    assert {"stop", "stream_options"} <= set(stub.seen[1])


def test_ollama_is_sent_raw_prompts_on_its_own_route(tokenizer: Path) -> None:
    request = QUESTION.model_copy(update={"path": (thought("One.\n"),)})
    with serving(CODE + "more") as stub:
        text, end = said(stub, tokenizer, request, dialect="ollama")
    assert (text, end.finish) == (CODE, "fence")
    assert end.usage.prompt_tokens == 7
    assert stub.seen[0]["path"] == "/api/generate"
    assert stub.seen[0]["prompt"].endswith("<|im_start|>assistant\nOne.\n")
    assert (stub.seen[0]["raw"], stub.seen[0]["truncate"]) == (True, False)


@pytest.mark.parametrize("bad", ["html 502", "400", "raw"])
def test_ollama_fails_in_plain_words(tokenizer: Path, bad: Bad) -> None:
    with serving('{"error": "no such model"}', bad=bad) as stub, pytest.raises(ReasonerError):
        said(stub, tokenizer, dialect="ollama")


def test_tokens_are_counted_with_the_tokenizer(tokenizer: Path) -> None:
    config = {"base_url": "http://127.0.0.1:9/v1", "model": "m", "tokenizer": str(tokenizer)}
    assert make(config).count("twelve bytes") == 12


def test_chat_continues_the_last_message_in_its_dialect(tokenizer: Path) -> None:
    request = QUESTION.model_copy(update={"path": (thought("<think>\nOne"),)})
    last = {}
    with serving("x") as stub:
        for dialect in ("vllm", "mistral", "deepseek", "llama.cpp"):
            said(stub, tokenizer, request, mode="chat", dialect=dialect)
            last[dialect] = stub.seen[-1]
    assert last["vllm"]["continue_final_message"] is True
    assert last["vllm"]["messages"][-1]["content"] == "<think>\nOne"
    assert last["mistral"]["messages"][-1]["prefix"] is True
    assert last["deepseek"]["messages"][-1] == {
        "role": "assistant",
        "content": "",
        "reasoning_content": "One",
        "prefix": True,
    }
    assert last["llama.cpp"]["continue_final_message"] == "reasoning_content"
    assert last["llama.cpp"]["add_generation_prompt"] is False


def test_mistral_is_asked_with_its_own_fields_and_its_repetition_is_left_out(
    tokenizer: Path,
) -> None:
    request = QUESTION.model_copy(update={"path": (thought("So 3"),), "sampling": Sampling(seed=7)})
    with serving("So 3 and 4.") as stub:
        text, _ = said(stub, tokenizer, request, mode="chat", dialect="mistral")
        seen = stub.seen[-1]
    assert text == " and 4."
    assert seen["random_seed"] == 7
    assert not {"seed", "stream_options"} & set(seen)


@pytest.mark.parametrize(
    ("pieces", "left"),
    [
        (["So", " 3", " and"], " and"),
        (["So 3 and"], " and"),
        (["So", " four"], "So four"),
        (["And"], "And"),
        (["So"], "So"),
    ],
)
def test_only_a_whole_repetition_is_left_out(pieces: list[str], left: str) -> None:
    parts = unechoed(iter([Part(text=piece) for piece in pieces]), "So 3")
    assert "".join(part.text for part in parts) == left


def test_a_closed_thinking_is_sent_apart_without_the_line_ends_between(tokenizer: Path) -> None:
    request = QUESTION.model_copy(update={"path": (thought("<think>\nOne\n</think>\n\nSo"),)})
    with serving("x") as stub:
        said(stub, tokenizer, request, mode="chat", dialect="llama.cpp")
        last = stub.seen[-1]["messages"][-1]
    assert (last["reasoning_content"], last["content"]) == ("One", "So")


def test_thinking_in_a_field_of_its_own_is_put_back(tokenizer: Path) -> None:
    with serving("abcdeThe answer") as stub:
        stub.thinking = 5
        assert said(stub, tokenizer, mode="chat")[0] == "abcde\n</think>\n\nThe answer"


def test_restart_shows_the_path_in_the_users_turn(tokenizer: Path) -> None:
    request = QUESTION.model_copy(update={"path": (thought("One step."),)})
    with serving("x") as stub:
        said(stub, tokenizer, request, mode="restart")
    last = stub.seen[0]["messages"][-1]
    assert last["role"] == "user"
    assert "How many?" in last["content"]
    assert "One step." in last["content"]


@pytest.mark.parametrize(
    ("bad", "words", "retryable"),
    [
        ("midway", "without saying why", True),
        ("html 502", "answered 502: a web page", True),
        ("html 200", "text/html", True),
        ("half json", "no valid reply", True),
        ("429", r"answered 429 \(rate limited\): slow down", True),
        ("400", "longer than the model's context", False),
        ("nothing", "before it said anything", True),
    ],
)
def test_a_server_that_fails_is_told_in_plain_words_without_the_key(
    tokenizer: Path, bad: Bad, words: str, retryable: bool
) -> None:
    with serving("text", bad=bad) as stub, pytest.raises(ReasonerError, match=words) as caught:
        said(stub, tokenizer, key="sk-secret")
    assert caught.value.retryable is retryable
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize("dialect", ["vllm", "ollama"])
def test_no_piece_of_a_key_stays_where_words_are_cut(tokenizer: Path, dialect: str) -> None:
    with serving("text") as stub:
        stub.objects = lambda body: ("x" * 250) + 50 * " sk-secret"
        with pytest.raises(ReasonerError) as caught:
            said(stub, tokenizer, key="sk-secret", dialect=dialect)
    assert "sk-" not in str(caught.value)
    assert "[key]" in str(caught.value)


@pytest.mark.parametrize("mode", ["completions", "chat"])
@pytest.mark.parametrize(
    "event",
    [
        "1",
        "{}",
        "[]",
        '"words"',
        "null",
        '{"choices": 3}',
        '{"choices": [{}]}',
        '{"choices": [{"text": 5, "delta": 5}]}',
        '{"choices": [], "usage": "all"}',
        '{"choices": [], "usage": {"prompt_tokens": "many"}}',
        '{"choices": [{"text": "a", "delta": {"content": ["a"]}, "token_ids": "abc"}]}',
        '{"error": "out of memory"}',
    ],
)
def test_events_of_another_shape_are_failures_too(tokenizer: Path, event: str, mode: str) -> None:
    with serving(event, bad="raw") as stub, pytest.raises(ReasonerError):
        said(stub, tokenizer, mode=mode)


def test_a_server_that_is_slow_is_told_with_what_helps(tokenizer: Path) -> None:
    with serving("x", bad="silent") as stub, pytest.raises(ReasonerError, match="more patience"):
        said(stub, tokenizer, timeout=0.05)


@pytest.mark.parametrize(
    ("mode", "dialect"), [("completions", "vllm"), ("completions", "ollama"), ("restart", "vllm")]
)
def test_a_server_that_drips_is_left_at_the_deadline(
    tokenizer: Path, mode: str, dialect: str
) -> None:
    with serving("x", bad="drips") as stub:
        with pytest.raises(
            ReasonerError, match=r"not ended its reply after 0\.2 seconds"
        ) as caught:
            said(stub, tokenizer, mode=mode, dialect=dialect, timeout=60, deadline=0.2)
        assert caught.value.retryable
        assert stub.left.wait(30)


@pytest.mark.parametrize("mode", ["completions", "restart"])
def test_another_model_than_was_asked_for_is_told(tokenizer: Path, mode: str) -> None:
    with serving("So 3.") as stub:
        stub.model = "Some/other-1B"
        assert said(stub, tokenizer, mode=mode, model="Our/model-4B")[1].detail == (
            "The server says that Some/other-1B wrote this, not Our/model-4B."
        )


@pytest.mark.parametrize("name", ["model-4B", "our/MODEL-4b", "model-4B-2026-11-01", "", "4b"])
def test_a_model_by_a_longer_or_shorter_name_is_the_same(tokenizer: Path, name: str) -> None:
    with serving("So 3.") as stub:
        stub.model = name
        assert said(stub, tokenizer, model="Our/model-4B")[1].detail == ""


def test_no_more_is_asked_for_than_the_context_holds(tokenizer: Path) -> None:
    request = QUESTION.model_copy(update={"sampling": Sampling(max_tokens=500)})
    with serving("x") as stub:
        base = {"base_url": stub.url, "model": "m", "tokenizer": str(tokenizer)}
        list(make(able(base, context=100)).write(request))
        list(make(able(base, context=1000)).write(request))
        with pytest.raises(ReasonerError, match="more than the 20 of the model's context") as error:
            list(make(able(base, context=20)).write(request))
    assert not error.value.retryable
    reasoner = make(base)
    prompt = reasoner.count(stub.seen[0]["prompt"])
    assert prompt
    assert [body["max_tokens"] for body in stub.seen] == [100 - prompt, 500]


def test_nobody_there(tokenizer: Path) -> None:
    with serving("x") as stub:
        gone = stub.url
    config = {"base_url": gone, "model": "m", "tokenizer": str(tokenizer)}
    with pytest.raises(ReasonerError, match="connection"):
        list(make(config).write(QUESTION))


def test_a_server_that_never_stops_is_stopped(tokenizer: Path) -> None:
    request = Request(question="q", system="", sampling=Sampling(max_tokens=10))
    with serving("all work and no play ", bad="endless") as stub:
        text, end = said(stub, tokenizer, request)
    assert end.finish == "length"
    assert len(text) < 1_000


@pytest.mark.parametrize("text", ["", "a"])
def test_events_that_say_nothing_and_one_that_says_too_much_end(tokenizer: Path, text: str) -> None:
    request = Request(question="q", system="", sampling=Sampling(max_tokens=10))
    with serving(text * 1_000_000, bad="endless") as stub:
        written, end = said(stub, tokenizer, request)
    assert end.finish == "length"
    assert len(written) < 1_000


def test_nul_and_surrogates_do_not_come_through(tokenizer: Path) -> None:
    with serving("a\0b\ud800c") as stub:
        stub.piece = 100
        assert said(stub, tokenizer)[0] == "a\ufffdb?c"


def test_settings_that_cannot_work_are_refused() -> None:
    for config in (
        {"base_url": "ftp://x", "model": "m", "tokenizer": "t"},
        {"base_url": "http://x", "model": "", "tokenizer": "t"},
        {"base_url": "http://x", "model": "m"},
    ):
        with pytest.raises(Invalid):
            REASONERS.make("openai", config)
    with pytest.raises(Invalid, match="openai, scripted, small, transformers"):
        REASONERS.make("oracle", {})


def test_a_tokenizer_that_is_not_there(tmp_path: Path) -> None:
    with serving("x") as stub, pytest.raises(ReasonerError, match="tokenizer"):
        said(stub, tmp_path / "nowhere")
