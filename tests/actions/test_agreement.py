"""Agreement is what the published examples say, and silent where nothing can be said."""

import pytest

from app.actions.agreement import Label, agreement, pairwise

# Four observers, twelve units, missing values: K. Krippendorff, Computing Krippendorff's
# Alpha-Reliability, 2011, section C, whose alpha for nominal data is 0.743.
OBSERVERS = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}
# Ten subjects put into five categories by fourteen raters: the counts of each category, with a
# kappa of 0.210 (J. L. Fleiss' method, in the example of its usual description).
SUBJECTS = (
    (0, 0, 0, 0, 14),
    (0, 2, 6, 4, 2),
    (0, 0, 3, 5, 6),
    (0, 3, 9, 2, 0),
    (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2),
    (6, 5, 2, 1, 0),
    (0, 2, 2, 3, 7),
)
# Of 50 proposals 20 were accepted by both readers and 15 rejected by both: kappa is 0.4.
PROPOSALS = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15


def test_alpha_is_krippendorffs_with_missing_values() -> None:
    labels = [
        Label(who, unit, value)
        for who, row in OBSERVERS.items()
        for unit, value in enumerate(row.split())
        if value != "."
    ]
    found = agreement(labels)
    assert found.alpha == pytest.approx(0.743, abs=0.0005)
    assert found.items == 11  # the twelfth was judged by one alone


def test_fleiss_kappa_needs_no_same_raters() -> None:
    labels = []
    for subject, counts in enumerate(SUBJECTS):
        ratings = [category for category, n in enumerate(counts) for _ in range(n)]
        labels += [Label(f"{subject} {at}", subject, rating) for at, rating in enumerate(ratings)]
    assert agreement(labels).fleiss == pytest.approx(0.210, abs=0.0005)


def test_kappa_is_cohens() -> None:
    labels = [
        Label(who, at, pair[n]) for at, pair in enumerate(PROPOSALS) for n, who in enumerate("ab")
    ]
    (found,) = pairwise(labels).values()
    assert (found.n, found.same) == (50, 35)
    assert found.kappa == pytest.approx(0.4)


def test_what_chance_alone_decides_or_nobody_shares_has_no_figure() -> None:
    alike = [Label(who, at, "golden") for at in range(3) for who in "ab"]
    assert agreement(alike).alpha is agreement(alike).fleiss is None
    assert agreement(alike).same == agreement(alike).pairs == 3
    assert [pair.kappa for pair in pairwise(alike).values()] == [None]
    alone = [Label("a", 1, "golden"), Label("b", 2, "discard")]
    assert agreement(alone).items == 0
    assert pairwise(alone) == {}


def test_the_last_word_of_a_person_counts() -> None:
    labels = [Label("a", 1, "x"), Label("b", 1, "y"), Label("a", 1, "y")]
    assert agreement(labels).same == 1
