"""The files that a block left in its session's folder, as the session's init sees them.

Promise: they are only read, through no link, and within bounds: so many files, so many bytes. A
folder that is swapped for a link meanwhile leads nowhere.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

FILES = 20
_SEEN = 200
_BYTES = 16 * 2**20
"""Of all files of a block together; those past it are told without their hash."""
_NAME = 100


def found(folder: Path) -> list[dict[str, Any]]:
    """Name (from the folder on), bytes and sha256 of each, in the order of their names."""
    names = sorted(islice(_names(folder, ""), _SEEN))
    told, left = [], _BYTES
    for name in names[:FILES]:
        with suppress(OSError):
            size, digest = _read(folder, name, left)
            left -= size if digest else 0
            printable = os.fsencode(name).decode("utf-8", "replace").replace("\0", "")
            told.append({"name": printable[:_NAME], "bytes": size, "sha256": digest})
    return told


def _names(folder: Path, prefix: str) -> Iterator[str]:
    with (
        suppress(OSError),
        _opened(folder, prefix) as descriptor,
        os.scandir(descriptor) as entries,
    ):
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False) and prefix.count("/") < 3:
                yield from _names(folder, f"{name}/")
            elif entry.is_file(follow_symlinks=False):
                yield name


def _read(folder: Path, name: str, most: int) -> tuple[int, str]:
    with _opened(folder, name) as descriptor, open(descriptor, "rb", closefd=False) as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_size > most:
            return about.st_size, ""
        return about.st_size, hashlib.sha256(file.read(most)).hexdigest()


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[int]:
    """Open one part of the name after another: O_NOFOLLOW is about the last part alone."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    with ExitStack() as stack:
        descriptor = os.open(folder, flags)
        stack.callback(os.close, descriptor)
        for part in filter(None, name.split("/")):
            descriptor = os.open(part, flags, dir_fd=descriptor)
            stack.callback(os.close, descriptor)
        yield descriptor
