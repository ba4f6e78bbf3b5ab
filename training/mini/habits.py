"""Writing a trace with the miniature's native habits: often flawed, now and then caught in time.

Promises: what a program of it prints is what HiGHS says of that program's model; a slip that is
caught is followed by what is right, whether a thought of its own caught it or a hint that an
expert put there: to the Reasoner these look alike, and that is why hints work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from random import Random
from typing import Literal, NamedTuple

from app.core.fences import frame_output
from training.mini.draw import relaxed
from training.mini.linear import TURNED, Linear, Row, Solved, solve
from training.mini.phrases import Slip, aside, hint
from training.mini.problem import LETTERS, Small
from training.mini.program import fenced, program
from training.mini.sentences import constraint, groups, objective, variables


class Habits(NamedTuple):
    """How often each slip happens, one that happens is caught, and a sentence means nothing.

    Sentences that mean nothing teach the base to go on as before behind a hint that it can't read.
    """

    slips: Mapping[Slip, float]
    caught: float = 0.0
    asides: float = 0.0


class Part(NamedTuple):
    """A piece of a trace and who wrote it."""

    author: Literal["reasoner", "sandbox"]
    text: str


NATIVE = Habits(
    {
        "by-hand": 0.2,
        "pieces": 0.15,
        "doubt": 0.25,
        "split": 0.45,
        "not-split": 0.35,
        "sense": 0.18,
        "costs": 0.15,
        "row-missing": 0.18,
        "row-turned": 0.15,
        "drift": 0.15,
    },
    caught=0.12,
    asides=0.02,
)


class Change(NamedTuple):
    """A slip that nothing has caught, the row that it is about, and what it makes of a model."""

    slip: Slip
    thing: str
    made: Callable[[Linear], Linear]


@dataclass
class _Draft:
    """A trace that is being written, and the slips that stand in its model."""

    small: Small
    habits: Habits
    rng: Random
    segments: list[Part] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def model(self) -> Linear:
        """The true model with all that is wrong in it."""
        return reduce(lambda model, change: change.made(model), self.changes, self.small.model)

    def say(self, text: str) -> None:
        if self.rng.random() < self.habits.asides:
            self.segments.append(Part("reasoner", aside(self.rng)))
        self.segments.append(Part("reasoner", text))

    def run(self, code: str, printed: str) -> None:
        self.say(code)
        self.segments.append(Part("sandbox", frame_output(printed)))

    def solve(self) -> Solved:
        solved = solve(self.model)
        self.run(program(self.small, self.model), solved.printed)
        return solved

    def slips(self, slip: Slip, thing: str = "") -> bool:
        """Whether this happens here, and nothing catches it."""
        happens = self.rng.random() < self.habits.slips.get(slip, 0)
        return happens and not self.caught(slip, thing)

    def caught(self, slip: Slip, thing: str) -> bool:
        if self.rng.random() >= self.habits.caught:
            return False
        self.say(hint(slip, thing, self.rng))
        return True

    def changes_if(self, slip: Slip, made: Callable[[Linear], Linear], thing: str = "") -> bool:
        """Let the slip happen to the model, at its own rate."""
        if not self.slips(slip, thing):
            return False
        self.changes.append(Change(slip, thing, made))
        return True


def write(small: Small, habits: Habits, rng: Random) -> tuple[Part, ...]:
    """A whole trace of the problem, from the first thought to the boxed answer."""
    draft = _Draft(small, habits, rng)
    _state(draft)
    if draft.slips("by-hand"):
        answer = _by_hand(draft)
    elif draft.slips("pieces"):
        answer = _pieces(draft)
    else:
        answer = _solved(draft)
    draft.say(f"</think>\n\\boxed{{{answer}}}")
    return tuple(draft.segments)


def _state(draft: _Draft) -> None:
    _variables(draft)
    _objective(draft)
    _constraints(draft)


def _variables(draft: _Draft) -> None:
    whole = draft.model.domain in ("integer", "binary")
    draft.changes_if("split" if whole else "not-split", relaxed if whole else _unsplit)
    draft.say(variables(draft.small, draft.model.domain))


def _unsplit(model: Linear) -> Linear:
    return replace(model, domain="binary" if model.domain == "share" else "integer")


def _objective(draft: _Draft) -> None:
    turned = draft.changes_if("sense", Linear.turned)
    if not turned and draft.small.shape == "letters":
        draft.changes_if("costs", lambda model: replace(model, costs=model.costs[::-1]))
    draft.say(objective(draft.small, draft.model))


def _constraints(draft: _Draft) -> None:
    parts = groups(draft.small)
    slipped = draft.rng.randrange(len(parts))
    for at, part in enumerate(parts):
        rows = tuple(draft.small.model.rows[i] for i in part)
        if at == slipped:
            rows = _slipped(draft, rows)
        if rows:
            draft.say(constraint(draft.small, rows))


def _slipped(draft: _Draft, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows of a sentence, left out, turned round, or as they should be."""
    name = rows[0].name
    if draft.changes_if("row-missing", partial(_with, rows, ()), name):
        return ()
    turned = tuple(replace(row, relation=TURNED[row.relation]) for row in rows)
    return turned if draft.changes_if("row-turned", partial(_with, rows, turned), name) else rows


def _with(old: tuple[Row, ...], new: tuple[Row, ...], model: Linear) -> Linear:
    """The model with new rows in the place of the old, or with none there."""
    put = dict(zip(old, new, strict=bool(new)))
    kept = (put.get(row, row) for row in model.rows if new or row not in old)
    return replace(model, rows=tuple(kept))


def _by_hand(draft: _Draft) -> str:
    """The best of a few plans that come to mind, whether they are feasible or not."""
    values = []
    for _ in range(draft.rng.choice((2, 3))):
        plan, value = _plan(draft)
        named = ", ".join(f"{x} = {n}" for x, n in zip(LETTERS, plan, strict=False))
        draft.say(f"{named if draft.small.shape == 'letters' else 'One plan'} gives {value:g}.\n")
        values.append(value)
    best = max(values) if draft.model.sense == "maximize" else min(values)
    draft.say(f"The best {draft.small.asked} is {best:g}.\n")
    return f"{best:g}"


def _pieces(draft: _Draft) -> str:
    """A program that works out one plan and solves nothing."""
    plan, value = _plan(draft)
    terms = " + ".join(f"{c:g}*{x}" for c, x in zip(draft.model.costs, plan, strict=True))
    draft.run(fenced(f"print({terms})\n"), f"{value:g}\n")
    if draft.caught("pieces", ""):
        return _solved(draft)
    draft.say(f"The {draft.small.asked} is {value:g}.\n")
    return f"{value:g}"


def _plan(draft: _Draft) -> tuple[list[int], float]:
    """Some values of the variables, and what the objective would be."""
    plan = [draft.rng.randint(0, 9) for _ in draft.model.costs]
    return plan, sum(c * x for c, x in zip(draft.model.costs, plan, strict=True))


def _solved(draft: _Draft) -> str:
    """A program for the model as stated or as it drifted, and what is made of its result."""
    _drift(draft)
    solved = draft.solve()
    for change in tuple(draft.changes):
        if draft.caught(change.slip, change.thing):
            draft.changes.remove(change)
            solved = draft.solve()
    return _concluded(draft, solved.answer) if solved.status == "Optimal" else _nothing(draft)


def _drift(draft: _Draft) -> None:
    """Now and then the program lacks what was stated; nothing catches that before it has run."""
    part = draft.rng.choice(groups(draft.small))
    rows = tuple(draft.small.model.rows[i] for i in part)
    stated = all(row in draft.model.rows for row in rows)
    if stated and draft.rng.random() < draft.habits.slips.get("drift", 0):
        draft.changes.append(Change("drift", rows[0].name, partial(_with, rows, ())))


def _nothing(draft: _Draft) -> str:
    draft.say("There is no solution.\n")
    return "infeasible"


def _concluded(draft: _Draft, answer: str) -> str:
    """The result as the answer, or rounded out of doubt."""
    if draft.slips("doubt"):
        rounded = _doubted(float(answer))
        draft.say(f"That looks too exact. It is about {rounded}.\n")
        return rounded
    draft.say(f"The {draft.small.asked} is {answer}.\n")
    return answer


def _doubted(value: float) -> str:
    """A round number near it that is another one."""
    near = round(value / 10) * 10
    return str(near if near != value else near + 10)
