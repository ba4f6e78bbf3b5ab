"""Trials of a hint before it is judged: how the Reasoner goes on with it, and without it.

Promises: pure. A continuation that failed to run says nothing of the hint: it counts neither as
right nor as wrong.
"""

from collections.abc import Iterable

from app.core.model import Frozen
from app.core.trace import FAILURES, Cut, Outcome


class Trial(Frozen):
    """One continuation that was begun to try a hint; `words` is None where it got none.

    `correct` is its grade, None while it runs and where the reference is unknown. `free` says that
    it can still be accepted into the lineage. `tokens` the Reasoner wrote, `cost` is what its calls
    cost in the money of the project's prices.
    """

    id: int
    branch_id: int
    words: str | None
    cut: Cut
    outcome: Outcome | None
    correct: bool | None
    free: bool
    tokens: int
    cost: float

    @property
    def failed(self) -> bool:
        """Whether the model was not heard to its end."""
        return self.outcome in FAILURES


class Tally(Frozen):
    """How many trials ended right, wrong, or without a known reference; run; failed to run."""

    right: int = 0
    wrong: int = 0
    ungraded: int = 0
    running: int = 0
    failed: int = 0

    @property
    def finished(self) -> int:
        """Those that were heard to their end."""
        return self.right + self.wrong + self.ungraded

    @property
    def standing(self) -> int:
        """Those that tell something, or will."""
        return self.finished + self.running


class Comparison(Frozen):
    """What was found with a hint, and without it from the same place."""

    with_hint: Tally
    without: Tally


def compare(trials: Iterable[Trial], words: str, cut: Cut) -> Comparison:
    """What trials of a proposal say about a hint of these words at this cut."""
    here = [trial for trial in trials if trial.cut == cut]
    return Comparison(
        with_hint=tally(trial for trial in here if trial.words == words),
        without=tally(trial for trial in here if trial.words is None),
    )


def tally(trials: Iterable[Trial]) -> Tally:
    """Count trials by how they ended."""
    counts = dict.fromkeys(Tally.model_fields, 0)
    for trial in trials:
        counts[_ended(trial)] += 1
    return Tally(**counts)


def to_accept(trials: Iterable[Trial], words: str, cut: Cut) -> Trial | None:
    """The trial that an accepted hint of these words at this cut goes on as, or None.

    The first that ended right; else the first that ended; else the first that still runs.
    """
    fitting = [each for each in trials if each.free and (each.words, each.cut) == (words, cut)]
    order = {"right": 0, "wrong": 1, "ungraded": 1, "running": 2}
    usable = [trial for trial in fitting if not trial.failed]
    return min(usable, key=lambda trial: (order[_ended(trial)], trial.id), default=None)


def _ended(trial: Trial) -> str:
    if trial.outcome is None:
        return "running"
    if trial.failed:
        return "failed"
    return {True: "right", False: "wrong", None: "ungraded"}[trial.correct]
