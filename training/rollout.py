"""Paths for RL: the app's own loop over the app's own sandbox, many at once.

Promises: each path is driven by `app.loop.run` in a thread of its own; whenever all of them wait
for the model, it goes on with all of them in one batch, so the same seed draws the same paths. A
program that the sandbox failed to execute is tried again; a path whose program never ran is
`failed`, and nothing of it is trained on.

Not here: what a model is (`Engine`; `training.generate` has one by transformers).
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Condition
from typing import Any, Literal, NamedTuple, Protocol

from app.backends.reasoners.base import Continuation, Replies, Request, Sampling
from app.backends.reasoners.dialects import opening
from app.backends.reasoners.replies import until_fence
from app.backends.reasoners.stream import Part
from app.backends.reasoners.tokenizer import opened
from app.backends.sandboxes.base import Sandbox
from app.core.trace import Outcome, text_of
from app.loop import Limits, RunResult, run
from training.ledger import Ledger

TRIES = 3
_BY_ITSELF: frozenset[Outcome] = frozenset({"answered", "unanswered", "empty_reply"})
"""Outcomes of a model that ended by its own end token."""


class Turn(NamedTuple):
    """What a path asks of the model: go on with `ids`, by `room` tokens at most.

    `before` is the text of the thought that it goes on with, in which a fence may be open.
    """

    ids: list[int]
    before: str
    room: int


class Reply(NamedTuple):
    """What the model wrote: `text` ends with the line that closes a program, or with the reply.

    `ids` say the text, the last of them perhaps more; `end` is the end token, which is in neither.
    `logprobs` are of `ids` and of the end token, where the engine tells them.
    """

    ids: list[int]
    text: str
    finish: Literal["fence", "stop", "length"]
    end: int | None = None
    logprobs: tuple[float | None, ...] = ()


class Engine(Protocol):
    """A model that goes on with many paths at once."""

    def generate(self, turns: Sequence[Turn], round_: int) -> list[Reply]:
        """A reply for each turn, in their order; `round_` counts the batches of a rollout."""
        ...


class Rollout(NamedTuple):
    """One path as TRL takes it; `tries` counts how often the sandbox failed."""

    prompt_ids: list[int]
    completion_ids: list[int]
    env_mask: list[int]
    logprobs: list[float | None]
    text: str
    outcome: Outcome
    calls: int
    failed: bool
    tries: int

    def __repr__(self) -> str:
        """In short: TRL logs one that has no reward."""
        return f"<a path of {len(self.completion_ids)} tokens: {self.outcome}>"


class Bounds(NamedTuple):
    """What a path may use: `written` tokens of the model's own, `whole` of everything together."""

    written: int
    whole: int
    loop: Limits


def roll_out(
    prompts: Sequence[Sequence[Mapping[str, str]]],
    engine: Engine,
    sandbox: Sandbox,
    tokenizer: Any,
    bounds: Bounds,
    seed: int = 0,
) -> list[Rollout]:
    """A path for each prompt, which is chat messages: the user's, perhaps behind a system one.

    Raises SandboxRefused where code can't be isolated.
    """
    rounds = _Rounds(engine, len(prompts))

    def path(at: int) -> Rollout:
        writer = _Writer(rounds, at, tokenizer, _request(prompts[at], bounds), bounds)
        return _path(writer, sandbox, bounds, seed)

    with ThreadPoolExecutor(max(1, len(prompts))) as threads:
        paths = [threads.submit(rounds.during, path, at) for at in range(len(prompts))]
        rounds.serve()
        return [each.result() for each in paths]


class _Rounds:
    """Gathers what paths ask, until all that go on are asking, and answers them at once."""

    def __init__(self, engine: Engine, paths: int) -> None:
        self._engine, self._live = engine, paths
        self._waiting: dict[int, tuple[Turn, Future[Reply]]] = {}
        self._changed = Condition()

    def during(self, path: Callable[[int], Rollout], at: int) -> Rollout:
        """Count a path as going on until it is done."""
        try:
            return path(at)
        finally:
            with self._changed:
                self._live -= 1
                self._changed.notify()

    def ask(self, at: int, turn: Turn) -> Reply:
        """Wait for the reply to a turn of path `at`."""
        answer: Future[Reply] = Future()
        with self._changed:
            self._waiting[at] = (turn, answer)
            self._changed.notify()
        return answer.result()

    def serve(self) -> None:
        """Answer until no path goes on."""
        round_ = 0
        while asked := self._gather():
            try:
                replies = self._engine.generate([turn for turn, _ in asked], round_)
            except BaseException as error:
                for _, answer in asked:
                    answer.set_exception(error)
            else:
                for (_, answer), reply in zip(asked, replies, strict=True):
                    answer.set_result(reply)
            round_ += 1

    def _gather(self) -> list[tuple[Turn, Future[Reply]]]:
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) == self._live)
            asked = [self._waiting[at] for at in sorted(self._waiting)]
            self._waiting.clear()
            return asked


class _Writer:
    """The Reasoner of one path: it asks the batch, and keeps the ledger."""

    name = "rollout"
    continuation: Continuation = "completions"

    def __init__(
        self, rounds: _Rounds, at: int, tokenizer: Any, request: Request, bounds: Bounds
    ) -> None:
        self._rounds, self._at, self._bounds = rounds, at, bounds
        self._tokenizer, self.request = tokenizer, request
        self.ledger = Ledger(tokenizer, opened(tokenizer, opening(request), ""))
        self.last: Reply | None = None

    def write(self, request: Request) -> Replies:
        """Go on with the path in the next batch."""
        self.ledger.catch_up(text_of(request.path))
        self.last = None
        last = request.path[-1] if request.path else None
        before = last.text if last and last.kind == "thought" else ""
        seen, bounds = self.ledger.seen, self._bounds
        room = min(bounds.written - self.ledger.written, bounds.whole - len(seen))
        part = Part(finish="length")
        if room > 0:
            reply = self._rounds.ask(self._at, Turn(seen, before, room))
            self.ledger.add(reply.ids, reply.text, reply.logprobs[: len(reply.ids)])
            self.last = reply
            part = Part(text=reply.text, finish="length" if reply.finish == "length" else "stop")
        yield from until_fence(iter([part]), request)

    def count(self, text: str) -> int:
        """Tokens by the model's own tokenizer."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))


def _path(writer: _Writer, sandbox: Sandbox, bounds: Bounds, seed: int) -> Rollout:
    """Drive the loop to its end, again from where the sandbox failed."""
    request = writer.request
    for tries in range(TRIES):
        ended = run(writer, sandbox, request, limits=bounds.loop, seed=seed)
        if ended.outcome != "sandbox_error":
            return _rollout(writer, ended, tries)
        request = request.model_copy(update={"path": ended.path})
    return _rollout(writer, ended, TRIES)


def _rollout(writer: _Writer, ended: RunResult, tries: int) -> Rollout:
    ledger, text = writer.ledger, text_of(ended.path)
    assert text.startswith(ledger.text), "the path says what the model wrote"
    last = writer.last
    if last and last.end is not None and ended.outcome in _BY_ITSELF:
        ledger.end(last.end, last.logprobs[-1] if last.logprobs else None)
    failed = ended.outcome == "sandbox_error"
    mask = ledger.mask(ended.path)
    return Rollout(
        prompt_ids=ledger.prompt_ids,
        completion_ids=ledger.ids,
        env_mask=[0] * len(mask) if failed else mask,
        logprobs=ledger.logprobs,
        text=text,
        outcome=ended.outcome,
        calls=sum(step.kind == "code" for step in ended.path),
        failed=failed,
        tries=tries,
    )


def _request(prompt: Sequence[Mapping[str, str]], bounds: Bounds) -> Request:
    """A prompt of the format `trl-rl` as the loop takes it."""
    told = {message["role"]: message["content"] for message in prompt}
    sampling = Sampling(max_tokens=bounds.written)
    return Request(question=told["user"], system=told.get("system", ""), sampling=sampling)
