"""Stopping at the line that closes a program, with the same bytes from every server.

A server that is given the stop string may keep it, drop it, or ignore it; what comes out here is
the text up to and with the closing line.
"""

from app.core.fences import PYTHON, fence_after, open_fence

STOP = "\n```\n"
"""The stop string: the line that closes a fence, with the line break before it."""


class FenceWatch:
    """Follows the fences of a text that goes on with `text`."""

    def __init__(self, text: str) -> None:
        lines, _, self._line = text.rpartition("\n")
        self._language = open_fence(lines)

    def cut(self, text: str) -> int | None:
        """Where in the next piece of text a program's closing line ends, or None."""
        at = 0
        while (end := text.find("\n", at)) >= 0:
            line, self._line = self._line + text[at:end], ""
            before, self._language = self._language, fence_after(self._language, line)
            at = end + 1
            if before in PYTHON and self._language is None:
                return at
        self._line += text[at:]
        return None

    def missing(self) -> str:
        """What an ended reply lacks of a closing line: "" outside fences."""
        now = fence_after(self._language, self._line)
        if now is not None:
            return STOP
        return "\n" if self._language in PYTHON else ""
