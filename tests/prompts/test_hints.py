"""The words of the rules' hints: short, without numbers of their own, and editable."""

import pytest

from app.core.answer.reading import mentions_outcome
from app.core.budget import tokens_of
from app.core.numbers import numbers_in
from app.core.proposal import MAX_HINT_TOKENS
from app.core.trace import Step
from app.detectors import RULES
from app.prompts import hints

VALUES = {"numbers": "1234567, 2345678, 3456789", "number": "1234567.123", "asked": "least"}
VALUES |= {"done": "minimizes", "side": "least"}


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_each_rule_has_a_short_hint(rule: str) -> None:
    words = hints.words(rule, VALUES, {})
    assert tokens_of(Step(kind="hint", author="human", text=words)) <= MAX_HINT_TOKENS
    assert "{" not in words
    assert numbers_in(hints.words(rule, {}, {})) == frozenset()
    assert not mentions_outcome(words)
    assert hints.template_refusal(rule, hints.TEMPLATES[rule]) is None


def test_there_are_no_words_without_a_rule() -> None:
    assert set(hints.TEMPLATES) == {rule.name for rule in RULES}


def test_a_project_has_words_of_its_own_with_a_version_of_their_own() -> None:
    own = {"sense": "Turn it: the {asked}!"}
    assert hints.words("sense", {"asked": "most"}, own) == "Turn it: the most!"
    assert hints.version_of("no-program", own) == hints.VERSION
    changed = {"sense": "Turn it round: the {asked}!"}
    versions = {hints.version_of("sense", words) for words in (own, changed, {})}
    assert len(versions) == 3


@pytest.mark.parametrize(
    ("rule", "template", "why"),
    [
        ("no-such-rule", "Wait.", "no rule called"),
        ("sense", "  ", "needs words"),
        ("sense", "It is {reference}.", "Nothing fills {reference}"),
        ("sense", "word " * 60, "at most 40 tokens"),
    ],
)
def test_words_that_can_not_be_a_template(rule: str, template: str, why: str) -> None:
    assert why in (hints.template_refusal(rule, template) or "")


def test_a_template_only_ever_gets_its_values() -> None:
    assert hints.words("sense", {}, {"sense": "{asked.__class__} {0} {"}) == (
        "{asked.__class__} {0} {"
    )
