"""Numbers that are the same but for rounding and unit: one by one, and in a sorted many."""

from decimal import Decimal

import pytest

from app.detectors.numbers import one_is, same

PRINTED = tuple(map(Decimal, ("0", "0.12", "3.004", "3.1", "250", "12000", "7000000")))


@pytest.mark.parametrize("given", ["0", "0.004", "3", "3.05", "12", "12.005", "13", "0.25", "7"])
def test_one_of_many_is_the_same_where_one_alone_is(given: str) -> None:
    number = Decimal(given)
    assert one_is(number, PRINTED) == any(same(number, it) for it in PRINTED)


def test_the_same_is_rounded_or_in_another_decimal_unit() -> None:
    assert same(Decimal("12.34"), Decimal("12.3391"))
    assert same(Decimal(12), Decimal(12_000))
    assert not same(Decimal(12), Decimal(13))
