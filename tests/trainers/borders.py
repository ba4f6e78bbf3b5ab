"""What is asked of every row that a trainer says it trains on."""

from collections.abc import Sequence
from itertools import groupby

from app.backends.reasoners.tokens import ModelTokens
from export.formats.base import prompt_of
from export.rows import Row
from export.tokens import IGNORED


def whole(row: Row, tokens: ModelTokens) -> str:
    """The prompt by the chat template, the path, and the end, to the byte."""
    return tokens.opened(prompt_of(row), row.text) + row.text + tokens.end


def says(row: Row, ids: Sequence[int], labels: Sequence[int], tokens: ModelTokens) -> None:
    """Ids say the row to the byte, no token lies across a mask border, the end is trained on."""
    assert tokens.text(ids) == whole(row, tokens)
    assert _runs(ids, labels, tokens) == _expected(row, tokens)
    assert labels[-1] == ids[-1] == tokens.ids(tokens.end)[0]
    assert all(label in (IGNORED, token) for token, label in zip(ids, labels, strict=True))


def completion_says(
    row: Row, ids: Sequence[int], labels: Sequence[int], tokens: ModelTokens
) -> None:
    """Ids say the row to the byte, and the loss is on the whole reply and its end."""
    assert tokens.text(ids) == whole(row, tokens)
    assert _runs(ids, labels, tokens) == [
        (False, tokens.opened(prompt_of(row), row.text)),
        (True, row.text + tokens.end),
    ]


def _runs(ids: Sequence[int], labels: Sequence[int], tokens: ModelTokens) -> list[tuple[bool, str]]:
    """Texts that are trained on and not, in turn."""
    marked = [(label != IGNORED, token) for token, label in zip(ids, labels, strict=True)]
    runs = groupby(marked, key=lambda pair: pair[0])
    return [(trained, tokens.text([token for _, token in run])) for trained, run in runs]


def _expected(row: Row, tokens: ModelTokens) -> list[tuple[bool, str]]:
    """What the row's segments say, those of one mask joined."""
    parts = [(False, tokens.opened(prompt_of(row), row.text))]
    parts += [(segment.trained, segment.text) for segment in row.segments]
    runs = groupby([*parts, (True, tokens.end)], key=lambda part: part[0])
    return [(trained, "".join(text for _, text in run)) for trained, run in runs]
