"""The text of a reply while it is being written, and the steps that it is."""

from collections.abc import Callable, Sequence

from app.backends.reasoners.base import Chunk
from app.core.fences import Piece, ends_thinking, open_fence, split_text
from app.core.trace import Step
from app.loop.repetition import WINDOW, repeats, rewords

_EVERY = 256


class Draft:
    """A reply that goes on with `path`; chunks are added to it as they come."""

    def __init__(self, path: Sequence[Step]) -> None:
        self.text = ""
        self._answering = ends_thinking(path)
        self._chunks: list[Chunk] = []
        self._looked = 0

    def add(self, chunk: Chunk) -> None:
        """Put a chunk behind what is there."""
        self.text += chunk.text
        self._chunks.append(chunk)

    def repeating(self) -> bool:
        """Whether the reply has begun to repeat itself without end; looks now and then."""
        if len(self.text) - self._looked < _EVERY:
            return False
        self._looked = len(self.text)
        tail = self.text[-WINDOW:]
        return repeats(tail) or rewords(tail)

    def pieces(self, *, finished: bool) -> list[Piece]:
        """The reply split at its fences."""
        return split_text(self.text, finished=finished, answering=self._answering)

    def has_code(self) -> bool:
        """Whether the reply ends behind a closed block of code."""
        pieces = self.pieces(finished=False)
        return bool(pieces) and pieces[-1].kind == "code" and open_fence(pieces[-1].text) is None

    def steps(
        self, pieces: Sequence[Piece], count: Callable[[str], int | None]
    ) -> tuple[Step, ...]:
        """The Reasoner's steps for the first pieces of the reply, with their tokens."""
        steps, at = [], 0
        for kind, text in pieces:
            ids = self._ids(at, at + len(text))
            tokens = len(ids) if ids is not None else count(text)
            mark = "forged" if kind == "output" else None
            fields = {"text": text, "token_ids": ids, "tokens": tokens, "mark": mark}
            steps.append(Step.model_validate({"kind": kind, "author": "reasoner", **fields}))
            at += len(text)
        return tuple(steps)

    def _ids(self, start: int, end: int) -> tuple[int, ...] | None:
        """The token ids of a stretch, where whole chunks with ids make it up."""
        at = 0
        ids: list[int] = []
        for chunk in self._chunks:
            if start <= at < end:
                if chunk.token_ids is None or at + len(chunk.text) > end:
                    return None
                ids.extend(chunk.token_ids)
            elif at < start < at + len(chunk.text):
                return None
            at += len(chunk.text)
        return tuple(ids) if ids else None
