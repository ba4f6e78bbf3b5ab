"""What the rules cost: CPU of asking all of them about one long trace, against reading it once.

The trace is made up: 30,000 tokens with 50 programs, each with a model of 40 variables as solved,
no two alike. The reference is its text split into steps, and every number of it read. Asked twice:
of the trace with all its solves, and of one whose programs solve nothing, where all of the thinking
may be work by hand. Prints a table in Markdown.
"""

import time
from collections.abc import Callable
from statistics import median

from app.core.answer import parse_reference
from app.core.case import Case
from app.core.execution import Execution, Isolation, Limits, Solve
from app.core.fences import split_text
from app.core.numbers import quantities
from app.core.problem import Problem
from app.core.solved import Examination, Optimum, Row, SolvedModel, Variable
from app.core.trace import Step
from app.detectors import RULES, detect
from benchmarks.traces import made_up

TOKENS = 30_000
SIZE = 4 * TOKENS
TIMES = 15
VARIABLES = 40
OPTIMUM = 2_340.0
QUESTION = (
    "A depot has 40 routes. A lorry on route 1 earns 35 dollars and needs 12 litres, on route 2 "
    "48 dollars and 17 litres, elsewhere 21 dollars and 9 litres. At most 610 litres are there, at "
    "least 14 lorries go by route 1, no more than 25% by route 2, and each costs 3.5 dollars in "
    "toll. How many lorries should go by each route to earn the most?"
)


def main() -> None:
    """Measure and print the table."""
    text = made_up(0, SIZE)
    solved, unsolved = case_of(text, solved=True), case_of(unsolved_in(text), solved=False)
    costs = cpu(lambda: read(text), lambda: detect(solved), lambda: detect(unsolved))
    names = ("splitting it and reading its numbers", "all rules", "all rules, nothing solved")
    programs = len(solved.executions)
    print(f"{len(RULES)} rules, a trace of {TOKENS:,} tokens with {programs} programs\n")
    print("| CPU for | ms | times reading it |\n| --- | --- | --- |")
    for name, cost in zip(names, costs, strict=True):
        print(f"| {name} | {cost:.1f} | {cost / costs[0]:.1f} |")


def read(text: str) -> int:
    """Split the text, and count the numbers of its parts."""
    return sum(1 for piece in split_text(text) for _ in quantities(piece.text))


def cpu(*deeds: Callable[[], object]) -> list[float]:
    """The median CPU milliseconds of each deed; they take turns."""
    spent: list[list[float]] = [[] for _ in deeds]
    for _ in range(TIMES):
        for deed, times in zip(deeds, spent, strict=True):
            start = time.process_time()
            deed()
            times.append(1000 * (time.process_time() - start))
    return [median(times) for times in spent]


def unsolved_in(text: str) -> str:
    """The text with programs that call no solver."""
    return text.replace("h.maximize(", "print(")


def case_of(text: str, *, solved: bool) -> Case:
    """The trace of this text, all of whose programs ran; where `solved`, each found an optimum."""
    path = tuple(
        Step(kind=kind, author="sandbox" if kind == "output" else "reasoner", text=part)
        for kind, part in split_text(text)
    )
    codes = [at for at, step in enumerate(path) if step.kind == "code"]
    return Case(
        problem=Problem(question=QUESTION, reference=parse_reference(2_340)),
        path=path,
        executions=dict.fromkeys(codes, _execution(solved)),
        examined={at: (_examination(at),) for at in codes} if solved else {},
    )


def _execution(solved: bool) -> Execution:
    solve = Solve(library="highspy", status="Optimal", objective=OPTIMUM)
    isolation = Isolation(level="none", reason="made up")
    solves = (solve,) if solved else ()
    return Execution(status="ok", isolation=isolation, limits=Limits(), solves=solves)


def _examination(number: int) -> Examination:
    """Of a model in which each variable shares a row with the next; each number's is another."""
    rows = tuple(
        Row(name=f"r{at}", terms=((at, 12.0), ((at + 1) % VARIABLES, 17.0)), upper=610.0)
        for at in range(VARIABLES)
    )
    variables = tuple(Variable(name=f"x{at}", integer=True) for at in range(VARIABLES))
    costs = tuple((at, 35.0 + at + number) for at in range(VARIABLES))
    model = SolvedModel(sense="max", objective=costs, variables=variables, rows=rows)
    return Examination(model=model, solved=Optimum(status="Optimal", objective=OPTIMUM))


if __name__ == "__main__":
    main()
