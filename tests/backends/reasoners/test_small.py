"""A small Qwen3 in numpy: its scores are those of transformers, and so are its replies."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from app.backends.reasoners import REASONERS, small
from app.backends.reasoners.base import Chunk, End, ReasonerError, Request, Sampling
from app.backends.reasoners.qwen3 import SmallQwen3
from app.backends.reasoners.small import make
from app.backends.reasoners.token_by_token import TokenReasoner
from app.core.errors import Invalid
from app.core.trace import Step
from tests.tiny_tokenizer import make_tokenizer

HAS_TORCH = importlib.util.find_spec("torch") is not None
CONFIG = {
    "architectures": ["Qwen3ForCausalLM"],
    "model_type": "qwen3",
    "vocab_size": 259,
    "hidden_size": 48,
    "intermediate_size": 80,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 256,
    "rms_norm_eps": 1e-6,
    "rope_parameters": {"rope_type": "default", "rope_theta": 5_000.0},
    "tie_word_embeddings": True,
}
ASKED = Request(
    question="How many?", system="Think.", sampling=Sampling(temperature=0, max_tokens=40)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with random weights: it talks nonsense, and exactly."""
    folder = make_tokenizer(tmp_path_factory.mktemp("small"))
    rng = np.random.default_rng(0)
    shapes = {"model.embed_tokens": (259, 48), "model.norm": (48,)}
    for at in range(3):
        layer = f"model.layers.{at}"
        shapes |= {
            f"{layer}.{name}": (48,) for name in ("input_layernorm", "post_attention_layernorm")
        }
        shapes |= {f"{layer}.self_attn.{name}": (16,) for name in ("q_norm", "k_norm")}
        shapes |= {f"{layer}.self_attn.{name}_proj": (32, 48) for name in "kv"}
        shapes |= {f"{layer}.self_attn.q_proj": (64, 48), f"{layer}.self_attn.o_proj": (48, 64)}
        shapes |= {f"{layer}.mlp.{name}_proj": (80, 48) for name in ("gate", "up")}
        shapes |= {f"{layer}.mlp.down_proj": (48, 80)}
    weights = {
        f"{name}.weight": rng.normal(float(len(shape) == 1), 0.3, shape).astype(np.float16)
        for name, shape in shapes.items()
    }
    weights["model.embed_tokens.weight"][256:] = 0  # it hardly ever ends by itself
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    (folder / "config.json").write_text(json.dumps(CONFIG | {"eos_token_id": 256}), "utf-8")
    return folder


@pytest.fixture
def reasoner(folder: Path) -> TokenReasoner:
    small._load.cache_clear()
    return make({"model": str(folder)})


def heard(reasoner: TokenReasoner, request: Request = ASKED) -> tuple[str, tuple[int, ...], End]:
    *chunks, end = reasoner.write(request)
    assert isinstance(end, End)
    said = [one for one in chunks if isinstance(one, Chunk)]
    ids = tuple(token for one in said for token in one.token_ids or ())
    return "".join(one.text for one in said), ids, end


@pytest.mark.servers
@pytest.mark.skipif(not HAS_TORCH, reason="torch is in .venv-servers (make test-servers)")
def test_its_scores_are_those_of_transformers(folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    ids = np.random.default_rng(1).integers(0, 256, 60).tolist()
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    with torch.inference_mode():
        wanted = model(torch.tensor([ids])).logits[0].numpy()
    ours = SmallQwen3(folder)
    for size in (20, 21, 22, 60):
        np.testing.assert_allclose(ours.read(ids[:size])[0], wanted[size - 1], atol=1e-3)


def test_reading_on_gives_the_scores_of_reading_anew(folder: Path) -> None:
    ids = np.random.default_rng(2).integers(0, 256, 50).tolist()
    warm, cold = SmallQwen3(folder), SmallQwen3(folder)
    for read in (ids[:30], ids[:31], [*ids[:12], 7, 8], ids):
        scores, common = warm.read(read)
    assert common == 12
    np.testing.assert_allclose(scores, cold.read(ids)[0], atol=1e-4)


def test_an_order_of_tokens_matters(folder: Path) -> None:
    model = SmallQwen3(folder)
    assert not np.allclose(model.read([1, 2, 3])[0], model.read([2, 1, 3])[0], atol=1e-2)


def test_what_was_read_before_a_hint_is_not_read_again(reasoner: TokenReasoner) -> None:
    _, ids, end = heard(reasoner)
    assert (len(ids), end.finish, end.usage.completion_tokens) == (40, "length", 40)
    hint = Step(kind="hint", author="human", text="Wait, they are whole.")
    more = heard(reasoner, ASKED.model_copy(update={"path": (hint,)}))
    assert more[2].usage.cached_tokens == end.usage.prompt_tokens
    assert more[1] != ids


def test_a_seed_gives_the_same_words_and_another_gives_others(reasoner: TokenReasoner) -> None:
    def drawn(seed: int, **how: float) -> tuple[int, ...]:
        sampling = Sampling(max_tokens=20, seed=seed, **how)
        return heard(reasoner, ASKED.model_copy(update={"sampling": sampling}))[1]

    assert drawn(1) == drawn(1) != drawn(2)
    # A nucleus of nothing is the likeliest token alone.
    assert drawn(1, top_p=1e-9) == drawn(2, top_p=1e-9) == heard(reasoner)[1][:20]


def test_a_path_longer_than_the_context_is_refused(reasoner: TokenReasoner) -> None:
    step = Step(kind="thought", author="reasoner", text="x" * 300)
    with pytest.raises(ReasonerError, match="context 256"):
        heard(reasoner, ASKED.model_copy(update={"path": (step,)}))


def test_without_a_model_one_is_asked_for() -> None:
    with pytest.raises(Invalid, match="Name the model"):
        REASONERS.make("small", {})


@pytest.mark.parametrize(
    "broken", ["no config", "no weights", "another kind", "half the weights", "too few layers"]
)
def test_a_folder_that_holds_no_such_model(broken: str, folder: Path, tmp_path: Path) -> None:
    make_tokenizer(tmp_path)
    if broken != "no config":
        kind = "llama" if broken == "another kind" else "qwen3"
        layers = 4 if broken == "too few layers" else 3
        own = {"model_type": kind, "num_hidden_layers": layers, "eos_token_id": 256}
        told = json.dumps(CONFIG | own)
        (tmp_path / "config.json").write_text(told, "utf-8")
    whole = (folder / "model.safetensors").read_bytes()
    if broken != "no weights":
        size = len(whole) // 2 if broken == "half the weights" else len(whole)
        (tmp_path / "model.safetensors").write_bytes(whole[:size])
    with pytest.raises(ReasonerError, match="can't be loaded"):
        heard(make({"model": str(tmp_path)}))
