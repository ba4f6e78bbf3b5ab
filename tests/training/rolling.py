"""What tests of rollouts share: a sandbox and an engine that do what the test says."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count

from app.backends.reasoners.tokens import ModelTokens
from app.backends.sandboxes.base import Session
from app.core.execution import Execution, Isolation, Limits
from app.loop import Limits as LoopLimits
from training.rollout import Bounds, Reply, Turn

ISOLATION = Isolation(level="none", reason="a test")
BOUNDS = Bounds(written=2_000, whole=4_000, loop=LoopLimits(max_code_calls=3))
CODE = "```python\nprint(1)\n```\n"


class Echo:
    """A sandbox that prints each program's text; one with "broken" in it fails `fails` times."""

    isolation = ISOLATION
    woken = ""

    def __init__(self, fails: int = 0) -> None:
        self._fails, self._failed = fails, count()

    @contextmanager
    def session(self, seed: int = 0, wake: Sequence[str] = ()) -> Iterator[Session]:
        yield self

    def execute(self, code: str, limits: Limits) -> Execution:
        broken = "broken" in code and next(self._failed) < self._fails
        return Execution(
            status="sandbox_error" if broken else "ok",
            reason="it broke" if broken else "",
            output=code,
            stdout=code,
            wall_s=0.0,
            cpu_s=0.0,
            isolation=ISOLATION,
            limits=limits,
        )

    def keep(self, key: str) -> bool:
        return False

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


class Scripted:
    """An engine that says, for each prompt, its lines in turn; a line without a fence's end stops.

    `batches` are the sizes of the batches that it was asked for, `turns` all that it was asked.
    """

    def __init__(self, tokens: ModelTokens, lines: Mapping[str, Sequence[str]]) -> None:
        self._tokens = tokens
        self._lines = {question: iter(said) for question, said in lines.items()}
        self.batches: list[int] = []
        self.turns: list[Turn] = []

    def generate(self, turns: Sequence[Turn], round_: int) -> list[Reply]:
        assert round_ == len(self.batches)
        self.batches.append(len(turns))
        self.turns += turns
        return [self._reply(turn) for turn in turns]

    def _reply(self, turn: Turn) -> Reply:
        seen = self._tokens.text(turn.ids)
        [said] = [lines for question, lines in self._lines.items() if question in seen]
        text = next(said, "")
        ids = self._tokens.ids(text)
        if len(ids) >= turn.room:
            ids = ids[: turn.room]
            return Reply(ids, self._tokens.text(ids), "length")
        if text.endswith("```\n"):
            return Reply(ids, text, "fence")
        return Reply(ids, text, "stop", self._tokens.ids(self._tokens.end)[0])
