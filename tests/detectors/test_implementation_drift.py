"""Code that is not the stated model, and answers that are not what was solved or asked."""

import pytest

from app.detectors import detect
from tests.detectors.cases import SOLVE, case, code, model, rules, solved

STATED = (
    "We minimize the cost:\n\\[ \\text{Cost} = 15x + 7y \\]\n"
    "1. Everyone goes: \\( 24x + 10y \\geq 530 \\)\n2. The pier: \\( x \\leq 18 \\)\n"
    "3. Noise: $2y - x >= 0$\n4. \\( x, y \\geq 0 \\)\n"
)
ROWS = (([24, 10], 530, None), ([1, 0], None, 18), ([-1, 2], 0, None))
RUN = code(SOLVE, "Optimal\nx = 18\ny = 10\nz = 340\n")


def test_an_answer_that_no_solve_gave() -> None:
    facts = [solved(model("min", [15, 7], *ROWS), 340.0)]
    assert rules(RUN + "So \\boxed{341}.", reference="340", facts=facts) == ["answer-not-objective"]
    assert rules(RUN + "So \\boxed{340}.", reference="341", facts=facts) == []


def test_a_variable_instead_of_the_objective() -> None:
    facts = [solved(model("min", [15, 7], *ROWS), 340.0)]
    (found,) = detect(case(RUN + "So \\boxed{18}.", reference="340", facts=facts))
    assert found.rule == "variable-reported"
    assert "340" in found.evidence.note
    assert rules(RUN + "So \\boxed{18}.", reference="18", facts=facts) == []


@pytest.mark.parametrize("said", ["340", "340.00", "0.34 thousand", "340 litres"])
def test_the_objective_in_other_clothes_is_the_objective(said: str) -> None:
    facts = [solved(model("min", [15, 7], *ROWS), 340.0)]
    assert rules(f"{RUN}So \\boxed{{{said}}}.", reference="7777", facts=facts) == []


def test_an_answer_that_nothing_printed_where_nothing_else_is_known() -> None:
    assert rules(RUN + "So \\boxed{351}.") == ["answer-not-printed"]
    assert rules(RUN + "So \\boxed{340}.", reference="1") == []


@pytest.mark.parametrize(
    "program", ["print('The optimum is', 340)\n", "objective = 340\nprint(objective)\n"]
)
def test_a_hard_coded_answer(program: str) -> None:
    text = code(program, "340\n") + "So \\boxed{340}."
    assert "hard-coded-answer" in rules(text, reference="340")


def test_a_number_of_the_problem_or_of_a_solve_is_not_hard_coded() -> None:
    text = code("limit = 530\nprint(530)\n" + SOLVE, "530\n") + "So \\boxed{530}."
    assert rules(text, reference="530") == []
    later = RUN + code("print('So', 340)\n", "So 340\n") + "So \\boxed{340}."
    facts = [solved(model("min", [15, 7], *ROWS), 340.0)]
    assert rules(later, reference="340", facts=facts) == []


def test_a_claim_that_its_model_does_not_bear_out() -> None:
    facts = [solved(model("min", [15, 7], *ROWS), 340.0, again=351.0)]
    (found,) = detect(case(RUN + "So \\boxed{340}.", reference="340", facts=facts))
    assert found.rule == "claim-not-of-model"


def test_a_stated_constraint_that_was_not_solved() -> None:
    text = STATED + RUN + "So \\boxed{340}."
    left_out = [solved(model("min", [15, 7], *ROWS[:2]), 340.0)]
    (found,) = detect(case(text, reference="340", facts=left_out))
    assert found.rule == "stated-not-solved"
    assert "2y - x >= 0" in found.evidence.note
    whole = [solved(model("min", [15, 7], *ROWS), 340.0)]
    assert rules(text, reference="340", facts=whole) == []


def test_the_same_constraint_may_be_written_otherwise() -> None:
    turned = (([-24, -10], None, -530), ([2, 0], None, 36), ([-0.5, 1], 0, None))
    facts = [solved(model("min", [15, 7], *turned), 340.0)]
    assert rules(STATED + RUN + "So \\boxed{340}.", reference="340", facts=facts) == []


def test_a_statement_that_was_mended_before_the_program_does_not_count() -> None:
    wrong = STATED.replace("2y - x >= 0", "2y - 3x >= 0")
    text = code("print(1)\n", "1\n").join([wrong, STATED]) + RUN + "So \\boxed{340}."
    whole = [("ok", (), ()), solved(model("min", [15, 7], *ROWS), 340.0)]
    assert rules(text, reference="340", facts=whole) == []  # type: ignore[arg-type]


def test_another_objective_than_the_stated_one() -> None:
    text = STATED + RUN + "So \\boxed{340}."
    other = [solved(model("min", [15, 9], *ROWS), 340.0)]
    assert rules(text, reference="340", facts=other) == ["objective-not-as-stated"]
    scaled = [solved(model("min", [1.5, 0.7], *ROWS), 34.0)]
    assert rules(text, reference="340", facts=scaled) == []


def test_stated_integers_that_are_not_solved() -> None:
    text = "x and y are integers.\n" + RUN + "So \\boxed{340}."
    linear = model("min", [15, 7], *ROWS, integer=False)
    facts = [solved(linear, 340.0, whole=341.0)]
    assert rules(text, reference="341", facts=facts) == ["integers-not-solved"]
    assert rules(text, reference="340", facts=[solved(linear, 340.0, whole=340.0)]) == []


def test_the_sign_of_a_turned_objective() -> None:
    facts = [solved(model("min", [-15, -7], *ROWS), -340.0)]
    question = "The most for 24, 10 and 530?"
    found = rules(RUN + "So \\boxed{-340}.", question, reference="340", facts=facts)
    assert found == ["sign-not-turned"]
    assert rules(RUN + "So \\boxed{340}.", question, reference="340", facts=facts) == []


def test_the_unit_that_was_asked() -> None:
    question = "The lowest cost for 24, 10 and 530, in thousands?"
    run = code(SOLVE, "Optimal 340000\n")
    facts = [solved(model("min", [15, 7], *ROWS), 340000.0)]
    text = run + "So \\boxed{340000}."
    assert rules(text, question, reference="340", facts=facts) == ["unit-not-asked"]
    assert rules(text, question, reference="340000", facts=facts) == []


def test_figures_that_a_program_prints_beside_its_solve() -> None:
    program = SOLVE.replace("print(1)", "print('people', 24 * 15 + 7 * 10)")
    text = code(program, "people 430\n") + "So \\boxed{430}."
    facts = [solved(model("min", [15, 7], *ROWS), 340.0)]
    assert rules(text, reference="340", facts=facts) == ["hard-coded-answer"]


def test_a_statement_that_is_taken_back_in_the_same_text() -> None:
    wrong = STATED + "Wait, that is not it: it is too weak, so $2y - x >= 5$.\n"
    rows = (*ROWS[:2], ([-1, 2], 5, None))
    facts = [solved(model("min", [15, 7], *rows), 340.0)]
    assert rules(wrong + RUN + "So \\boxed{340}.", reference="340", facts=facts) == []


@pytest.mark.parametrize(
    "stated",
    ["5. $x_t + 3y_t <= 77$", "5. 0,5x + 3y <= 77", "5. 3(x + y) <= 77", "5. x/2 + y <= 77"],
)
def test_what_is_not_plainly_linear_is_passed_over(stated: str) -> None:
    text = f"{STATED}{stated}\n{RUN}So \\boxed{{340}}."
    whole = [solved(model("min", [15, 7], *ROWS), 340.0)]
    assert rules(text, reference="340", facts=whole) == []
