"""The Reasoner that plays recordings: for tests, and for a first look without a model.

Promise: it says what was recorded for exactly this path, or that nothing was. It never gives one
hint's continuation to another, and makes nothing up.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.backends.reasoners.base import Chunk, Continuation, End, Replies, Request
from app.backends.reasoners.recordings import (
    EXAMPLES,
    Recording,
    load,
    remainder,
    script_of,
    scripts,
)
from app.core.fences import open_fence, split_text

_CHARACTERS = 24
"""The size of a chunk: about six tokens, so that a person sees text being written."""

NO_RECORDING = (
    "The Reasoner is a recording, and nothing was recorded for this continuation. To go on from "
    "any hint, connect a model: project settings, Reasoner, OpenAI-compatible server."
)
ALL_CALLS_USED = "The recording ends inside this program: its code calls were used up."


def make(config: Mapping[str, Any], key: str = "") -> "Scripted":
    """A Scripted that plays `config["folder"]` (by default the examples).

    `config["delay"]` are the seconds between two chunks. There is no use for a key.
    """
    folder = Path(config.get("folder") or EXAMPLES)
    return Scripted(load(folder), delay=float(config.get("delay", 0.02)))


class Scripted:
    """Plays `recordings`, pausing `delay` seconds after each chunk."""

    continuation: Continuation = "recording"

    def __init__(self, recordings: Sequence[Recording], delay: float = 0.0) -> None:
        self.recordings = tuple(recordings)
        self.delay = delay
        models = sorted({recording.model for recording in recordings})
        self.name = f"recording of {', '.join(models)}"

    def write(self, request: Request) -> Replies:
        """The recorded continuation of the path, up to the next closing fence or the end."""
        rest = next(self._continuations(request), "")
        if not rest:
            yield End("no_recording", detail=NO_RECORDING)
            return
        reply, end = _reply(rest)
        for at in range(0, len(reply), _CHARACTERS):
            yield Chunk(reply[at : at + _CHARACTERS])
            time.sleep(self.delay)
        yield end

    def count(self, text: str) -> int | None:
        """None: recordings keep no tokenizer."""
        return None

    def _continuations(self, request: Request) -> Iterator[str]:
        so_far = script_of(request.path)
        for recording in self.recordings:
            if recording.question.strip() == request.question.strip():
                for _, played in scripts(recording):
                    if rest := remainder(played, so_far):
                        yield rest


def _reply(rest: str) -> tuple[str, End]:
    """The part of a recorded rest that is one reply, and how it ended."""
    reply = ""
    for piece in split_text(rest, finished=False):
        reply += piece.text
        if piece.kind == "code":
            cut_short = open_fence(piece.text) is not None
            return reply, End("code_limit", detail=ALL_CALLS_USED) if cut_short else End("fence")
    return reply, End("stop")
