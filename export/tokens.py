"""A row as token ids, each with whether the loss is on it: the one exact way to mask a path.

Promises: the ids decoded are the prompt and the path to the byte; no token lies across a border
between authors or of the mask, because each run of segments is tokenised apart; the row ends with
the end-of-sequence token, and that is trained on. What the server's own ids say stays as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Protocol

from app.core.errors import Refused
from export.rows import Segment, text_of

IGNORED = -100
"""The label of a token without loss, as PyTorch's cross entropy takes it."""


class Tokens(Protocol):
    """A tokenizer with its chat template; `app.backends.reasoners.tokens` makes one."""

    name: str
    hash: str
    """SHA-256 of its vocabulary and rules."""
    template_hash: str
    """SHA-256 of its chat template."""
    end: str
    """Its end-of-sequence token, as text."""

    def opened(self, messages: Sequence[dict[str, Any]], text: str) -> str:
        """The prompt by the chat template, up to where the reply `text` begins."""

    def ids(self, text: str) -> list[int]:
        """`text` alone as token ids, nothing added."""

    def text(self, ids: Sequence[int]) -> str:
        """The text that these ids say, special tokens too."""


def tokenized(
    prompt: str, segments: Sequence[Segment], tokens: Tokens
) -> tuple[list[int], list[int]]:
    """`input_ids` and `labels` (IGNORED where there is no loss), of equal length.

    Raises Refused for a tokenizer that does not give the text back.
    """
    ids = tokens.ids(prompt)
    labels = [IGNORED] * len(ids)
    for trained, piece in _pieces(segments, tokens):
        ids += piece
        labels += piece if trained else [IGNORED] * len(piece)
    end = tokens.ids(tokens.end)
    ids, labels = ids + end, labels + end
    if tokens.text(ids) != prompt + text_of(segments) + tokens.end:
        raise Refused(
            f"The tokenizer {tokens.name} does not give a trace back as it was written, so its "
            "token ids would train on another text. Choose another tokenizer or format."
        )
    return ids, labels


def _pieces(segments: Iterable[Segment], tokens: Tokens) -> Iterator[tuple[bool, list[int]]]:
    """Runs of one author and one mask as ids: the server's own where they say the text."""
    for (trained, _, _own), run in groupby(segments, lambda each: _kind(each, tokens)):
        several = list(run)
        if _own:
            yield from ((trained, list(each.token_ids or ())) for each in several)
        else:
            yield trained, tokens.ids(text_of(several))


def _kind(segment: Segment, tokens: Tokens) -> tuple[bool, str, bool]:
    own = segment.token_ids
    usable = bool(own) and tokens.text(own or ()) == segment.text
    return segment.trained, segment.author, usable
