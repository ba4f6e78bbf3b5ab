"""Several sources on one place: what a person judges once.

Two proposals are about one place where they name the same flaw, and have the same cut or evidence
that overlaps. Promises: pure; of each place one proposal comes out, in the order of the path;
nothing is lost: every source is its `source` or in `confirmed_by`, and all evidence is kept. The
words, the cut and the confidence are those of one of them: of a person's recording before a
model's, of a model's before a rule's, and of two alike the one that came last.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TypeVar

from app.core.proposal import Evidence, Proposal, Source, SourceKind

T = TypeVar("T")
_WORTH: dict[SourceKind, int] = {"rule": 0, "intervener": 1, "recording": 2, "person": 3}


def merged(proposals: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """One proposal for each place."""
    places: list[list[Proposal]] = []
    for proposal in proposals:
        here: list[list[Proposal]] = []
        apart: list[list[Proposal]] = []
        for place in places:
            same = any(same_place(proposal, one) for one in place)
            (here if same else apart).append(place)
        places = [*apart, [*chain(*here), proposal]]
    return tuple(sorted(map(_one, places), key=_order))


def same_place(one: Proposal, other: Proposal) -> bool:
    """Whether two proposals are about the same flaw at the same place."""
    overlap = any(_overlap(a, b) for a in one.evidence for b in other.evidence)
    return one.flaw == other.flaw and (one.cut == other.cut or overlap)


def sources_of(proposal: Proposal) -> frozenset[Source]:
    """Everybody who found it."""
    return frozenset({proposal.source, *proposal.confirmed_by})


def _one(place: Sequence[Proposal]) -> Proposal:
    """The proposals of one place as one."""
    _, lead = max(enumerate(place), key=lambda each: (_WORTH[each[1].source.kind], each[0]))
    rest = [one for one in place if one is not lead]
    evidence = _distinct(each for one in (lead, *rest) for each in one.evidence)
    others = _distinct(each for one in (lead, *rest) for each in (*one.confirmed_by, one.source))
    confirmed = tuple(source for source in others if source != lead.source)
    return lead.model_copy(update={"evidence": evidence, "confirmed_by": confirmed})


def _overlap(one: Evidence, other: Evidence) -> bool:
    """Whether two have a character in common, or are the same place between two."""
    if one.step != other.step:
        return False
    if (one.start, one.end) == (other.start, other.end):
        return True
    return one.start < other.end and other.start < one.end


def _distinct(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _order(proposal: Proposal) -> tuple[int, int]:
    return proposal.cut.step, proposal.cut.offset
