"""The model as solved for real traces: what real models wrote, executed, examined, compared."""

import importlib.util
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.backends.sandboxes.paired import PairedSandbox, open_paired
from app.backends.solvers import SOLVERS
from app.core.execution import Limits, Solve
from app.core.solved import Examination, SolvedModel, algebra, compare, finding

LIMITS = Limits(wall_seconds=60)
FERRY = [
    ["min: 15 x + 7 y", "_C1: x + y = 530", "_C2: x ≤ 18", "_C3: y ≥ 177", ": x, y ≥ 0 integer"],
    ["_C1: 24 x + 10 y ≥ 530"],
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[PairedSandbox]:
    with closing(open_paired()) as opened:
        yield opened


def examine(sandbox: PairedSandbox, solve: Solve) -> Examination:
    return SOLVERS.make("highs").examine(sandbox, solve.model or "", solve.format or "")


def rounds_of(folder: Path) -> dict[str, list[str]]:
    lines = (folder / "recordings.jsonl").read_text().splitlines()
    rows: list[Any] = [json.loads(line) for line in lines]
    return {row["problem"]: [each["text"] for each in row["rounds"]] for row in rows}


def models_of(sandbox: PairedSandbox, text: str) -> list[SolvedModel]:
    """Of the code in a trace, executed block by block; every claim has to stand."""
    models = []
    with sandbox.session() as session:
        for code in re.findall(r"```python\n(.*?)```", text, re.S):
            for solve in session.execute(code, LIMITS).solves:
                examination = examine(sandbox, solve)
                assert examination.problem == ""
                assert finding(solve, examination) is None
                assert examination.model is not None
                models.append(examination.model)
    return models


def test_every_recorded_trace_shows_what_it_solved(
    sandbox: PairedSandbox, sample_data: Path
) -> None:
    for texts in rounds_of(sample_data).values():
        for text in texts:
            assert models_of(sandbox, text) or "solve(" not in text or "Error" in text


def test_a_hint_shows_as_a_difference_between_models(
    sandbox: PairedSandbox, sample_data: Path
) -> None:
    before, after = rounds_of(sample_data)["ferry"][:2]
    wrong, right = models_of(sandbox, before)[-1], models_of(sandbox, after)[-1]
    assert [f"{line.label}: {line.plain}" for line in algebra(wrong)] == FERRY[0]
    assert FERRY[1][0] in [f"{line.label}: {line.plain}" for line in algebra(right)]
    changed = {(each.kind, each.before) for each in compare(wrong, right)}
    assert ("row", "x + y = 530") in changed


def test_real_traces_of_another_library(sandbox: PairedSandbox, sample_data: Path) -> None:
    """Their coptpy was run elsewhere; run here, it tells the model that gives the same optimum."""
    if importlib.util.find_spec("coptpy") is None:
        pytest.skip("coptpy is not installed")
    lines = (sample_data / "orlm_industryor_executed.jsonl").read_text().splitlines()
    rows: list[Any] = [json.loads(line) for line in lines]
    solved = [row for row in rows if "Best Solution Found" in row["execution_state"]][:25]
    for row in solved:
        execution = sandbox.execute(row["to_run_script"], LIMITS)
        if execution.status == "error":
            continue  # the library has changed since
        solve = execution.solves[-1]
        examination = examine(sandbox, solve)
        assert solve.note or examination.problem == ""
        assert finding(solve, examination) is None
        assert solve.objective == pytest.approx(float(row["execution_best_solution"]))
    assert len(solved) == 25
