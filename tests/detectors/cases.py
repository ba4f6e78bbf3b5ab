"""Cases for detectors: a path from its text, and what its programs are known to have solved."""

from collections.abc import Sequence

from app.core.answer import find_answer, grade, parse_reference
from app.core.case import Case
from app.core.execution import Execution, Isolation, Limits, Solve, Status
from app.core.fences import frame_output, split_text
from app.core.problem import Problem
from app.core.solved import Examination, Optimum, Row, SolvedModel, Variable
from app.core.trace import Step, text_of
from app.detectors import detect

QUESTION = "A boat holds 24 people and a raft 10. For 530 people, how many at the lowest cost?"
SOLVER = "m = pulp.LpProblem('m', pulp.LpMinimize)\nx, y = ints()  # cat='Integer'\n"
SOLVE = f"{SOLVER}m += 24*x + 10*y >= 530\nv = 'Integer'\nm.solve()\nprint(1)\n"
PLAIN = SOLVE.replace("v = 'Integer'\n", "")
ERROR = "Traceback (most recent call last):\n  File x\nNameError: name 'x' is not defined\n"
Facts = tuple[Status, Sequence[Solve], Sequence[Examination | None]]


def code(source: str, output: str | None = None) -> str:
    """A program and, where it has one, its output."""
    shown = "" if output is None else frame_output(output)
    return f"```python\n{source}```\n{shown}"


def case(
    text: str,
    question: str = QUESTION,
    reference: object = "23",
    facts: Sequence[Facts] = (),
    **changed: object,
) -> Case:
    """A path of this text whose outputs are the sandbox's; `facts` are its programs', in order."""
    path = tuple(
        Step(kind=kind, author="sandbox" if kind == "output" else "reasoner", text=part)
        for kind, part in split_text(text)
    )
    problem = Problem(question=question, reference=parse_reference(reference))
    codes = [at for at, step in enumerate(path) if step.kind == "code"]
    known = list(zip(codes, facts, strict=False))
    whole: dict[str, object] = {
        "problem": problem,
        "path": path,
        "correct": grade(find_answer(text_of(path)), problem.reference).correct,
        "executions": {at: _execution(status, solves) for at, (status, solves, _) in known},
        "examined": {at: tuple(found) for at, (_, _, found) in known},
    }
    return Case.model_validate(whole | changed)


def rules(text: str, question: str = QUESTION, **changed: object) -> list[str]:
    """The names of the rules that fire."""
    return [found.rule for found in detect(case(text, question, **changed))]  # type: ignore[arg-type]


def solved(
    model: SolvedModel | None,
    objective: float | None = None,
    status: str = "Optimal",
    again: float | None = None,
    whole: float | None = None,
    relaxed: float | None = None,
) -> Facts:
    """A program that ran and made one solve; `again` is what solving its model again gave."""
    solve = Solve(library="pulp", status=status, objective=objective)
    found = None
    if model:
        shown = Optimum(status=status, objective=objective if again is None else again)
        other = None if whole is None else Optimum(status="Optimal", objective=whole)
        loose = None if relaxed is None else Optimum(status="Optimal", objective=relaxed)
        found = Examination(model=model, solved=shown, whole=other, relaxed=loose)
    return "ok", (solve,), (found,)


def model(
    sense: str,
    costs: Sequence[float],
    *rows: tuple[Sequence[float], float | None, float | None],
    integer: bool = True,
    lower: float | None = 0.0,
    upper: float | None = None,
    binary: Sequence[int] = (),
) -> SolvedModel:
    """A model; a row is its coefficients and its sides; `binary` are places of variables."""
    return SolvedModel.model_validate(
        {
            "sense": sense,
            "objective": [(at, cost) for at, cost in enumerate(costs) if cost],
            "variables": [
                Variable(name=f"y{at}", integer=True, lower=0, upper=1)
                if at in binary
                else Variable(name=f"x{at}", integer=integer, lower=lower, upper=upper)
                for at in range(len(costs))
            ],
            "rows": [
                Row(
                    name=f"r{at}",
                    terms=tuple((n, v) for n, v in enumerate(terms) if v),
                    lower=low,
                    upper=high,
                )
                for at, (terms, low, high) in enumerate(rows)
            ],
        }
    )


def _execution(status: Status, solves: Sequence[Solve]) -> Execution:
    isolation = Isolation(level="none", reason="made up")
    return Execution(status=status, isolation=isolation, limits=Limits(), solves=tuple(solves))
