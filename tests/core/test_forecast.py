"""A forecast that keeps silent where too little is known."""

import pytest

from app.core.forecast import forecast


@pytest.mark.parametrize("decided", [[], [50] * 4, [1] * 9])
def test_too_little_gives_no_forecast(decided: list[int]) -> None:
    assert forecast(decided, 100) is None


def test_a_forecast_is_a_span_around_what_the_mean_gives() -> None:
    found = forecast([10, 12, 8, 11, 9, 10, 10], 100)
    assert found is not None
    assert found.rate == 10
    assert found.latest is not None
    assert found.soonest <= 10 <= found.latest


def test_days_that_differ_much_have_no_latest() -> None:
    found = forecast([40, 0, 0, 0, 0], 100)
    assert found is not None
    assert found.latest is None


def test_only_the_last_days_count() -> None:
    found = forecast([1000, *[10] * 14], 100)
    assert found is not None
    assert found.rate == 10
