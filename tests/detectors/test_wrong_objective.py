"""Objectives of the wrong sense, of nothing, and with numbers missing or from nowhere."""

from app.detectors import detect
from tests.detectors.cases import SOLVE, case, code, model, rules, solved

TEXT = code(SOLVE, "Optimal 23\n") + "So \\boxed{23}."
TURNED = TEXT.replace("Minim", "Maxim")
PRICES = (
    "A boat costs $310 a trip and takes 24 people, a raft costs $45 and takes 10. For 530 people "
    "and at most 18 boats, what is the lowest cost?"
)
PRICED = model("min", [310, 45], ([24, 10], 530, None), ([1, 0], None, 18))
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
    (found,) = detect(case(left_out, PRICES, "30"))
    assert (found.rule, found.values) == ("price-unused", {"numbers": "45"})
    assert rules(left_out, PRICES, reference="23") == []
    whole = code(PROGRAM.format(raft=" + 45*y"), "Optimal 23\n") + "So \\boxed{23}."
    assert rules(whole, PRICES, reference="30") == []


def test_a_price_that_was_worked_into_another() -> None:
    worked = code(PROGRAM.format(raft=" + 4.5*10*y"), "Optimal 23\n") + "So \\boxed{23}."
    said = "A raft costs 45 / 10 = 4.5 a head.\n" + worked
    assert rules(said, PRICES, reference="30") == []


def test_a_hint_stands_where_the_thinking_states_the_objective() -> None:
    said = "We need boats.\n- minimize 310x, over all boats + rafts\nLet me solve.\n"
    text = said + code(PROGRAM.format(raft=""), "Optimal 23\n") + "So \\boxed{23}."
    (found,) = detect(case(text, PRICES, "30"))
    assert (found.rule, found.evidence.step) == ("price-unused", 0)
    shown = said[found.evidence.start : found.evidence.end]
    assert shown == "- minimize 310x, over all boats + rafts"


MARGINS = (
    "A mug sells for 14 euros and its clay costs 5 euros, a bowl sells for 22 euros and costs 12 "
    "euros. A mug takes 12 minutes, a bowl 15, and there are 540. What is the largest profit?"
)


def test_prices_are_had_where_an_objective_has_their_margin() -> None:
    text = code("m += 12*x + 15*y <= 540\nm.solve()\n", "Optimal 9\n") + "So \\boxed{9}."
    row = ([12, 15], None, 540)
    margins = [solved(model("max", [9, 10], row), 9.0)]
    assert rules(text, MARGINS, reference="405", facts=margins) == []
    (found,) = detect(case(text, MARGINS, "405", [solved(model("max", [14, 22], row), 9.0)]))
    assert (found.rule, found.values) == ("price-unused", {"numbers": "5"})


def test_an_answer_that_is_priced_behind_the_solve() -> None:
    program = "m += x + y\nm.solve()\nprint(310*x + 45*y)\n"
    text = code(program, "Optimal\n1920\n") + "So \\boxed{1920}."
    count = model("min", [1, 1], ([24, 10], 530, None), ([1, 0], None, 18))
    (found,) = detect(case(text, PRICES, "1900", [solved(count, 23.0)]))
    assert (found.rule, found.values) == ("priced-afterwards", {"numbers": "310, 45"})
    assert rules(text, PRICES, reference="1920", facts=[solved(count, 23.0)]) == []
    assert "priced-afterwards" not in rules(
        text, PRICES, reference="1900", facts=[solved(PRICED, 23.0)]
    )


def test_a_sum_where_the_worst_counts() -> None:
    worst = "24 and 10 for 530. The longest trip should be as short as possible."
    text = TEXT.replace("23", "31")
    total = [solved(model("min", [24, 10], ([24, 10], 530, None)), 31.0)]
    assert rules(text, worst, reference="23", facts=total) == ["sum-for-worst"]
    bound = [solved(model("min", [0, 0, 1], ([24, 10, -1], None, 530)), 31.0)]
    assert rules(text, worst, reference="23", facts=bound) == []
    shortest = "24 and 10 for 530. All trips together should be as short as possible."
    assert rules(text, shortest, reference="23", facts=total) == []


def test_a_price_from_nowhere() -> None:
    program = PROGRAM.format(raft=" + 77*y")
    text = code(program + "# 45 is the raft's\ncost = 45\n", "Optimal 23\n") + "So \\boxed{23}."
    made_up = model("min", [310, 77], ([24, 10], 530, None))
    assert rules(text, PRICES, facts=[solved(made_up, 23.0)]) == ["price-from-nowhere"]
    derived = model("min", [310, 55], ([24, 10], 530, None))
    worked = text.replace("77", "55")
    assert rules(worked, PRICES, facts=[solved(derived, 23.0)]) == []
