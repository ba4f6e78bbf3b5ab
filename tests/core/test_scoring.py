"""Scores of reviews, worked out by hand, and what holds of any."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.flaws import DEFAULT
from app.core.labelled import Label, Labelled
from app.core.proposal import Evidence, Proposal, Source
from app.core.scores import Scores, wilson
from app.core.scoring import Reviewed, score
from app.core.trace import Cut

TEXT = "We earn 5 a boat. Boats are many.\nWe need 3 boats.\n\nSo it is \\boxed{5}."
FLAWS = [flaw.id for flaw in DEFAULT.flaws]
OBJECTIVE, ROWS, DRIFT = "wrong-objective", "wrong-constraints", "implementation-drift"
SPANS = {OBJECTIVE: "We earn 5", ROWS: "We need 3", DRIFT: "\\boxed{5}"}


def row(*flaws: str) -> Labelled:
    labels = [
        Label(flaw=flaw, step=int(flaw == DRIFT), span=SPANS.get(flaw, "Boats")) for flaw in flaws
    ]
    return Labelled(id="x", question="?", answer="5", text=TEXT, labels=tuple(labels))


def proposed(
    flaw: str, *, step: int = 0, start: int = 0, end: int = 4, cut: int = 0, rule: str = "a"
) -> Proposal:
    return Proposal(
        flaw=flaw,
        evidence=(Evidence(step=step, start=start, end=end, note=""),),
        cut=Cut(step=0, offset=cut),
        words="Wait.",
        source=Source(kind="rule", name=rule, version="1"),
    )


REVIEWS = [
    # Found at the right place, and another flaw that is not there.
    Reviewed(row(OBJECTIVE), (proposed(OBJECTIVE), proposed(DRIFT, rule="b"))),
    # Found, but the wrong words; the cut is 18 characters too late.
    Reviewed(row(OBJECTIVE), (proposed(OBJECTIVE, start=18, end=23, cut=18),)),
    # The second flaw alone is found, in the wrong step.
    Reviewed(row(OBJECTIVE, ROWS), (proposed(ROWS, step=1, rule="b", cut=34),)),
    # Nothing is found.
    Reviewed(row(DRIFT), ()),
    # Flawless, and said so twice of three times.
    Reviewed(row(), ()),
    Reviewed(row(), ()),
    Reviewed(row(), (proposed(OBJECTIVE),)),
]


def test_every_proposal_counts_as_of_rules() -> None:
    scores = score(REVIEWS, DEFAULT, "every")
    objective = scores.flaws[OBJECTIVE]
    assert (objective.n, objective.found, objective.wrong) == (3, 2, 1)
    assert (objective.precision, objective.recall) == (2 / 3, 2 / 3)
    assert (objective.step, objective.overlap, objective.cut_characters) == (1.0, 0.5, 9.0)
    rows, drift = scores.flaws[ROWS], scores.flaws[DRIFT]
    assert (rows.precision, rows.recall, rows.n) == (1.0, 1.0, 1)
    assert (rows.step, rows.overlap, rows.cut_characters) == (0.0, 0.0, 0.0)
    assert (drift.precision, drift.recall, drift.n, drift.step) == (0.0, 0.0, 1, None)
    unseen = scores.flaws["manual-computation"]
    assert (unseen.precision, unseen.recall, unseen.n) == (None, None, 0)
    assert (scores.flawless.precision, scores.flawless.recall) == (2 / 3, 2 / 3)
    assert (scores.micro.n, scores.micro.found, scores.micro.wrong) == (5, 3, 2)
    assert (scores.micro.precision, scores.micro.recall) == (3 / 5, 3 / 5)
    assert scores.macro.precision == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert scores.macro.recall == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert (scores.first.share, scores.first.n) == (1 / 2, 4)


def test_the_first_proposal_counts_as_of_a_model() -> None:
    scores = score(REVIEWS, DEFAULT, "first")
    objective, rows, drift = (scores.flaws[flaw] for flaw in (OBJECTIVE, ROWS, DRIFT))
    assert (objective.n, objective.found, objective.wrong) == (3, 2, 1)
    assert (rows.n, rows.found, rows.wrong) == (0, 0, 1)
    assert (drift.n, drift.found, drift.wrong) == (1, 0, 0)
    assert (scores.micro.n, scores.micro.found, scores.micro.wrong) == (4, 2, 2)


def test_each_source_is_counted_on_traces() -> None:
    counts = [
        (one.name, one.flaw, one.right, one.other, one.flawless)
        for one in score(REVIEWS, DEFAULT, "every").sources
    ]
    assert counts == [
        ("a", OBJECTIVE, 2, 0, 1),
        ("b", DRIFT, 0, 1, 0),
        ("b", ROWS, 1, 0, 0),
    ]


def test_who_confirms_a_proposal_is_counted_with_who_made_it() -> None:
    other = Source(kind="intervener", name="m", version="2")
    (made,) = REVIEWS[1].said
    both = made.model_copy(update={"confirmed_by": (other,)})
    counts = score([Reviewed(row(OBJECTIVE), (both,))], DEFAULT, "every").sources
    assert [(one.name, one.right) for one in counts] == [("m", 1), ("a", 1)]


def test_the_interval_is_wilson_s() -> None:
    assert wilson(0, 0) is None
    # 8 of 10: Newcombe, Statistics in Medicine 17 (1998), gives the formula; 0.490 to 0.943.
    assert wilson(8, 10) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert wilson(0, 10) == (0.0, pytest.approx(0.2775, abs=1e-4))
    assert wilson(10, 10) == (pytest.approx(0.7225, abs=1e-4), 1.0)


def test_nothing_reviewed_has_no_shares() -> None:
    scores = score([], DEFAULT, "every")
    assert list(scores.flaws) == FLAWS
    assert scores.flawless.precision is None
    assert scores.first.share is None
    assert scores.macro.recall is None


flaws = st.lists(st.sampled_from(FLAWS), max_size=3, unique=True)
reviews = st.lists(
    st.builds(
        lambda labels, said: Reviewed(row(*labels), tuple(proposed(flaw) for flaw in said)),
        flaws,
        flaws,
    )
)


@given(reviews, st.sampled_from(["every", "first"]))
def test_any_scores_add_up(found: list[Reviewed], mode: str) -> None:
    scores = score(found, DEFAULT, mode)
    assert scores == score(found[::-1], DEFAULT, mode)
    detections = [*scores.flaws.values(), scores.flawless, scores.micro]
    for one in detections:
        assert 0 <= one.found <= one.n
        for share, interval in (
            (one.precision, one.precision_interval),
            (one.recall, one.recall_interval),
        ):
            assert (share is None) == (interval is None)
            assert interval is None or 0 <= interval[0] <= share <= interval[1] <= 1
    parts = scores.flaws.values()
    assert scores.micro.n == sum(part.n for part in parts)
    assert scores.micro.found == sum(part.found for part in parts)
    assert scores.flawless.n == sum(not each.row.labels for each in found)
    fired = sum(one.right for one in scores.sources)
    assert fired == scores.micro.found


@given(st.lists(flaws, min_size=1), st.sampled_from(["every", "first"]))
def test_who_says_what_is_labelled_is_always_right(labels: list[list[str]], mode: str) -> None:
    perfect = [Reviewed(row(*each), tuple(proposed(flaw) for flaw in each)) for each in labels]
    scores: Scores = score(perfect, DEFAULT, mode)
    for one in (*scores.flaws.values(), scores.flawless, scores.micro):
        assert one.wrong == 0
        assert one.found == one.n
    assert scores.first.share in (1.0, None)


@given(st.integers(1, 10_000), st.data())
def test_an_interval_narrows_with_more(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    few, many = wilson(hits, n), wilson(hits * 4, n * 4)
    assert few
    assert many
    assert many[1] - many[0] <= few[1] - few[0] or math.isclose(many[1], few[1])
