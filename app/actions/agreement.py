"""How far people who judged the same things agree, beyond what chance gives.

Promises: the statistics are NLTK's; missing values count as such, so not everybody has to judge
everything. None is where nothing can be said: too few judged, or chance alone would have them agree
always. Sources: J. Cohen, 1960; J. L. Fleiss, 1971; K. Krippendorff, Content Analysis, 1980.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from nltk.metrics.agreement import AnnotationTask

from app.core.model import Frozen


class Label(NamedTuple):
    """What a person said of an item."""

    person: Hashable
    item: Hashable
    label: Hashable


class Agreement(Frozen):
    """Of `items` that at least two judged; `same` of the `pairs` of judgements are alike.

    `alpha` is Krippendorff's for nominal data, `fleiss` Fleiss' kappa of the items that as many
    people judged as most: 1 is full agreement, 0 what chance gives.
    """

    items: int
    pairs: int
    same: int
    alpha: float | None
    fleiss: float | None


class Pair(Frozen):
    """Of `n` items that both judged, two people said of `same` the same; `kappa` is Cohen's."""

    n: int
    same: int
    kappa: float | None


def agreement(labels: Iterable[Label]) -> Agreement:
    """The agreement of all who judged."""
    items = {item: said for item, said in _by_item(labels).items() if len(said) > 1}
    pairs = [pair for said in items.values() for pair in combinations(said.values(), 2)]
    return Agreement(
        items=len(items),
        pairs=len(pairs),
        same=sum(one == other for one, other in pairs),
        alpha=_alpha(items),
        fleiss=_fleiss(items),
    )


def pairwise(labels: Iterable[Label]) -> dict[tuple[Hashable, Hashable], Pair]:
    """The agreement of every two people who judged the same items."""
    found: defaultdict[tuple[Hashable, Hashable], list[tuple[Hashable, Hashable]]] = defaultdict(
        list
    )
    for said in _by_item(labels).values():
        for one, other in combinations(sorted(said, key=str), 2):
            found[one, other].append((said[one], said[other]))
    return {people: _pair(pairs) for people, pairs in sorted(found.items(), key=str)}


def _by_item(labels: Iterable[Label]) -> Mapping[Hashable, dict[Hashable, Hashable]]:
    """What each person said last, by the item."""
    items: defaultdict[Hashable, dict[Hashable, Hashable]] = defaultdict(dict)
    for person, item, label in labels:
        items[item][person] = label
    return items


def _pair(pairs: Sequence[tuple[Hashable, Hashable]]) -> Pair:
    same = sum(one == other for one, other in pairs)
    data = [(who, at, pair[who]) for at, pair in enumerate(pairs) for who in (0, 1)]
    kappa = AnnotationTask(data).kappa() if _varied(data) else None
    return Pair(n=len(pairs), same=same, kappa=kappa)


def _alpha(items: Mapping[Hashable, Mapping[Hashable, Hashable]]) -> float | None:
    data = [(person, item, label) for item, said in items.items() for person, label in said.items()]
    return AnnotationTask(data).alpha() if _varied(data) else None


def _fleiss(items: Mapping[Hashable, Mapping[Hashable, Hashable]]) -> float | None:
    """Fleiss asks for as many judges of each item, not for the same ones: they get numbers."""
    if not items:
        return None
    ((most, _count),) = Counter(map(len, items.values())).most_common(1)
    whole = {item: said for item, said in items.items() if len(said) == most}
    data = [
        (number, item, label)
        for item, said in whole.items()
        for number, label in enumerate(said.values())
    ]
    return AnnotationTask(data).pi() if _varied(data) else None


def _varied(data: Iterable[tuple[Hashable, Hashable, Hashable]]) -> bool:
    """Whether more than one thing was said: else chance has everybody agree."""
    return len({label for _person, _item, label in data}) > 1
