"""A model in the worker itself: a tiny one with random weights, which talks nonsense exactly."""

import importlib.util
from pathlib import Path

import pytest

from app.backends.reasoners import REASONERS, local
from app.backends.reasoners.base import Chunk, End, ReasonerError, Request, Sampling
from app.backends.reasoners.dialects import opening
from app.backends.reasoners.local import make
from app.backends.reasoners.token_by_token import TokenReasoner
from app.backends.reasoners.tokenizer import load_tokenizer, opened
from app.core.errors import Invalid
from app.core.trace import Step
from tests.tiny_tokenizer import make_tokenizer

HAS_TORCH = importlib.util.find_spec("torch") is not None
with_torch = [
    pytest.mark.servers,
    pytest.mark.skipif(not HAS_TORCH, reason="torch is in .venv-servers (make test-servers)"),
]
GREEDY = Sampling(temperature=0, max_tokens=40)
ASKED = Request(question="How many?", system="Think.", sampling=GREEDY)


@pytest.mark.skipif(HAS_TORCH, reason="torch is here")
def test_without_torch_the_extra_that_brings_it_is_named() -> None:
    with pytest.raises(Invalid, match="the extra `servers` brings it"):
        REASONERS.make("transformers", {"model": "m"})


def test_without_a_model_one_is_asked_for() -> None:
    with pytest.raises(Invalid, match="Name the model"):
        REASONERS.make("transformers", {})


@pytest.fixture(scope="module")
def reasoner(tmp_path_factory: pytest.TempPathFactory) -> TokenReasoner:
    import torch
    from transformers import AutoTokenizer, Qwen3Config, Qwen3ForCausalLM

    folder = make_tokenizer(tmp_path_factory.mktemp("model"))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=32,
        max_position_embeddings=256,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = Qwen3ForCausalLM(config)
    model.lm_head.weight.data[tokenizer.eos_token_id] = 0  # so that it hardly ever ends by itself
    model.save_pretrained(folder)
    return make({"model": str(folder)})


def heard(reasoner: TokenReasoner, request: Request = ASKED) -> tuple[str, tuple[int, ...], End]:
    *chunks, end = reasoner.write(request)
    assert isinstance(end, End)
    assert all(isinstance(one, Chunk) for one in chunks)
    ids = [token for one in chunks for token in one.token_ids or ()]  # type: ignore[union-attr]
    return "".join(one.text for one in chunks), tuple(ids), end  # type: ignore[union-attr]


class TestWithTorch:
    """What needs torch: run by `make test-servers` in the environment that has it."""

    pytestmark = with_torch

    def test_it_writes_what_transformers_itself_generates(self, reasoner: TokenReasoner) -> None:
        import torch
        from transformers import AutoModelForCausalLM

        tokenizer = load_tokenizer(reasoner.name)
        prompt = tokenizer.encode(opened(tokenizer, opening(ASKED), ""))
        model = AutoModelForCausalLM.from_pretrained(reasoner.name)
        wanted = model.generate(torch.tensor([prompt]), do_sample=False, max_new_tokens=40)
        text, ids, end = heard(reasoner)
        assert ids == tuple(wanted[0, len(prompt) :].tolist())
        assert (end.finish, end.usage.completion_tokens) == ("length", 40)
        assert end.usage.prompt_tokens == len(prompt)
        assert text

    def test_what_is_in_common_is_not_read_again_and_changes_nothing(
        self, reasoner: TokenReasoner
    ) -> None:
        text, _, _ = heard(reasoner)
        step = Step(kind="thought", author="reasoner", text=text[:4])
        going_on = ASKED.model_copy(update={"path": (step,)})
        warm = heard(reasoner, going_on)
        assert (warm[2].usage.cached_tokens or 0) > 20
        local._load.cache_clear()
        cold = heard(reasoner, going_on)
        assert (cold[:2], cold[2].usage.cached_tokens) == (warm[:2], 0)

    def test_a_seed_gives_the_same_words_and_another_gives_others(
        self, reasoner: TokenReasoner
    ) -> None:
        def drawn(seed: int, **how: float) -> tuple[int, ...]:
            sampling = Sampling(max_tokens=20, seed=seed, **how)
            return heard(reasoner, ASKED.model_copy(update={"sampling": sampling}))[1]

        assert drawn(1) == drawn(1) != drawn(2)
        # A nucleus of nothing is the likeliest token alone.
        assert drawn(1, top_p=1e-9) == drawn(2, top_p=1e-9) == heard(reasoner)[1][:20]

    def test_a_reply_that_is_closed_lets_the_next_one_begin(self, reasoner: TokenReasoner) -> None:
        first = reasoner.write(ASKED)
        next(first)
        first.close()
        assert heard(reasoner)[2].finish == "length"

    def test_a_path_longer_than_the_context_is_refused(self, reasoner: TokenReasoner) -> None:
        step = Step(kind="thought", author="reasoner", text="x" * 300)
        with pytest.raises(ReasonerError, match="context 256"):
            heard(reasoner, ASKED.model_copy(update={"path": (step,)}))

    def test_a_model_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ReasonerError, match="can't be loaded"):
            heard(make({"model": str(tmp_path / "nowhere")}))
