"""How well reviews of labelled traces find what people labelled; what it gives is in `scores`.

Promise: pure, and the order of the reviews makes no difference.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean, median
from typing import Literal, NamedTuple

from app.core.flaws import Taxonomy
from app.core.labelled import Label, Labelled, path_in
from app.core.merge import sources_of
from app.core.proposal import Proposal, SourceKind
from app.core.scores import (
    Detection,
    FirstFlaw,
    FlawDetection,
    Macro,
    Scores,
    SourceCount,
    wilson,
)
from app.core.splice import default_cut
from app.core.trace import Cut, Step

Mode = Literal["every", "first"]
"""What counts as said: every proposal of a review, as of rules, or the first, as of a model that is
asked for the first flaw. The labels of a trace count likewise: all, or the first."""
_WHERE = ("right", "other", "flawless")


class Reviewed(NamedTuple):
    """A labelled trace and what a reviewer proposed on it; nothing where it said flawless."""

    row: Labelled
    said: tuple[Proposal, ...]


class _Hit(NamedTuple):
    """Where a found flaw was seen, against where it is labelled."""

    step: bool
    overlap: bool
    characters: int


class _Tally(NamedTuple):
    n: int
    wrong: int
    hits: tuple[_Hit, ...]


def score(reviews: Sequence[Reviewed], taxonomy: Taxonomy, mode: Mode) -> Scores:
    """The scores of reviews that were given; failed ones are not among them."""
    views = [_View(review, mode) for review in reviews]
    tallies = {flaw.id: _tally(views, flaw.id) for flaw in taxonomy.flaws}
    flaws = {flaw: _flaw_detection(tally) for flaw, tally in tallies.items()}
    return Scores(
        flaws=flaws,
        flawless=_flawless(views),
        macro=Macro(
            precision=_mean(flaw.precision for flaw in flaws.values()),
            recall=_mean(flaw.recall for flaw in flaws.values()),
        ),
        micro=_flaw_detection(_pooled(tallies.values())),
        first=_first(reviews),
        sources=_sources(views),
    )


class _View:
    """A review as the mode sees it."""

    def __init__(self, review: Reviewed, mode: Mode) -> None:
        most = 1 if mode == "first" else None
        self.row = review.row
        self.labels = review.row.labels[:most]
        self.said = review.said[:most]

    def hit(self, flaw: str) -> _Hit | None:
        """The best place that was said for a flaw, None where it is not labelled or not said."""
        labels = [label for label in self.labels if label.flaw == flaw]
        said = [proposal for proposal in self.said if proposal.flaw == flaw]
        if not labels or not said:
            return None
        path = path_in(self.row.text)
        hits = [_hit(path, label, proposal) for label in labels for proposal in said]
        return _Hit(
            any(hit.step for hit in hits),
            any(hit.overlap for hit in hits),
            min(hit.characters for hit in hits),
        )


def _hit(path: Sequence[Step], label: Label, proposal: Proposal) -> _Hit:
    start = path[label.step].text.find(label.span)
    end = start + len(label.span)
    seen = [evidence for evidence in proposal.evidence if evidence.step == label.step]
    cut = default_cut(path, label.step, start)
    return _Hit(
        bool(seen),
        any(evidence.start < end and start < evidence.end for evidence in seen),
        abs(_characters(path, cut) - _characters(path, proposal.cut)),
    )


def _characters(path: Sequence[Step], cut: Cut) -> int:
    """How many characters of a path stand before a cut."""
    return sum(len(step.text) for step in path[: cut.step]) + cut.offset


def _tally(views: Iterable[_View], flaw: str) -> _Tally:
    n = wrong = 0
    hits: list[_Hit] = []
    for view in views:
        labelled = any(label.flaw == flaw for label in view.labels)
        said = any(proposal.flaw == flaw for proposal in view.said)
        n += labelled
        wrong += said and not labelled
        hits += [hit] if (hit := view.hit(flaw)) else []
    return _Tally(n, wrong, tuple(hits))


def _pooled(tallies: Iterable[_Tally]) -> _Tally:
    each = list(tallies)
    hits = tuple(hit for tally in each for hit in tally.hits)
    return _Tally(sum(tally.n for tally in each), sum(tally.wrong for tally in each), hits)


def _flaw_detection(tally: _Tally) -> FlawDetection:
    hits = tally.hits
    return FlawDetection(
        **_detection(tally.n, len(hits), tally.wrong).model_dump(),
        step=_mean(float(hit.step) for hit in hits),
        overlap=_mean(float(hit.overlap) for hit in hits),
        cut_characters=float(median(hit.characters for hit in hits)) if hits else None,
    )


def _detection(n: int, found: int, wrong: int) -> Detection:
    said = found + wrong
    return Detection(
        precision=found / said if said else None,
        precision_interval=wilson(found, said),
        recall=found / n if n else None,
        recall_interval=wilson(found, n),
        n=n,
        found=found,
        wrong=wrong,
    )


def _flawless(views: Iterable[_View]) -> Detection:
    counts = Counter((not view.labels, not view.said) for view in views)
    n = counts[True, True] + counts[True, False]
    return _detection(n, counts[True, True], counts[False, True])


def _first(reviews: Iterable[Reviewed]) -> FirstFlaw:
    flawed = [review for review in reviews if review.row.labels]
    right = sum(bool(said) and said[0].flaw == row.labels[0].flaw for row, said in flawed)
    n = len(flawed)
    return FirstFlaw(share=right / n if n else None, interval=wilson(right, n), n=n)


def _sources(views: Iterable[_View]) -> tuple[SourceCount, ...]:
    counts: Counter[tuple[SourceKind, str, str, str, str]] = Counter()
    for view in views:
        labelled = {label.flaw for label in view.labels}
        for source, flaw in {(by, one.flaw) for one in view.said for by in sources_of(one)}:
            where = "right" if flaw in labelled else "other" if labelled else "flawless"
            counts[source.kind, source.name, source.version, flaw, where] += 1
    return tuple(
        SourceCount(
            kind=kind,
            name=name,
            version=version,
            flaw=flaw,
            **{where: counts[kind, name, version, flaw, where] for where in _WHERE},
        )
        for kind, name, version, flaw in sorted({key[:4] for key in counts})
    )


def _mean(numbers: Iterable[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return fmean(known) if known else None
