"""One `calm up` or `calm run` for a data folder: a lock that ends with its holder."""

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
                f"A `calm up` or `calm run` uses {folder}. Stop it, or choose another folder with"
                " --data."
            ) from None
        yield
