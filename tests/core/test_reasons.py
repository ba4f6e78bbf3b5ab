"""Why an answer has its grade, said again in another language."""

from decimal import Decimal

import pytest

from app.core.answer import Answer, grade, parse_reference
from app.core.answer.reasons import reason_words
from app.core.language import speaking
from app.locale import languages

CHINESE = languages()["zh-Hans"]


@pytest.mark.parametrize(
    ("answer", "reference", "said"),
    [
        (Answer(kind="number", text="", value=Decimal(12)), "12", "等于 12"),
        (Answer(kind="number", text="", value=Decimal(6)), "12", "与 12 相差 50%"),
        (
            Answer(kind="number", text="", value=Decimal(6)),
            "infeasible",
            "给出了数字，但问题不可行",
        ),
        (Answer(kind="infeasible", text=""), "12", "判为不可行，但参考答案是 12"),
        (Answer(kind="infeasible", text=""), "infeasible", "判为不可行，与参考答案一致"),
        (None, "12", "没有给出 \\boxed 答案"),
    ],
)
def test_a_stored_reason_is_said_in_the_language_spoken(
    answer: Answer | None, reference: str, said: str
) -> None:
    stored = grade(answer, parse_reference(reference)).reason
    assert reason_words(stored) == stored
    with speaking(CHINESE):
        assert reason_words(stored) == said


def test_what_is_no_known_reason_stays_as_it_is() -> None:
    with speaking(CHINESE):
        assert reason_words("<b>hand-made</b> 100%") == "<b>hand-made</b> 100%"
