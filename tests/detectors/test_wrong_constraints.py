"""Numbers left out of the constraints or from nowhere, and optima that can't be."""

from app.core.solved import Conflict
from app.detectors import detect
from tests.detectors.cases import SOLVE, Facts, case, code, model, rules, solved

QUESTION = (
    "Boats of 24, rafts of 10, at most 18 boats, for 530 people who need 15 litres each, with "
    "speeds of 90 and 70: the lowest?"
)
PROGRAM = "m += 15*x\nm += 24*x + 10*y + 90*u + 70*v >= 530\nm.solve()\n"
MENDED = PROGRAM.replace("m.solve", "m += x <= 18\nm.solve")


def test_a_number_of_the_problem_that_nothing_uses() -> None:
    (found,) = detect(case(code(PROGRAM, "Optimal 23\n") + "So \\boxed{23}.", QUESTION))
    assert (found.rule, found.values) == ("number-unused", {"numbers": "18"})
    assert rules(code(MENDED, "Optimal 23\n") + "So \\boxed{23}.", QUESTION) == []


def test_a_number_in_another_unit_or_worked_with_is_used() -> None:
    minutes = MENDED.replace("<= 18", "<= 1080")
    assert rules(code(minutes, "Optimal 23\n") + "So \\boxed{23}.", QUESTION) == []
    worked = MENDED.replace("<= 18", "<= 9")
    text = "Two trips each: 18 / 2 = 9.\n" + code(worked, "Optimal 23\n") + "So \\boxed{23}."
    assert rules(text, QUESTION) == []


def test_numbers_that_limit_nothing_are_not_missed() -> None:
    question = QUESTION + " See Table 5-11. They have 6 children, open 24 hours a day, from 9 am."
    assert rules(code(MENDED, "Optimal 23\n") + "So \\boxed{23}.", question) == []


def test_a_number_from_nowhere() -> None:
    program = MENDED.replace("<= 18", "<= 47").replace("m += 15", "n = 18\nm += 15")
    made_up = model("min", [15, 0, 0, 0], ([24, 10, 90, 70], 530, None), ([1, 0, 0, 0], None, 47))
    text = code(program, "Optimal 23\n") + "So \\boxed{23}."
    (found,) = detect(case(text, QUESTION, facts=[solved(made_up, 23.0)]))
    assert (found.rule, found.values) == ("number-from-nowhere", {"number": "47"})
    assert rules("So 47 it is.\n" + text, QUESTION, facts=[solved(made_up, 23.0)]) == []


def test_a_large_round_number_may_be_a_big_m() -> None:
    program = MENDED.replace("m.solve", "m += x <= 100000*b\nm.solve")
    big = model("min", [15, 0, 0], ([24, 10, 0], 530, None), ([1, 0, -100000], None, 0))
    text = code(program, "Optimal 23\n") + "So \\boxed{23}."
    assert rules(text, QUESTION, facts=[solved(big, 23.0)]) == []


def test_an_optimum_of_zero() -> None:
    assert rules(code(SOLVE, "Optimal 0\n") + "So \\boxed{0}.") == ["optimum-of-zero"]
    assert rules(code(SOLVE, "Optimal 23\n") + "So \\boxed{23}.") == []


def test_an_outcome_that_was_accepted() -> None:
    text = code(SOLVE, "Infeasible\n") + "So \\boxed{infeasible}."
    status, solves, (examination,) = solved(model("min", [15, 7]), None, "Infeasible")
    assert examination
    conflict = Conflict(rows=("r0", "r1"), bounds=("x ≤ 4",))
    facts: Facts = (status, solves, (examination.model_copy(update={"conflict": conflict}),))
    (found,) = detect(case(text, facts=[facts]))
    assert found.rule == "outcome-accepted"
    assert found.evidence.note.endswith("These can't all hold: r0, r1, x ≤ 4.")
    assert rules(text, reference="infeasible", facts=[facts]) == []


def test_a_row_on_the_other_side_of_a_limit() -> None:
    program = MENDED.replace("x <= 18", "x >= 18")
    text = code(program, "Optimal 23\n") + "So \\boxed{23}."
    turned = model("min", [15, 0, 0, 0], ([24, 10, 90, 70], 530, None), ([1, 0, 0, 0], 18, None))
    (found,) = detect(case(text, QUESTION, facts=[solved(turned, 23.0)]))
    assert (found.rule, found.values) == ("row-turned-round", {"number": "18", "side": "most"})
    right = model("min", [15, 0, 0, 0], ([24, 10, 90, 70], 530, None), ([-1, 0, 0, 0], -18, None))
    assert rules(text, QUESTION, facts=[solved(right, 23.0)]) == []
