"""Whether a problem's reference is suspect: several answers that solvers verified speak against it.

An answer is *verified* where it is the objective of a model that its own code solved and that
trusted code solved again, to the answer's last printed digit. Two answers are *independent* where
they rest on different solves by different programs: a branch and its child that share the solve say
one thing, and so do two runs of one program. A reference is suspect where at least `SEVERAL`
independent verified answers agree with one another and not with it, and fewer agree with it.

Promises: pure; nothing is decided by it: it asks a person to look.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from app.core.answer import Answer, Reference, Tolerance, grade, parse_reference
from app.core.model import Frozen
from app.core.solved import Optimum

SEVERAL = 2
"""References are wrong often enough that two are worth a look."""

_SAYS = {
    "infeasible": ("infeasible", "no-optimum"),
    "unbounded": ("unbounded", "no-optimum"),
    "primal infeasible or unbounded": ("infeasible", "unbounded", "no-optimum"),
}
"""What an answer without a number may say where solving again ended so."""


class Witness(Frozen):
    """A verified answer: the branch that gave it, the solve it rests on, the program's text."""

    trace_id: int
    branch_id: int
    branch_number: int
    solve_id: int
    program: str
    answer: Answer


class Suspicion(Frozen):
    """Independent witnesses who agree against a reference, and how many agree with it."""

    against: tuple[Witness, ...]
    agreeing: int


def is_verified(answer: Answer | None, found: Optimum | None) -> bool:
    """Whether an answer is what solving the model again gave; `max z` may be solved as `min -z`."""
    if found is None or answer is None:
        return False
    status = found.status.lower()
    if answer.value is None:
        return answer.kind in _SAYS.get(status, ())
    if status != "optimal" or found.objective is None:
        return False
    objective = Decimal(repr(found.objective))
    return any(_is(objective * sign, answer) for sign in (1, -1))


def suspicion(
    reference: Reference, tolerance: Tolerance | None, witnesses: Iterable[Witness]
) -> Suspicion | None:
    """The largest group of independent witnesses against a reference, where it is suspect."""
    heard = _independent(witnesses)
    graded = [(each, grade(each.answer, reference, tolerance).correct) for each in heard]
    agreeing = sum(correct is True for _, correct in graded)
    against = _largest([each for each, correct in graded if correct is False])
    if len(against) < SEVERAL or len(against) <= agreeing:
        return None
    return Suspicion(against=tuple(against), agreeing=agreeing)


def _independent(witnesses: Iterable[Witness]) -> list[Witness]:
    """One of those that share a solve or a program, the first."""
    solves: set[int] = set()
    programs: set[str] = set()
    heard = []
    for each in witnesses:
        if each.solve_id not in solves and each.program not in programs:
            heard.append(each)
        solves.add(each.solve_id)
        programs.add(each.program)
    return heard


def _largest(witnesses: Sequence[Witness]) -> list[Witness]:
    groups = [[other for other in witnesses if _agree(each, other)] for each in witnesses]
    return max(groups, key=len, default=[])


def _agree(one: Witness, other: Witness) -> bool:
    """Whether two give the same answer, to the last digit of the one that was printed shorter."""
    return any(
        grade(a.answer, parse_reference(b.answer.text)).correct
        for a, b in ((one, other), (other, one))
    )


def _is(number: Decimal, answer: Answer) -> bool:
    given = Answer(kind="number", value=number, text=str(number))
    return grade(given, parse_reference(answer.text)).correct is True
