"""Several sources on one place: one card, and nobody forgotten."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.core.merge import merged, same_place, sources_of
from app.core.proposal import Evidence, Proposal, Source
from app.core.trace import Cut

MODEL = Source(kind="intervener", name="big", version="intervener-2")
RULE = Source(kind="rule", name="sense", version="rules-2")


def proposal(source: Source = MODEL, start: int = 0, end: int = 10, **changed: Any) -> Proposal:
    told: dict[str, Any] = {
        "flaw": "wrong-objective",
        "evidence": (Evidence(step=1, start=start, end=end, note=source.name),),
        "cut": Cut(step=1, offset=start),
        "words": f"Wait, says {source.name}.",
        "source": source,
    }
    return Proposal.model_validate(told | changed)


def test_a_rule_confirms_a_model_whose_words_stay() -> None:
    told = [proposal(RULE, 5, 20), proposal(MODEL, 0, 10, confidence=0.7)]
    for found in (merged(told), merged(told[::-1])):
        (one,) = found
        assert (one.words, one.source, one.confidence) == ("Wait, says big.", MODEL, 0.7)
        assert one.confirmed_by == (RULE,)
        assert [each.note for each in one.evidence] == ["big", "sense"]


def test_the_same_cut_is_the_same_place_whatever_the_evidence() -> None:
    cut = Cut(step=3)
    assert same_place(proposal(RULE, 0, 2, cut=cut), proposal(MODEL, 50, 60, cut=cut))
    assert not same_place(proposal(RULE, 0, 2), proposal(MODEL, 2, 60))


def test_another_flaw_or_another_place_is_another_proposal() -> None:
    assert len(merged([proposal(), proposal(RULE, flaw="wrong-variables")])) == 2
    assert len(merged([proposal(RULE, 30, 40), proposal(MODEL, 0, 10)])) == 2


def test_what_joins_two_places_makes_them_one() -> None:
    apart = [proposal(RULE, 0, 10), proposal(RULE.model_copy(update={"name": "other"}), 20, 30)]
    assert len(merged(apart)) == 2
    (one,) = merged([*apart, proposal(MODEL, 5, 25)])
    assert sources_of(one) == {MODEL, *(each.source for each in apart)}


SOURCES = st.builds(
    Source,
    kind=st.sampled_from(["intervener", "rule", "recording"]),
    name=st.sampled_from(["a", "b", "c"]),
)


@st.composite
def proposals(draw: st.DrawFn) -> Proposal:
    start = draw(st.integers(0, 30))
    return proposal(
        draw(SOURCES),
        start,
        start + draw(st.integers(0, 10)),
        flaw=draw(st.sampled_from(["x", "y"])),
        words=draw(st.sampled_from(["one", "two"])),
    )


MANY = st.lists(proposals(), max_size=8)


@given(MANY)
def test_nothing_is_lost(told: list[Proposal]) -> None:
    found = merged(told)
    assert {s for one in found for s in sources_of(one)} == {s for t in told for s in sources_of(t)}
    assert {(one.flaw, each) for one in found for each in one.evidence} == {
        (one.flaw, each) for one in told for each in one.evidence
    }
    assert {one.words for one in found} <= {one.words for one in told}


@given(MANY)
def test_no_two_are_about_one_place_and_merging_again_changes_nothing(told: list[Proposal]) -> None:
    found = merged(told)
    pairs = [(a, b) for at, a in enumerate(found) for b in found[at + 1 :]]
    assert not any(same_place(a, b) for a, b in pairs)
    assert merged(found) == found


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_of_the_sources_makes_no_other_places(told: list[Proposal], random: Any) -> None:
    def places(found: tuple[Proposal, ...]) -> set[tuple[str, frozenset[Evidence]]]:
        return {(one.flaw, frozenset(one.evidence)) for one in found}

    shuffled = random.sample(told, len(told))
    assert places(merged(shuffled)) == places(merged(told))
