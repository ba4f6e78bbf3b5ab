"""Limits and results as values: what is refused, and that a stored result comes back."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.core.execution import MODEL_CHARACTERS, Execution, Isolation, Limits, ProgramError, Solve

GOLDEN = Path(__file__).with_name("golden")
FULL = Isolation(level="full", reason="namespaces")


@pytest.mark.parametrize(
    "wrong",
    [
        {"wall_seconds": 0},
        {"wall_seconds": -1},
        {"wall_seconds": float("nan")},
        {"wall_seconds": 365 * 86400},
        {"memory_mb": 0},
        {"memory_mb": 10**9},
        {"output_bytes": 0},
        {"output_bytes": 10**12},
        {"cores": 2},
    ],
)
def test_limits_are_bounded(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Limits.model_validate(wrong)


def test_an_execution_survives_storage() -> None:
    execution = Execution(
        status="error",
        output="1\nValueError: é\n",
        exception=ProgramError(type="ValueError", message="é", line=3, traceback="…"),
        isolation=FULL,
        limits=Limits(),
        solves=(Solve(library="pulp", status="Optimal", objective=-0.5, sense="min", rows=2),),
    )
    assert Execution.model_validate_json(execution.model_dump_json()) == execution
    assert execution.model_dump()["version"] == 3


@pytest.mark.parametrize("version", [1, 2, 3])
def test_what_was_stored_is_read_for_ever(version: int) -> None:
    text = (GOLDEN / f"execution_{version}.json").read_text()
    execution = Execution.model_validate_json(text)
    (solve,) = execution.solves
    assert execution.version == 3
    assert (solve.objective, solve.continuous) == (14, 1)
    assert set(execution.packages) == ({"python", "pulp"} if version > 1 else set())
    assert (execution.wall_s, execution.cpu_s) == (0.02, 0.01)
    if version == 3:
        assert json.loads(execution.model_dump_json()) == json.loads(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"objective": float("inf")},
        {"rows": -1},
        {"sense": "maximise"},
        {"status": "x" * 10_000},
        {"library": ["pulp"]},
        {"model": "x" * (MODEL_CHARACTERS + 1)},
        {"format": "pickle"},
    ],
)
def test_a_claim_out_of_bounds_is_no_solve(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Solve.model_validate({"library": "pulp", "status": "Optimal"} | wrong)
