"""Hints that give the answer away, and hints that do not."""

import pytest

from app.core.answer import parse_reference
from app.core.leak import leaks

PROBLEM = "At least 60% of 300 trips go by canoe, a dozen ducks each, or a third by boat."
TRACE = "x = 25\n```output\nobjective 1152.0\n```\n"
GIVEN_AWAY = "The hint gives the reference away."


@pytest.mark.parametrize(
    "words",
    ["Trips are whole.", "Use 0.6, not 25.", "12 ducks and 1/3 by boat", "1152 is too low", "300"],
)
def test_a_hint_may_use_numbers_of_the_problem_and_the_trace(words):
    assert leaks(words, PROBLEM, TRACE, parse_reference("1160")) is None


@pytest.mark.parametrize("words", ["It is 1,160.", "1160 minutes", "-1160", "1.16e3"])
def test_a_hint_may_not_name_the_reference_even_from_the_trace(words):
    reference = parse_reference("1160.0")
    assert leaks(words, PROBLEM, f"{TRACE} 1160", reference) == GIVEN_AWAY


def test_a_reference_that_the_problem_holds_may_be_named():
    assert leaks("There are 300 trips.", PROBLEM, TRACE, parse_reference("300")) is None


@pytest.mark.parametrize(
    ("words", "raw"), [("45%", "0.45"), ("0.45", "45%"), ("45", "45%"), ("2333.3", "2333.3")]
)
def test_another_form_of_the_reference_gives_it_away_too(words, raw):
    assert leaks(words, PROBLEM, TRACE, parse_reference(raw)) == GIVEN_AWAY


def test_a_number_from_nowhere_is_named_in_the_reason():
    reason = leaks("Try 17 boats.", PROBLEM, TRACE, parse_reference("unknown"))
    assert reason == "The number 17 is neither in the problem nor in the trace."


@pytest.mark.parametrize("words", ["One more row is missing.", "Each one of them is whole."])
def test_one_that_counts_nothing_is_no_number_from_nowhere(words):
    assert leaks(words, PROBLEM, TRACE, parse_reference("1160")) is None
    assert leaks(words, PROBLEM, TRACE, parse_reference("1")) == GIVEN_AWAY


@pytest.mark.parametrize(
    "words", ["1 more", "twenty-one", "a hundred and one", "one hundred", "one point one"]
)
def test_one_within_a_number_counts(words):
    known = f"{TRACE} 20, 0.1"
    assert "neither in the problem" in str(leaks(words, PROBLEM, known, parse_reference("7")))


def test_an_outcome_is_given_away_by_its_word():
    assert leaks("Perhaps it is infeasible.", PROBLEM, TRACE, parse_reference("infeasible"))
    assert leaks("Perhaps it is infeasible.", PROBLEM, TRACE, parse_reference("1160")) is None


@pytest.mark.parametrize(
    "words",
    [
        "With 300 trips it is infeasible.",
        f"{'I read the constraints again, one by one. ' * 9}So it is infeasible.",
        "I shouldn't go on: it is infeasible.",
        "The LP has no feasible point, or it is unbounded.",
    ],
)
def test_an_outcome_is_given_away_beside_anything_else(words):
    given = "The hint says how the problem ends."
    assert leaks(words, PROBLEM, TRACE, parse_reference("infeasible")) == given


@pytest.mark.parametrize(
    "words",
    [
        "It is one thousand one hundred and sixty.",
        "It is eleven hundred sixty.",
        "It is eleven sixty.",
        "The digits are one, one six zero: 1-1-6-0.",
        "1.16 thousand, I think",
        "1.16k",
        "1'160 or so",
        "1’160",
        "1_160",
        "1.160,0",
        "1.160 in German",
        "１１６０",
        "١١٦٠",
        "١٬١٦٠",
        "११६०",
        "¹¹⁶⁰",
        "1\u200b1\u200b6\u200b0",
        "一千一百六十",
        "一一六〇",
        "0x488",
        "The optimum Z1160 stands.",
        "1{,}160",
        "$1\\,160$",
        "1.160e+3",
        "11.6 × 10^2",
        "2320/2",
    ],
)
def test_the_reference_is_known_in_any_dress(words):
    problem = "Some trips go by boat."
    known = f"{TRACE} 1160, 11, 60, 0.16, 2320, 2, 1, 16, 0, 6, 488"
    assert leaks(words, problem, known, parse_reference("1160")) == GIVEN_AWAY


@pytest.mark.parametrize(
    ("words", "raw"),
    [
        ("forty-five percent", "0.45"),
        ("45 pct", "0.45"),
        ("45 hundredths of it: forty-five hundredths", "0.45"),
        ("two and a half", "2.5"),
        ("2½", "2.5"),
        ("2,5", "2.5"),
        ("three sevenths", "0.428571"),
        ("\\frac{1}{8}", "0.125"),
        ("an eighth", "0.125"),
        ("two dozen", "24"),
        ("2 dozen", "24"),
        ("答案是五", "5"),
    ],
)
def test_fractions_and_shares_give_it_away_too(words, raw):
    known = "2 7 3 5 45 8 1 100 0.5 12"
    assert leaks(words, "Some trips go by boat.", known, parse_reference(raw)) == GIVEN_AWAY


@pytest.mark.parametrize(
    "words",
    [
        "three hundred trips",
        "３００ trips",
        "٣٠٠",
        "3 hundred",
        "sixty percent",
        "60 pct",
        "12 ducks, ⅓ by boat",
        "x25 is a name of mine and 25 a number",
        "一个一个地看",
    ],
)
def test_known_numbers_may_be_written_in_another_way(words):
    assert leaks(words, PROBLEM, TRACE, parse_reference("1160")) is None


def test_a_name_of_the_trace_may_hold_the_digits_of_the_reference():
    assert leaks("Is x2 whole?", PROBLEM, "x2 >= 0", parse_reference("2")) is None


@pytest.mark.parametrize(
    "words",
    ["The feasible region is empty.", "It grows without any bound.", "They can't all hold."],
)
def test_an_outcome_in_other_words(words):
    given = "The hint says how the problem ends."
    assert leaks(words, PROBLEM, TRACE, parse_reference("infeasible")) == given


@pytest.mark.parametrize("words", ["Try ⅔.", "Try seventeen.", "Try ١٧.", "Try 十七.", "Try 17k."])
def test_a_number_from_nowhere_in_any_dress(words):
    assert "neither in the problem" in str(leaks(words, PROBLEM, TRACE, parse_reference("1160")))
