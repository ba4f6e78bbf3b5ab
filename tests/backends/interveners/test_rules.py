"""The rules as an Intervener: proposals with words, each place once, nothing that can't be."""

import pytest

from app.backends.interveners import INTERVENERS
from app.backends.interveners.base import IntervenerError
from app.core.flaws import DEFAULT, Taxonomy
from app.core.proposal import Flawless
from app.core.splice import cut_refusal
from app.prompts import hints
from tests.detectors.cases import ERROR, SOLVE, case, code

GOOD = code(SOLVE, "Optimal 20 5 23\n") + "So \\boxed{23}."
WRONG = code(SOLVE.replace("Minim", "Maxim"), "Optimal 23\n") + "So \\boxed{23}."


def test_what_a_rule_finds_becomes_a_proposal() -> None:
    found = INTERVENERS.make("rules", {}).review(case(WRONG))
    assert isinstance(found, tuple)
    (proposal,) = found
    assert (proposal.source.kind, proposal.source.name) == ("rule", "sense")
    assert proposal.source.version == hints.VERSION
    assert proposal.confidence
    assert "asks for the least, but my program maximizes" in proposal.words
    assert cut_refusal(case(WRONG).path, proposal.cut) is None


def test_a_project_has_its_own_words() -> None:
    config = {"hints": {"sense": "Look: the {asked} is asked for.", "no-program": 7}}
    (proposal,) = INTERVENERS.make("rules", config).review(case(WRONG))  # type: ignore[misc]
    assert proposal.words == "Look: the least is asked for."
    assert proposal.source.version.startswith("own-")


def test_nothing_found_is_said() -> None:
    assert isinstance(INTERVENERS.make("rules", {}).review(case(GOOD)), Flawless)


def test_only_flaws_of_the_taxonomy_are_proposed() -> None:
    fewer = Taxonomy(version="1", flaws=DEFAULT.flaws[-1:])
    found = INTERVENERS.make("rules", {}).review(case(WRONG, taxonomy=fewer))
    assert isinstance(found, Flawless)


def test_a_rule_whose_hint_can_not_be_put_in_is_no_word_that_all_is_well() -> None:
    with pytest.raises(IntervenerError, match=r"sense fires.*budget of 0 hints"):
        INTERVENERS.make("rules", {}).review(case(WRONG, max_hints=0))


def test_each_place_gets_the_surest_rule() -> None:
    text = code("print(1)\n", ERROR) + "So \\boxed{22}."
    (proposal,) = INTERVENERS.make("rules", {}).review(case(text))  # type: ignore[misc]
    assert proposal.source.name == "error-unresolved"
