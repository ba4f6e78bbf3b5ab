"""verifiers loads the taskset that lies beside the problems, and rewards as the badge: run."""

import pytest

from app.core.answer import parse_reference
from tests.trainers.conftest import REPLIES, ROWS, Made, Run

pytestmark = pytest.mark.trainers


def test_problems_are_tasks_and_replies_rewarded(made: Made, run: Run) -> None:
    told = run("verifiers", "verifiers_tasks", made("prime"), *REPLIES)
    assert told["scores"] == list(REPLIES.values())
    for at, (row, task) in enumerate(zip(ROWS, told["tasks"], strict=True)):
        assert task["idx"] == at
        assert task["prompt"] == row.problem.question
        assert task["system_prompt"] == row.system
        assert parse_reference(task["answer"]) == row.reference
