"""From the parts of a stream to a reply: the text up to the line that closes a program, and why.

Promises: the same bytes whether a server keeps or drops the stop string; every reply has an end,
also one that never stops.
"""

from collections.abc import Iterator

from app.backends.reasoners.base import Chunk, End, Finish, ReasonerError, Replies, Request, Usage
from app.backends.reasoners.fence import STOP, FenceWatch
from app.backends.reasoners.stream import Part

_CHARACTERS_PER_TOKEN = 16
"""More than any tokenizer's average: a server past this many for its limit does not stop."""
_DRAINED = 16
"""Parts read behind a program's end, for the usage that a server sends last."""


def until_fence(parts: Iterator[Part], request: Request) -> Replies:
    """Chunks up to the line that closes a program, and the End. Raises ReasonerError."""
    before = request.path[-1].text if request.path and request.path[-1].kind == "thought" else ""
    watch, tail, said = FenceWatch(before), "", Part()
    room = request.sampling.max_tokens * _CHARACTERS_PER_TOKEN
    for part in parts:
        said = part._replace(
            finish=part.finish or said.finish,
            hit=part.hit or said.hit,
            usage=part.usage or said.usage,
            model=part.model or said.model,
        )
        text = part.text[: room + 1]
        cut = watch.cut(text)
        if text or part.token_ids:
            whole = text[:cut] == part.text
            yield Chunk(text[:cut], part.token_ids if whole else None)
        # An event takes room even where it says nothing: a stream of those ends too.
        tail, room = (tail + text)[-len(STOP) :], room - max(1, len(text))
        if cut is not None:
            yield End("fence", _last_usage(parts, said.usage), model=said.model)
            return
        if room < 0:
            told = "The server did not stop at its limit."
            yield End("length", said.usage or Usage(), told, said.model)
            return
    yield from _ending(said, watch, tail)


def unechoed(parts: Iterator[Part], begun: str) -> Iterator[Part]:
    """The parts of a reply without the begun message, which some servers repeat before they go on.

    What only looked like a repetition is given back.
    """
    left = begun
    for part in parts:
        text = part.text
        if not left or not text:
            yield part
        elif left.startswith(text):
            left = left[len(text) :]
            yield part._replace(text="", token_ids=None)
        else:
            repeated = text.startswith(left)
            kept = text[len(left) :] if repeated else begun[: len(begun) - len(left)] + text
            left = ""
            yield part._replace(text=kept)
    if left != begun and left:
        yield Part(text=begun[: len(begun) - len(left)])


def _ending(said: Part, watch: FenceWatch, tail: str) -> Replies:
    """What is missing of a stream that came to its end, and the End."""
    usage = said.usage or Usage()
    if said.finish is None:
        why = "without saying why" if tail else "before it said anything"
        raise ReasonerError(f"The model server ended its reply {why}. Try again.", retryable=True)
    if said.finish == "length":
        yield End("length", usage, model=said.model)
        return
    missing = watch.missing() or (STOP if said.hit and not tail.endswith(STOP) else "")
    if missing:
        yield Chunk(missing)
    finish: Finish = "fence" if missing or tail.endswith(STOP) else "stop"
    yield End(finish, usage, model=said.model)


def _last_usage(parts: Iterator[Part], usage: Usage | None) -> Usage:
    """The usage that a server sends with or behind the last text."""
    for part, _ in zip(parts, range(_DRAINED), strict=False):
        usage = part.usage or usage
    return usage or Usage()
