"""Objectives of the wrong sense, of nothing, and with numbers missing or from nowhere."""

from app.detectors import detect
from tests.detectors.cases import SOLVE, case, code, model, rules, solved

TEXT = code(SOLVE, "Optimal 23\n") + "So \\boxed{23}."
TURNED = TEXT.replace("Minim", "Maxim")
PRICES = (
    "A boat costs $310 a trip and takes 24 people, a raft costs $45 and takes 10. For 530 people "
    "and at most 18 boats, what is the lowest cost?"
)
PROGRAM = "m += 310*x{raft}\nm += 24*x + 10*y >= 530\nm += x <= 18\nm.solve()\n"


def test_the_sense_of_the_words() -> None:
    (found,) = detect(case(TURNED))
    assert (found.rule, found.values) == ("sense", {"asked": "least", "done": "maximizes"})
    assert rules(TEXT) == []


def test_the_model_as_solved_counts_before_the_words() -> None:
    least, most = model("min", [15, 7]), model("max", [15, 7])
    assert rules(TEXT, facts=[solved(most, 23.0)]) == ["sense"]
    assert rules(TURNED, facts=[solved(least, 23.0)]) == []


def test_the_greatest_of_the_negative_is_the_least() -> None:
    assert rules(TEXT, facts=[solved(model("max", [-15, -7]), -23.0)]) == []
    assert rules(TEXT, facts=[solved(model("min", [-15, -7]), -23.0)]) == ["sense"]


def test_a_question_that_says_both_says_nothing() -> None:
    question = "Of the cheapest plans, which earns the highest profit? 24, 10 and 530."
    assert rules(TURNED, question) == []


def test_a_turned_sense_that_was_mended() -> None:
    assert rules(code(SOLVE.replace("Minim", "Maxim"), "Optimal 99\n") + "No:\n" + TEXT) == []


def test_a_model_without_an_objective() -> None:
    assert rules(TEXT, facts=[solved(model("min", [0, 0]), 23.0)]) == ["no-objective"]
    open_question = "A boat holds 24 people and a raft 10. Can 530 people go?"
    assert rules(TEXT, open_question, facts=[solved(model("min", [0, 0]), 23.0)]) == []


def test_a_price_that_nothing_uses() -> None:
    left_out = code(PROGRAM.format(raft=""), "Optimal 23\n") + "So \\boxed{23}."
    (found,) = detect(case(left_out, PRICES))
    assert (found.rule, found.values) == ("price-unused", {"numbers": "45"})
    whole = code(PROGRAM.format(raft=" + 45*y"), "Optimal 23\n") + "So \\boxed{23}."
    assert rules(whole, PRICES) == []


def test_a_price_that_was_worked_into_another() -> None:
    worked = code(PROGRAM.format(raft=" + 4.5*10*y"), "Optimal 23\n") + "So \\boxed{23}."
    assert rules("A raft costs 45 / 10 = 4.5 a head.\n" + worked, PRICES) == []


def test_a_price_from_nowhere() -> None:
    program = PROGRAM.format(raft=" + 77*y")
    text = code(program + "# 45 is the raft's\ncost = 45\n", "Optimal 23\n") + "So \\boxed{23}."
    made_up = model("min", [310, 77], ([24, 10], 530, None))
    assert rules(text, PRICES, facts=[solved(made_up, 23.0)]) == ["price-from-nowhere"]
    derived = model("min", [310, 55], ([24, 10], 530, None))
    worked = text.replace("77", "55")
    assert rules(worked, PRICES, facts=[solved(derived, 23.0)]) == []
