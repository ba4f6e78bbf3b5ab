"""What a branch shares with its ancestors: their hints are its own just as far as their text is."""

from hypothesis import given
from hypothesis import strategies as st

from app.actions.facts import _applies, lineage
from app.core.proposal import Evidence, Proposal, Source
from app.core.splice import before
from app.core.trace import Cut, text_of
from app.db.convert import path_of
from app.db.tables import Branch, ProposalRow, StepRow

texts = st.lists(st.text("ab", max_size=3), min_size=1, max_size=3)


def steps(words: list[str]) -> list[StepRow]:
    return [
        StepRow(number=at, kind="thought", author="reasoner", text=text)
        for at, text in enumerate(words)
    ]


def places(branch: Branch) -> list[Cut]:
    """Every place in a branch's path."""
    path = path_of(branch)
    inside = [Cut(step=at, offset=n) for at, s in enumerate(path) for n in range(len(s.text) + 1)]
    return [*inside, Cut(step=len(path))]


@st.composite
def branches(draw: st.DrawFn) -> Branch:
    """The youngest of some branches, each cut from the one before at any place."""
    branch = Branch(id=1, steps=steps(draw(texts)))
    for number in range(2, draw(st.integers(2, 5))):
        cut = draw(st.sampled_from(places(branch)))
        branch = Branch(
            id=number,
            parent=branch,
            cut_step=cut.step,
            cut_offset=cut.offset,
            steps=steps(draw(texts)),
        )
    return branch


@given(branches(), st.data())
def test_a_hint_of_an_ancestor_means_the_same_place_and_words(
    branch: Branch, data: st.DataObject
) -> None:
    ancestors = {1: branch}
    at: Branch | None = branch
    while at is not None:
        ancestors[at.id], at = at, at.parent
    for branch_id, shared in lineage(branch):
        theirs, ours = path_of(ancestors[branch_id]), path_of(branch)
        cut, word = (data.draw(st.sampled_from(places(ancestors[branch_id]))) for _ in range(2))
        evidence = Evidence(step=word.step, start=0, end=word.offset, note="")
        proposal = Proposal(
            flaw="f", evidence=(evidence,), cut=cut, words="w", source=Source(kind="rule", name="r")
        )
        if _applies(ProposalRow(proposal=proposal.model_dump(mode="json")), shared):
            assert text_of(before(ours, cut)) == text_of(before(theirs, cut))
            if word.offset:
                quoted = theirs[word.step].text[: word.offset]
                assert ours[word.step].text[: word.offset] == quoted


@given(branches())
def test_what_is_shared_is_the_same_text(branch: Branch) -> None:
    at: Branch | None = branch
    for branch_id, shared in lineage(branch):
        assert at is not None
        assert at.id == branch_id
        if shared is not None:
            assert before(path_of(branch), shared) == before(path_of(at), shared)
        at = at.parent
