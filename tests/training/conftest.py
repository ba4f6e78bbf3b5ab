"""What tests of training share: datasets of the sample rows in a folder of their own.

What needs torch is marked `training`, and runs in `.venv-training` by `make test-training`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from app.backends.reasoners.tokens import ModelTokens
from export.build import Chosen, build
from export.manifest import Origin
from export.rows import Row
from tests.export.conftest import making_of, origin, tokens  # noqa: F401 - fixtures
from tests.export.sample_rows import make_row

ROWS = (make_row(1), make_row(2))
Made = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path, origin: Origin, tokens: ModelTokens) -> Made:  # noqa: F811
    """Build a dataset in a format, and give its folder."""

    def make(name: str, rows: Sequence[Row] = ROWS, split: str = "train") -> Path:
        manifest = build(
            [Chosen(row, split) for row in rows], tmp_path / name, making_of(name, tokens), origin
        )
        return tmp_path / name / manifest.fingerprint

    return make
