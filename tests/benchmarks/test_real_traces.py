"""The table of the rules on real traces, of rows that are made up."""

from app.core.answer import parse_reference
from app.core.execution import Execution, Isolation, Limits
from app.core.fences import split_text
from app.core.problem import Problem
from app.core.trace import Step
from benchmarks.real_traces import Trace, put_together, table

TEXT = "```python\nimport coptpy\nm.solve()\n```\nThe answer is \\boxed{0}.\n"


def made_up(reference: object, printed: str) -> Trace:
    """A trace that answers 0, whose one program printed this here, and an optimum elsewhere."""
    steps = [Step(kind=kind, author="reasoner", text=part) for kind, part in split_text(TEXT)]
    status = "error" if "Error" in printed else "ok"
    isolation = Isolation(level="none", reason="made up")
    run = Execution(status=status, isolation=isolation, limits=Limits(), output=printed)
    problem = Problem(question="How much at most?", reference=parse_reference(reference))
    return put_together("row 0", problem, steps, {0: run}, {0: ()}, "Optimal 0\n")


def test_what_was_executed_has_its_output_and_what_missed_a_solver_its_log() -> None:
    here, elsewhere = made_up(3, "0\n"), made_up(3, "ModuleNotFoundError: coptpy\n")
    assert [step.kind for step in here.case.path] == ["code", "output", "answer"]
    assert "\n0\n" in here.case.path[1].text
    assert (here.executed, list(here.case.executions)) == (True, [0])
    assert "Optimal 0" in elsewhere.case.path[1].text
    assert (elsewhere.executed, list(elsewhere.case.executions)) == (False, [])


def test_the_table_counts_on_wrong_and_on_right() -> None:
    traces = [made_up(3, "0\n"), made_up(0, "0\n"), made_up(3, "ModuleNotFoundError\n")]
    printed = list(table([*traces, made_up(None, "0\n")]))
    assert printed[0] == "1 right, 2 wrong; 3 of 4 executed here\n"
    assert printed[3:] == [
        "| `optimum-of-zero` | 2 | 0 | 1.00 |",
        "| any | 2 of 2 | 0 of 1 | 1.00 |",
    ]


def test_a_table_of_nothing_has_no_precision() -> None:
    assert list(table([]))[-1] == "| any | 0 of 0 | 0 of 0 | - |"
