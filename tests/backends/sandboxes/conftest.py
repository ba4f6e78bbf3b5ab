"""One real sandbox for all tests of a process, at the level that this machine has."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from app.backends.sandboxes.forkserver import ForkServer, open_sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[ForkServer]:
    with closing(open_sandbox()) as opened:
        yield opened
