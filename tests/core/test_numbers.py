"""Numbers in text, in digits and in words, in one form each."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.numbers import numbers_in, quantities, readings_in


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("60% of 1,200 trips", {"0.6", "1200"}),
        ("a dozen, two dozen", {"12", "24"}),
        ("a third, two thirds and half", {"0.333333333333", "0.666666666667", "0.5"}),
        ("the third constraint", set()),
        ("twenty-five of two hundred and fifty", {"25", "250"}),
        ("between ten and twenty", {"10", "20"}),
        ("ninety-nine, thirty and seventy", {"99", "30", "70"}),
        ("two million three hundred thousand and five", {"2300005"}),
        ("x1 + 3x_2 - 5", {"3", "5"}),
        ("a boat and an oar", set()),
        ("from -3 to 4−9", {"3", "4", "9"}),
    ],
)
def test_numbers_have_one_form(text, numbers):
    assert numbers_in(text) == {Decimal(number) for number in numbers}


def test_readings_hold_what_the_digits_show():
    readings = readings_in("60%, 1/3, [100,200]")
    assert {Decimal(n) for n in (60, 1, 3, 100, 200)} | {Decimal("0.6")} <= readings


def test_the_last_printed_digit_is_known_where_there_is_a_fraction():
    found = [quantity.digit for quantity in quantities("2.50 3.0 7 12.5% 1.5e3 1e-9 1/3")]
    digits = ["0.01", None, None, "0.001", None, "1e-9", None]
    assert found == [digit and Decimal(digit) for digit in digits]


@given(st.text(alphabet=st.sampled_from("0123456789.,eE+-/%^*× x$ahundredof"), max_size=200))
def test_any_text_has_finite_numbers_in_place(text):
    for quantity in quantities(text):
        assert quantity.value.is_finite()
        assert any(character.isdigit() for character in text[quantity.start : quantity.end])
    assert numbers_in(text) <= readings_in(text)


@given(st.integers(0, 10**9))
def test_a_whole_number_is_found_with_and_without_separators(number):
    assert numbers_in(f"{number}") == numbers_in(f"{number:,}") == {Decimal(number)}
