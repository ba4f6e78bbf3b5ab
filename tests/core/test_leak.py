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
