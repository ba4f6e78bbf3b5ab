"""What a program wrote, kept within bounds: the head and the tail, and a count of the rest.

Promise: never holds more than it was told, whatever is fed to it; text comes out as valid text,
without NUL bytes or surrogates.
"""

CUT = "\n… {cut} bytes left out …\n"


class Capture:
    """One stream. `size` is the bytes fed so far."""

    def __init__(self, keep: int) -> None:
        self._head_room = keep - keep // 2
        self._tail_room = keep // 2
        self._head = bytearray()
        self._tail = bytearray()
        self.size = 0

    def feed(self, data: bytes) -> None:
        self.size += len(data)
        room = self._head_room - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > self._tail_room:
            del self._tail[: len(self._tail) - self._tail_room]

    @property
    def cut(self) -> int:
        return self.size - len(self._head) - len(self._tail)

    def text(self) -> str:
        if not self.cut:
            return _text(self._head + self._tail)
        return _text(self._head) + CUT.format(cut=self.cut) + _text(self._tail)


def clean(text: str) -> str:
    """Fit for a database and a page: no NUL characters, no lone surrogates."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _text(data: bytearray) -> str:
    return clean(data.decode("utf-8", "replace"))
