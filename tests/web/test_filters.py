"""Money in pages."""

import pytest

from app.web.templates import money


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "0.00"), (0.0004, "less than 0.01"), (0.006, "0.01"), (1234.5, "1,234.50")],
)
def test_little_money_is_not_shown_as_none(amount: float, shown: str) -> None:
    assert money(amount) == shown
