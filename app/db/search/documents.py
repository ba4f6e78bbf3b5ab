"""Texts as lists of words, each list small enough for every database.

Promises: a phrase of up to `LONGEST_PHRASE` words stands whole in at least one list. PostgreSQL
keeps 256 places of a word in an entry and about a megabyte in all, so long texts come apart.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple

from app.core.search import LONGEST_PHRASE, folded

Kind = Literal["problem", "step", "hint"]
"""`hint` is a proposal's words, or a step that a hint became."""
_MOST_WORDS = 2_000
_MOST_OF_ONE = 255


class Document(NamedTuple):
    """What is indexed of a row: `about` names its table."""

    about: Literal["problem", "step", "proposal"]
    subject_id: int
    kind: Kind
    project_id: int
    text: str


def entries_of(document: Document) -> Iterator[list[str]]:
    """The words of a document behind its marks, in as many lists as it takes."""
    marks = [kind_mark(document.kind), project_mark(document.project_id)]
    for words in _parts(folded(document.text)):
        yield marks + words


def kind_mark(kind: Kind) -> str:
    """A word that no text has, on every entry of a kind."""
    return f"@{kind}"


def project_mark(project_id: int) -> str:
    """The same for every entry of a project."""
    return f"@p{project_id}"


def _parts(words: list[str]) -> Iterator[list[str]]:
    start, end = 0, 0
    while end < len(words) or not end:
        part = words[start : start + _MOST_WORDS]
        while part and max(Counter(part).values()) > _MOST_OF_ONE:
            part = part[: max(len(part) // 2, _MOST_OF_ONE)]
        yield part
        end = start + max(len(part), 1)
        start = end - LONGEST_PHRASE + 1
