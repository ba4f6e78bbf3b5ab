"""Numbers left out of the constraints or from nowhere, and optima that can't be."""

from app.core.solved import Conflict, SolvedModel
from app.detectors import detect
from tests.detectors.cases import SOLVE, Facts, case, code, model, rules, solved

QUESTION = (
    "Boats of 24, rafts of 10, at most 18 boats, for 530 people who need 15 litres each, with "
    "speeds of 90 and 70: the lowest?"
)
PROGRAM = "m += 15*x\nm += 24*x + 10*y + 90*u + 70*v >= 530\nm.solve()\n"
MENDED = PROGRAM.replace("m.solve", "m += x <= 18\nm.solve")


def test_a_number_of_the_problem_that_nothing_uses() -> None:
    text = code(PROGRAM, "Optimal 23\n") + "So \\boxed{23}."
    (found,) = detect(case(text, QUESTION, "30"))
    assert (found.rule, found.values) == ("number-unused", {"numbers": "18"})
    assert rules(text, QUESTION, reference="23") == []
    mended = code(MENDED, "Optimal 23\n") + "So \\boxed{23}."
    assert rules(mended, QUESTION, reference="30") == []


def test_a_range_has_two_limits() -> None:
    question = QUESTION.replace("at most 18", "between 33 and 47")
    text = code(PROGRAM, "Optimal 23\n") + "So \\boxed{23}."
    (found,) = detect(case(text, question, "30"))
    assert (found.rule, found.values) == ("number-unused", {"numbers": "33, 47"})


def test_a_number_in_another_unit_or_worked_with_is_used() -> None:
    minutes = MENDED.replace("<= 18", "<= 1080")
    assert rules(code(minutes, "Optimal 23\n") + "So \\boxed{23}.", QUESTION, reference="30") == []
    worked = MENDED.replace("<= 18", "<= 9")
    text = "Two trips each: 18 / 2 = 9.\n" + code(worked, "Optimal 23\n") + "So \\boxed{23}."
    assert rules(text, QUESTION, reference="30") == []


def test_numbers_that_limit_nothing_are_not_missed() -> None:
    question = QUESTION + " See Table 5-11. They have 6 children, open 24 hours a day, from 9 am."
    assert rules(code(MENDED, "Optimal 23\n") + "So \\boxed{23}.", question, reference="30") == []


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


def fires(question: str, found: SolvedModel, program: str = "m.solve()\n", **more: object) -> bool:
    """Whether a rule of this file fires on a wrong answer to a model like this."""
    text = code(program, "Optimal 31\n") + "So \\boxed{31}."
    return bool(rules(text, question, reference="23", facts=[solved(found, 31.0)], **more))


SHARE = "Packs of 1, 2 and 3 kg. At most 40% of all packs may be small. For 90 kg?"


def test_a_share_of_all_that_is_taken_of_the_others() -> None:
    rest = model("min", [1, 1, 1], ([1, -0.4, -0.4], None, 0))
    whole = model("min", [1, 1, 1], ([0.6, -0.4, -0.4], None, 0))
    assert fires(SHARE, rest)
    assert not fires(SHARE, whole)
    assert not fires(SHARE.replace("all packs", "the large ones"), rest)


def test_a_hint_stands_where_the_thinking_states_the_row() -> None:
    said = "Packs a, b and c.\n  a <= 0.4 (b + c)\nSolve it.\n"
    rest = model("min", [1, 1, 1], ([1, -0.4, -0.4], None, 0))
    text = said + code("m.solve()\n", "Optimal 31\n") + "So \\boxed{31}."
    (found,) = detect(case(text, SHARE, "23", [solved(rest, 31.0)]))
    assert said[found.evidence.start : found.evidence.end] == "a <= 0.4 (b + c)"


def test_a_difference_that_is_limited_one_way_round() -> None:
    question = "The number of beds of 5 m and of 3 m may differ by at most 4. How many in 120 m?"
    one = ([1, -1], None, 4)
    assert fires(question, model("max", [5, 3], one))
    assert not fires(question, model("max", [5, 3], one, ([-1, 1], None, 4)))
    assert not fires(question, model("max", [5, 3], ([1, -1], -4, 4)))


def test_a_percentage_whose_point_slipped() -> None:
    question = "Of 5000 lent, 2.8% may fail, and 900 are left. How much at most?"
    loose = model("max", [1, 1], ([0.01, 0.04], None, 1400))
    assert fires(question, loose, "b = 0.28 * 5000\nc = 900\nm.solve()\n")
    assert not fires(question, loose, "b = 0.028 * 5000\nc = 900\nm.solve()\n")


def test_a_limit_that_can_not_bind() -> None:
    question = "Each hour up to 180, in all at most 400, for 530 and 620. How many?"
    program = "n = 180, 400, 530, 620\nm.solve()\n"
    bounded = model("min", [1, 1, 1], ([1, 0, 0], None, 400), upper=180)
    assert fires(question, bounded, program)
    assert not fires(question, model("min", [1, 1, 1], ([1, 1, 1], None, 400), upper=180), program)


def test_switches_that_nothing_minds() -> None:
    linked = [([1, 0, -150, 0], None, 0), ([0, 1, 0, -150], None, 0)]
    idle = model("max", [12, 13, 0, 0], *linked, binary=(2, 3))
    question = "Of two kinds, 150 each, setting up takes 90 minutes of 1,200."
    assert fires(question, idle)
    limited = model("max", [12, 13, 0, 0], *linked, ([4, 5, 90, 60], None, 1200), binary=(2, 3))
    assert not fires(question, limited)


def test_switches_that_nothing_ties_to_the_rest() -> None:
    open_one = ([0, 0, 1, 1], 1, None)
    serve = ([1, 1, 0, 0], 1, 1)
    question = "Opening one of two sites, serving 10 or 24 each: which is the cheapest?"
    apart = model("min", [10, 24, 90, 70], serve, open_one, binary=(0, 1, 2, 3))
    assert fires(question, apart)
    tied = model(
        "min", [10, 24, 90, 70], serve, open_one, ([1, 0, -1, 0], None, 0), binary=(0, 1, 2, 3)
    )
    assert not fires(question, tied)


def test_a_round_trip_in_parts() -> None:
    question = "From home to 3 places and back, H-P 12, H-Q 25, P-Q 14: she returns home at last."
    rows = [([1, 1, 0, 0], 1, 1), ([0, 0, 1, 1], 1, 1)]
    degrees = model("min", [12, 25, 12, 14], *rows, binary=(0, 1, 2, 3))
    assert fires(question, degrees)
    assert not fires("Who does which of 12, 25, 12 and 14?", degrees)
    ordered = model("min", [12, 25, 12, 14], *rows, ([1, 0, 0, 1], None, 1), binary=(0, 1, 2, 3))
    assert not fires(question, ordered)
