"""How long a model server is waited for."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.core.waiting import MOST_WAITS, pause, waiting_words

CHANCE = st.floats(0, 1)


@given(st.integers(0, MOST_WAITS), CHANCE)
def test_pauses_double_and_are_shortened_by_at_most_half(waits: int, chance: float) -> None:
    assert min(2.0 * 2**waits, 300) / 2 <= pause(waits, None, chance) <= min(2.0 * 2**waits, 300)


@given(st.integers(0, MOST_WAITS), st.floats(0, 1e9), CHANCE)
def test_a_server_that_says_when_is_obeyed_up_to_an_hour(
    waits: int, asked: float, chance: float
) -> None:
    seconds = pause(waits, asked, chance)
    assert min(asked, 3600) <= seconds <= max(300, 1.25 * min(asked, 3600))


def test_what_failed_together_does_not_come_back_together() -> None:
    assert len({pause(3, 20.0, chance) for chance in (0.0, 0.25, 0.5, 1.0)}) == 4


def test_a_person_is_told_why_and_until_when() -> None:
    until = datetime(2026, 11, 26, 14, 3, 10, tzinfo=UTC)
    told = waiting_words("The model server answered 429 (rate limited): slow down", until)
    assert told.startswith("Waiting for the model server, trying again at 14:03:10 UTC. The model")
