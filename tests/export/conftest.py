"""What the export's tests share."""

from datetime import UTC, datetime

import pytest

from export.manifest import Origin, Person


@pytest.fixture
def origin() -> Origin:
    """Who asked for the dataset of a test."""
    return Origin(
        project="demo",
        taxonomy="calm-studio-1",
        code_version="0.1.0",
        built_at=datetime(2026, 11, 24, tzinfo=UTC),
        people=(Person(name="person-1", verdicts=1, judgements=2),),
    )
