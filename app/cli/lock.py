"""One `calm up` for a data folder: a lock that the system lets go when its holder dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.errors import Conflict


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder. Raises Conflict where another process holds it."""
    with (folder / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Conflict(
                f"Another `calm up` uses {folder}. Stop it, or choose another folder with --data."
            ) from None
        yield
