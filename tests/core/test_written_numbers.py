"""Numbers in plain digits, whatever they were written in."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.numbers import numbers_in
from app.core.written_numbers import in_digits, spelled_in


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("three hundred and forty boats", "340 boats"),
        ("340 and a half", "340.5"),
        ("between 3 and 0.5", "between 3 and 0.5"),
        ("3 million and 5k", "3000000 and 5000"),
        ("三百四十 and 两千万", "340 and 20000000"),
        ("10³ or 5²", "10^3 or 5^2"),
        ("1٫5", "1.5"),
        ("0x154", "340"),
        ("1\u202f160", "1 160"),
    ],
)
def test_one_form(text, plain):
    assert in_digits(text) == plain


@pytest.mark.parametrize("text", ["3-4-0", "3 4 0", "three forty", "3·40", "三四〇"])
def test_digits_that_are_told_one_by_one(text):
    assert Decimal(340) in set(spelled_in(text))


@given(st.text(max_size=200))
def test_any_text_can_be_put_into_digits(text):
    numbers_in(in_digits(text))
    assert all(number.is_finite() for number in spelled_in(text))


@given(st.integers(0, 10**7))
def test_a_whole_number_keeps_its_value_in_other_scripts(number):
    arabic = "".join(chr(0x660 + int(digit)) for digit in str(number))
    assert numbers_in(in_digits(arabic)) == {Decimal(number)}
