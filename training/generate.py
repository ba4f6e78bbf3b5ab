"""A model of this process that goes on with many paths at once, by transformers or by vLLM.

Promises: each reply ends at the line that closes its program, at the model's own end token, or at
its room; the same seed draws the same tokens for the same batch, and nothing else that is drawn in
the process is moved by it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import torch
from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

from app.backends.reasoners.fence import FenceWatch
from app.backends.reasoners.stream import clean
from app.backends.reasoners.token_by_token import ends_in
from training.rollout import Reply, Turn


def mixed(*numbers: int) -> int:
    """One seed of several numbers, so that no two neighbours have one in common."""
    return int.from_bytes(sha256(repr(numbers).encode()).digest()[:7])


class Drawing:
    """How replies are drawn; `at_once` paths are in memory together. Temperature 0 is greedy."""

    def __init__(self, temperature: float, top_p: float, at_once: int, seed: int) -> None:
        self.temperature, self.top_p = temperature, top_p
        self.at_once, self.seed = at_once, seed

    def config(self, model: Any, pad: int, most: int) -> GenerationConfig:
        """For one batch of a model; the model's own habits, such as top_k, are left out."""
        drawn = {"temperature": self.temperature, "top_p": self.top_p, "top_k": 0}
        return GenerationConfig(  # type: ignore[no-untyped-call]
            do_sample=self.temperature > 0,
            **(drawn if self.temperature > 0 else {}),
            max_new_tokens=most,
            eos_token_id=model.generation_config.eos_token_id,
            pad_token_id=pad,
        )


def ends_of(model: Any) -> set[int]:
    """The tokens that end a reply of a model."""
    return ends_in(model.generation_config.eos_token_id)


class TransformersEngine:
    """`training.rollout.Engine` over a model that is in memory."""

    def __init__(self, model: Any, tokenizer: Any, drawing: Drawing) -> None:
        self._model, self._tokenizer, self._drawing = model, tokenizer, drawing
        self._pad = tokenizer.pad_token_id or tokenizer.eos_token_id
        self._ends = ends_of(model)

    def generate(self, turns: Sequence[Turn], round_: int) -> list[Reply]:
        """A reply for each turn. Those of like length go together."""
        order = sorted(range(len(turns)), key=lambda at: len(turns[at].ids))
        replies: dict[int, Reply] = {}
        size = self._drawing.at_once
        for start in range(0, len(order), size):
            batch = order[start : start + size]
            with _seeded(self._model.device, mixed(self._drawing.seed, round_, start)):
                drawn = self._batch([turns[at] for at in batch])
            replies |= dict(zip(batch, drawn, strict=True))
        return [replies[at] for at in range(len(turns))]

    def _batch(self, turns: Sequence[Turn]) -> list[Reply]:
        longest = max(len(turn.ids) for turn in turns)
        ids = torch.full((len(turns), longest), self._pad)
        for row, turn in enumerate(turns):
            ids[row, longest - len(turn.ids) :] = torch.tensor(turn.ids)
        there = torch.arange(longest) >= torch.tensor([[longest - len(t.ids)] for t in turns])
        watches = [_Watch(self._tokenizer, turn, self._ends) for turn in turns]
        most = max(turn.room for turn in turns)
        with torch.no_grad():
            self._model.generate(
                ids.to(self._model.device),
                attention_mask=there.long().to(self._model.device),
                generation_config=self._drawing.config(self._model, self._pad, most),
                stopping_criteria=StoppingCriteriaList([_Stop(watches)]),
            )
        return [watch.reply() for watch in watches]


class VllmEngine:
    """`training.rollout.Engine` over TRL's vLLM, which takes the weights as they are trained.

    `generation` stops at `app.backends.reasoners.fence.STOP` and keeps it. vLLM has one limit of
    tokens for all: what a path has no room for is dropped. Its draws are its own, by no seed.
    """

    def __init__(self, generation: Any, tokenizer: Any, ends: set[int]) -> None:
        self._generation, self._tokenizer, self._ends = generation, tokenizer, ends

    def generate(self, turns: Sequence[Turn], round_: int) -> list[Reply]:
        """A reply for each turn, with its log-probabilities."""
        prompts = [turn.ids for turn in turns]
        _, drawn, told, _ = self._generation.generate(
            prompts=prompts, images=None, num_generations=1
        )
        return [self._reply(*each) for each in zip(turns, drawn, told, strict=True)]

    def _reply(self, turn: Turn, drawn: Sequence[int], told: Sequence[Any]) -> Reply:
        watch = _Watch(self._tokenizer, turn, self._ends)
        for token in drawn:
            watch.draw(token)
        reply = watch.reply()
        read = len(reply.ids) + (reply.end is not None)
        return reply._replace(logprobs=tuple(each[0] for each in told[:read]))


class _Watch:
    """One row of a batch: its tokens as they are drawn, until it has to stop."""

    def __init__(self, tokenizer: Any, turn: Turn, ends: set[int]) -> None:
        self._tokenizer, self._turn, self._ends = tokenizer, turn, ends
        self._fence = FenceWatch(turn.before)
        self._ids: list[int] = []
        self._pending: list[int] = []
        self._text = ""
        self.stopped: Reply | None = None

    def draw(self, token: int) -> None:
        """Note the next token, unless the row has stopped."""
        if self.stopped:
            return
        if token in self._ends:
            self.stopped = Reply(self._ids, self._whole(), "stop", token)
            return
        self._ids.append(token)
        self._pending.append(token)
        said = clean(self._tokenizer.decode(self._pending, clean_up_tokenization_spaces=False))
        if not said.endswith("\ufffd"):
            self._pending = []
            cut = self._fence.cut(said)
            self._text += said[:cut]
            if cut is not None:
                self.stopped = Reply(self._ids, self._text, "fence")
                return
        if len(self._ids) == self._turn.room:
            self.stopped = Reply(self._ids, self._whole(), "length")

    def reply(self) -> Reply:
        """What the row came to."""
        return self.stopped or Reply(self._ids, self._whole(), "length")

    def _whole(self) -> str:
        """The text, with a character that is not whole."""
        rest = self._tokenizer.decode(self._pending, clean_up_tokenization_spaces=False)
        return self._text + (clean(rest) if self._pending else "")


class _Stop(StoppingCriteria):
    """Tells transformers which rows have stopped; it fills them up from there on."""

    def __init__(self, watches: Sequence[_Watch]) -> None:
        self._watches = watches

    def __call__(self, input_ids: Any, scores: Any, **more: Any) -> Any:
        for watch, token in zip(self._watches, input_ids[:, -1].tolist(), strict=True):
            watch.draw(token)
        stopped = [watch.stopped is not None for watch in self._watches]
        return torch.tensor(stopped, device=input_ids.device)


@contextmanager
def _seeded(device: Any, seed: int) -> Iterator[None]:
    """Draw by this seed, and leave the process's own as it was."""
    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        yield
