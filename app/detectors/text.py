"""A text line by line, so that a pattern never looks at more than a bounded stretch at once."""

from collections.abc import Iterator, Sequence

LONGEST_LINE = 400
"""Characters that a pattern looks at in one go; a longer line comes in several pieces."""


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line of a text with its start; a long one in pieces of `LONGEST_LINE` characters."""
    start = 0
    for line in text.split("\n"):
        for at in range(0, len(line), LONGEST_LINE):
            yield start + at, line[at : at + LONGEST_LINE]
        start += len(line) + 1


def has_any(text: str, words: Sequence[str]) -> bool:
    """Whether one of these is in it, large letters or small: far quicker than a pattern."""
    small = text.lower()
    return any(word in small for word in words)
