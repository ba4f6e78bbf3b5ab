"""A project's own words: what is refused, and which version is recorded."""

import pytest

from app.prompts import intervener, reasoner
from app.prompts.own import Prompts
from app.prompts.templates import filled


def test_without_words_of_its_own_a_project_has_the_defaults() -> None:
    for own in (Prompts(), Prompts(reasoner=reasoner.SYSTEM, intervener="  \n")):
        assert own.for_reasoner == (reasoner.SYSTEM, reasoner.VERSION)
        assert own.for_intervener == (intervener.SYSTEM, intervener.VERSION)
        assert own.refusal is None


def test_own_words_have_a_version_of_their_own() -> None:
    one, other = Prompts(reasoner="Think in rows."), Prompts(reasoner="Think in columns.")
    assert one.for_reasoner.text == "Think in rows."
    assert one.for_reasoner.version.startswith("own-")
    assert one.for_reasoner.version != other.for_reasoner.version
    assert one.for_reasoner.version == Prompts(reasoner="Think in rows.").for_reasoner.version


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Find {flaws} between {mark} and {answer}.", "Nothing fills {answer}"),
        ("Find {flaws}.", "It needs {mark}"),
        ("Between {mark}.", "It needs {flaws}"),
    ],
)
def test_a_place_that_is_unknown_or_missing_is_refused(words: str, told: str) -> None:
    assert told in str(Prompts(intervener=words).refusal)


def test_hints_of_rules_are_checked_one_by_one() -> None:
    assert Prompts(hints={"sense": "The {asked}, please."}).refusal is None
    refused = Prompts(hints={"sense": "The {answer}, please."}).refusal
    assert refused is not None
    assert refused.startswith("The hint of the rule sense can't be used. Nothing fills {answer}")


def test_json_and_latex_need_no_escaping() -> None:
    words = 'Of {flaws}, {mark}: {"verdict": "flaw"} or \\boxed{} {1}'
    assert Prompts(intervener=words).refusal is None
    assert Prompts(reasoner="Answer in \\boxed{x} or {anything}").refusal is None


def test_what_is_put_in_is_not_filled_again() -> None:
    assert filled("{flaws} {mark}", {"flaws": "{mark}", "mark": "m"}) == "{mark} m"
