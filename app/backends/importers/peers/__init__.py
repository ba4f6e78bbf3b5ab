"""What other annotation tools export, as rows that the import reads.

Promises: a file that is none of theirs comes through as it is; a row that can't be understood is a
`BadRow` or tells what was left out of it; nothing that came is taken at its word. Each tool has one
file here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Literal, NamedTuple

from app.backends.importers.peers import argilla, label_studio, langfuse, potato
from app.backends.importers.rows import BadRow, Row

Kind = Literal["rows", "argilla", "label_studio", "langfuse", "potato"]
"""Whose export a file is; `rows` are nobody's."""
_LOOKED_AT = 20


class Peer(NamedTuple):
    """A tool: its name, whether a row is one of its exports, and how its rows become ours."""

    name: str
    detect: Callable[[Mapping[str, Any]], bool]
    convert: Callable[[Iterator[Row | BadRow]], Iterator[Row | BadRow]]


PEERS: dict[Kind, Peer] = {
    "argilla": Peer(argilla.NAME, argilla.detect, argilla.convert),
    "label_studio": Peer(label_studio.NAME, label_studio.detect, label_studio.convert),
    "langfuse": Peer(langfuse.NAME, langfuse.detect, langfuse.convert),
    "potato": Peer(potato.NAME, potato.detect, potato.convert),
}


def converted(rows: Iterator[Row | BadRow], kind: Kind | None) -> Iterator[Row | BadRow]:
    """The rows as ours. `kind` is whose they are; None finds that out."""
    head = list(islice(rows, _LOOKED_AT))
    peer = PEERS.get(kind or kind_of(head))
    whole = chain(head, rows)
    return peer.convert(whole) if peer else whole


def kind_of(rows: Iterable[Row | BadRow]) -> Kind:
    """Whose one of the first rows is."""
    head = [row.data for row in islice(rows, _LOOKED_AT) if isinstance(row, Row)]
    return next((kind for kind, peer in PEERS.items() if any(map(peer.detect, head))), "rows")
