"""The reward is the badge's own verdict."""

import pytest

from training.rewards import reward


@pytest.mark.parametrize(
    ("text", "answer", "worth"),
    [
        ("Hm.</think>\n\\boxed{12}", "12", 1.0),
        ("Hm.</think>\n\\boxed{13}", "12", 0.0),
        ("Hm.</think>\n\\boxed{13}", "12 or 13", 1.0),
        ("Hm.</think>\n\\boxed{\\text{infeasible}}", "no-optimum", 1.0),
        ("\\boxed{12}</think> I do not know.", "12", 0.0),
        ("```output\n\\boxed{12}\n```\n", "12", 0.0),
        ("", "12", 0.0),
        ("\\boxed{0}", "0", 1.0),
        ("\\boxed{12}", "unknown", 0.0),
    ],
)
def test_a_right_answer_is_worth_one(text: str, answer: str, worth: float) -> None:
    assert reward(text, answer, None) == worth


def test_a_problem_may_have_its_own_tolerance() -> None:
    assert reward("\\boxed{12.4}", "12", '{"relative": "0", "absolute": "0.5"}') == 1.0
    assert reward("\\boxed{12.4}", "12", None) == 0.0
