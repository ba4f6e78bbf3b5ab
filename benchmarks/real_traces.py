"""How often each rule fires on real traces whose answer is right, and on those where it is wrong.

`python -m benchmarks.real_traces FOLDER` reads `orlm_industryor_executed.jsonl` (100 single-shot
answers of an 8B model, with the log of their run elsewhere) and `recordings.jsonl` in FOLDER. Each
program is executed here; where it can't be, because it imports a solver that is not installed (the
answers use coptpy), its recorded log stands as the output, and the rules have no facts to go by.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from app.backends.sandboxes.base import Sandbox
from app.backends.sandboxes.paired import open_paired
from app.backends.solvers import SOLVERS
from app.core.answer import find_answer, grade, parse_reference
from app.core.case import Case
from app.core.execution import Execution, Limits
from app.core.fences import frame_output, source_of, split_text
from app.core.problem import Problem
from app.core.solved import Examination
from app.core.trace import Step, text_of
from app.detectors import RULES, detect

LIMITS = Limits(wall_seconds=60)
_MISSING = "ModuleNotFoundError"


class Trace(NamedTuple):
    """`executed` says whether its code could be run here."""

    name: str
    case: Case
    executed: bool


def main() -> None:
    """Print the table of the real traces, then what fires on the recordings."""
    folder = Path(sys.argv[1])
    with closing(open_paired()) as sandbox:
        traces = list(single_shots(sandbox, folder))
        print(*table(traces), sep="\n")
        for trace in recordings(sandbox, folder):
            found = ", ".join(one.rule for one in detect(trace.case)) or "nothing"
            print(f"{trace.name} ({_shown(trace.case.correct)}): {found}")


def table(traces: list[Trace]) -> Iterator[str]:
    """A line for each rule that fired: on wrong answers, on right ones, and its precision."""
    known = [trace for trace in traces if trace.case.correct is not None]
    found = [({one.rule for one in detect(it.case)}, bool(it.case.correct)) for it in known]
    right = sum(correct for _, correct in found)
    wrong = len(known) - right
    executed = sum(trace.executed for trace in traces)
    yield f"{right} right, {wrong} wrong; {executed} of {len(traces)} executed here\n"
    yield "| rule | on wrong | on right | precision |"
    yield "| --- | --- | --- | --- |"
    for rule in RULES:
        fired = Counter(correct for rules, correct in found if rule.name in rules)
        if fired:
            yield f"| `{rule.name}` | {fired[False]} | {fired[True]} | {_precision(fired)} |"
    fired = Counter(correct for rules, correct in found if rules)
    yield f"| any | {fired[False]} of {wrong} | {fired[True]} of {right} | {_precision(fired)} |"


def _precision(fired: Counter[bool]) -> str:
    return f"{fired[False] / fired.total():.2f}" if fired else "-"


def single_shots(sandbox: Sandbox, folder: Path) -> Iterator[Trace]:
    """The answers with one program each; their answer is the objective that was printed."""
    for at, row in enumerate(_rows(folder / "orlm_industryor_executed.jsonl")):
        answer = row["execution_best_solution"]
        said = f"\nThe answer is \\boxed{{{answer}}}." if answer else ""
        steps = _steps(row["en_math_model_coptpy_code"] + said)
        problem = Problem(question=row["en_question"], reference=parse_reference(row["en_answer"]))
        yield _trace(sandbox, f"row {at}", problem, steps, str(row["execution_result"]))


def recordings(sandbox: Sandbox, folder: Path) -> Iterator[Trace]:
    """Every round of the recordings, whose outputs stand in their text."""
    problems = {row["id"]: row for row in json.loads((folder / "problems.json").read_text())}
    for row in _rows(folder / "recordings.jsonl"):
        told = problems[row["problem"]]
        problem = Problem(question=told["question"], reference=parse_reference(told["answer"]))
        for number, played in enumerate(row["rounds"]):
            name = f"{row['problem']} {number}"
            yield _trace(sandbox, name, problem, _steps(played["text"]), "")


def _trace(sandbox: Sandbox, name: str, problem: Problem, steps: list[Step], log: str) -> Trace:
    return put_together(name, problem, steps, *_execute(sandbox, steps), log)


def put_together(
    name: str,
    problem: Problem,
    steps: list[Step],
    executions: dict[int, Execution],
    examined: dict[int, tuple[Examination | None, ...]],
    log: str,
) -> Trace:
    """The steps with the outputs of their executions, by the index of the programs in `steps`.

    A program that missed a solver counts as never executed; `log` is then its output.
    """
    missing = [at for at, run in executions.items() if _MISSING in run.output]
    executions = {at: run for at, run in executions.items() if at not in missing}
    path = list(_with_outputs(steps, executions, log))
    correct = grade(find_answer(text_of(path)), problem.reference).correct
    index = [at for at, step in enumerate(path) if step.kind == "code"]
    was = [at for at, step in enumerate(steps) if step.kind == "code"]
    moved = dict(zip(was, index, strict=True))
    case = Case(
        problem=problem,
        path=tuple(path),
        executions={moved[at]: run for at, run in executions.items()},
        examined={moved[at]: examined[at] for at in executions},
        correct=correct,
    )
    return Trace(name, case, not missing)


def _steps(text: str) -> list[Step]:
    return [
        Step(kind=kind, author="sandbox" if kind == "output" else "reasoner", text=part)
        for kind, part in split_text(text)
    ]


def _execute(
    sandbox: Sandbox, steps: list[Step]
) -> tuple[dict[int, Execution], dict[int, tuple[Examination | None, ...]]]:
    """The executions of the programs, one after the other in a session, and their models."""
    executions: dict[int, Execution] = {}
    with sandbox.session() as session:
        for at, step in enumerate(steps):
            if step.kind == "code":
                executions[at] = session.execute(source_of(step.text), LIMITS)
    solver = SOLVERS.make("highs")
    examined = {
        at: tuple(
            solver.examine(sandbox, solve.model, solve.format)
            if solve.model and solve.format
            else None
            for solve in run.solves
        )
        for at, run in executions.items()
    }
    return executions, examined


def _with_outputs(steps: list[Step], executions: dict[int, Execution], log: str) -> Iterator[Step]:
    """The steps with the output behind each program that has none in its text."""
    for at, step in enumerate(steps):
        yield step
        follows = steps[at + 1].kind if at + 1 < len(steps) else ""
        if step.kind == "code" and follows != "output":
            run = executions.get(at)
            printed = run.output if run else log
            yield Step(kind="output", author="sandbox", text=frame_output(printed))


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _shown(correct: bool | None) -> str:
    return {True: "right", False: "wrong", None: "unknown"}[correct]


if __name__ == "__main__":
    main()
