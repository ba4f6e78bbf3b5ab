"""A folder as a zip, written while it is sent: memory stays flat and nothing is kept."""

import zipfile
from collections.abc import Iterator
from io import RawIOBase
from pathlib import Path
from typing import Any

_CHUNK = 2**18


def zipped(folder: Path, name: str) -> Iterator[bytes]:
    """The files of `folder`, below a folder `name`, as the pieces of one zip."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            with file.open("rb") as source, archive.open(f"{name}/{file.name}", "w") as entry:
                while piece := source.read(_CHUNK):
                    entry.write(piece)
                    yield sink.drain()
    yield sink.drain()


class _Sink(RawIOBase):
    """What a zip is written to: it can't seek, and gives away what it was given."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: Any) -> int:
        """Keep a piece."""
        self._pieces.append(bytes(piece))
        return len(self._pieces[-1])

    def drain(self) -> bytes:
        """All pieces since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
