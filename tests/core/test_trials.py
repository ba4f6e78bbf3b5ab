"""Trials: what they say of a hint, and which of them an accepted hint goes on as."""

from typing import Any

from app.core.trace import Cut
from app.core.trials import Tally, Trial, compare, to_accept

HERE, THERE = Cut(step=0, offset=3), Cut(step=1)


def trial(number: int, **fields: Any) -> Trial:
    given: dict[str, Any] = {"words": "w", "cut": HERE, "outcome": "answered", "correct": False}
    kept = {"id": number, "branch_id": 10 + number, "free": True, "tokens": 5, "cost": 0.0}
    return Trial(**(given | kept | fields))


def test_a_failure_counts_apart_and_other_words_and_places_not_at_all() -> None:
    trials = [
        trial(1, correct=True),
        trial(2),
        trial(3, correct=None),
        trial(4, outcome=None, correct=None),
        trial(5, outcome="no_recording"),
        trial(6, outcome="code_limit"),
        trial(7, words="other", correct=True),
        trial(8, cut=THERE, correct=True),
        trial(9, words=None, correct=True),
        trial(10, words=None, cut=THERE),
    ]
    found = compare(trials, "w", HERE)
    assert found.with_hint == Tally(right=1, wrong=2, ungraded=1, running=1, failed=1)
    assert (found.with_hint.finished, found.with_hint.standing) == (4, 5)
    assert found.without == Tally(right=1)


def test_the_first_right_one_is_accepted_else_the_first_that_ended_else_one_that_runs() -> None:
    running, wrong = trial(1, outcome=None, correct=None), trial(2)
    right, later = trial(3, correct=True), trial(4, correct=True)
    unfit = [
        trial(5, correct=True, free=False),
        trial(6, correct=True, words=None),
        trial(7, correct=True, words="other"),
        trial(8, correct=True, cut=THERE),
        trial(9, outcome="cancelled"),
    ]
    assert to_accept([*unfit, running, wrong, right, later], "w", HERE) == right
    assert to_accept([*unfit, running, wrong], "w", HERE) == wrong
    assert to_accept([*unfit, running], "w", HERE) == running
    assert to_accept(unfit, "w", HERE) is None
