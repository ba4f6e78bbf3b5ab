"""A session's own folder where it has no file system of its own: making, measuring, removing it.

Promise: `remove` and `clear` take away whatever a program left, however deep and whatever its
modes, and follow no link; `stored_mb` looks at no more files than are allowed.
"""

import math
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

SCRATCH_MB = 256
_FILE_MB = 1 / 16
"""What a file counts at the least, so that there are 4 thousand at the most."""


def make() -> Path:
    """Raises OSError where there is no room."""
    return Path(tempfile.mkdtemp(prefix="calm-", dir="/tmp"))


def stored_mb(folder: str) -> float:
    """MB of the files in it; infinite where some are hidden, in a folder that can't be read.

    A file that was deleted while it is held open is not seen.
    """
    total, folders = 0.0, [folder]
    try:
        while folders and total <= SCRATCH_MB:
            with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folders.pop()) as all_:
                for entry in all_:
                    total += max(entry.stat(follow_symlinks=False).st_blocks / 2048, _FILE_MB)
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
    except OSError:  # it may not be read, or its path is too long
        return math.inf
    return total


def remove(folder: Path) -> None:
    with suppress(OSError):  # most are empty
        folder.rmdir()
        return
    clear(folder)
    folder.rmdir()


def clear(folder: Path) -> None:
    """Each folder in it is emptied into the uppermost one before it goes: no path grows long."""
    names = (folder / f"{secrets.token_hex(16)}-{n}" for n in count())
    _empty(folder, names)
    while inner := list(folder.iterdir()):
        for each in inner:
            _empty(each, names)
            each.rmdir()


def _empty(folder: Path, names: Iterator[Path]) -> None:
    """Delete the files in it, and move the folders in it to new names."""
    for entry in list(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            entry.chmod(0o700)
            entry.rename(next(names))
        else:
            entry.unlink()
