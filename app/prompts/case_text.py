"""A case as an Intervener reads it: the problem, the numbered steps, and what their code did.

Promises: every step keeps its number, from 1 as people count; what the sandbox and the solvers say
stands apart from what the Reasoner wrote; all of it is between marks that stand nowhere in it, so
that no text of a trace can end its own place. Where the text may not have more than so many bytes,
it is shortened as `app.prompts.shortening` says, and that is told.
"""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from app.core.case import Case
from app.core.execution import Execution, Solve
from app.core.solved import Examination, algebra, finding
from app.prompts.shortening import shortened, size

_CORRECT = {
    True: "The final answer is right. There may still be a flaw.",
    False: "The final answer is wrong or missing.",
    None: "Whether the final answer is right is not known.",
}
_MODELS = 3
"""Of so many programs, the newest that solved, the model is shown."""
_LINES = 30
_LINE = 400
_MODEL = 6_000
"""Characters of one model, of `_LINES` rows and as many groups of variables."""


class Shown(NamedTuple):
    """The text, its mark, and what was left out, in words for a person ("" for nothing)."""

    text: str
    mark: str
    left_out: str


def case_text(case: Case, most: int | None = None) -> Shown:
    """The case in at most about `most` bytes, where that is possible."""
    facts = _facts(case)
    mark = _mark_of([case.problem.question, *(step.text for step in case.path), *facts])
    heads = [
        f"\n{mark} step {at}, {step.kind} by {step.author}\n"
        for at, step in enumerate(case.path, 1)
    ]
    notes = [f"\n{mark} what happened: {fact}" if fact else "" for fact in facts]
    before = f"{mark} problem\n{case.problem.question}"
    after = f"\n{mark} end\n\n{_CORRECT[case.correct]}"
    room = None if most is None else most - size("".join([before, *heads, *notes, after]))
    steps = shortened(case.path, room, mark)
    body = "".join(map("".join, zip(heads, steps.texts, notes, strict=True)))
    return Shown(f"{before}{body}{after}", mark, steps.left_out)


def _facts(case: Case) -> list[str]:
    """For each step what its execution did, "" where it has none."""
    solving = [at for at, done in sorted(case.executions.items()) if done.solves][-_MODELS:]
    return [
        _told(done, case.examined.get(at, ()), at in solving)
        if (done := case.executions.get(at))
        else ""
        for at in range(len(case.path))
    ]


def _told(done: Execution, examined: tuple[Examination | None, ...], with_model: bool) -> str:
    """How a program ended, what its newest solves say of themselves, and the last model."""
    ended = f"{done.status}{f' ({done.exception.type})' if done.exception else ''}"
    found = [*examined, *[None] * (len(done.solves) - len(examined))]
    pairs = list(zip(done.solves, found, strict=False))[-_MODELS:]
    lines = [f"it ended as {ended}", *(_solve(solve, seen) for solve, seen in pairs)]
    if with_model and pairs and (seen := pairs[-1][1]) is not None:
        lines += _model(seen)
    return "\n".join(lines)


def _solve(solve: Solve, seen: Examination | None) -> str:
    told = [f"{solve.library} says {solve.status}"]
    if solve.objective is not None:
        told.append(f"objective {solve.objective:g}")
    if solve.sense:
        told.append(f"{solve.sense}imize")
    if solve.variables is not None:
        kinds = f"{solve.integers or 0} integer, {solve.binaries or 0} binary"
        told.append(f"{solve.variables} variables ({kinds})")
    if solve.rows is not None:
        told.append(f"{solve.rows} rows")
    if seen is not None and (differs := finding(solve, seen)):
        told.append(differs)
    return _flat("; ".join(told))


def _model(seen: Examination) -> Iterator[str]:
    """The model as solved, a line a row, bounded in length."""
    if seen.model is None:
        return
    yield "the model as solved:"
    left = _MODEL
    for line in algebra(seen.model, _LINES):
        written = _flat(f"{line.label}: {line.plain}" if line.label else line.plain)
        left -= len(written)
        if left < 0:
            yield "… and more"
            return
        yield f"  {written}"


def _flat(text: str) -> str:
    """On one line, of bounded length: names and statuses come from the program."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _LINE else f"{flat[:_LINE]}…"


def _mark_of(texts: list[str]) -> str:
    """A mark that stands nowhere in the texts."""
    text = "\n".join(texts)
    mark = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    while mark in text:
        mark = hashlib.sha256(mark.encode()).hexdigest()[:12]
    return mark
