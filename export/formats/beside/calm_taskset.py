"""The problems of this folder as a taskset for `verifiers`, graded by CALM Studio's rule `strict`.

Put the folder on the path and name it: `--env.taskset.id calm_taskset`. Install the package beside
verifiers with `pip install --no-deps calm-studio`: its core needs pydantic alone.
"""

from collections.abc import Iterator
from pathlib import Path

import verifiers.v1 as vf
from pyarrow import parquet

from app.core.answer import Tolerance, find_answer, grade, parse_reference

__all__ = ["CalmTaskset"]
TRAIN = Path(__file__).parent / "train.parquet"


class CalmData(vf.TaskData):
    """A problem with its reference, and its own tolerance as JSON where it has one."""

    answer: str
    tolerance: str | None = None


class CalmTask(vf.Task[CalmData]):
    """One problem."""

    @vf.reward
    async def right(self, trace: vf.Trace) -> float:
        """1.0 where the reply's answer is right, or 0.0."""
        own = self.data.tolerance
        tolerance = Tolerance.model_validate_json(own) if own else None
        reference = parse_reference(self.data.answer)
        return float(bool(grade(find_answer(trace.last_reply), reference, tolerance).correct))


class CalmTaskset(vf.Taskset[CalmTask]):
    """Every problem of the split `train`."""

    def load(self) -> Iterator[CalmTask]:
        """The tasks, in the order of the file."""
        for at, row in enumerate(parquet.read_table(TRAIN).to_pylist()):
            data = CalmData(
                idx=at,
                name=row["id"],
                prompt=row["question"],
                system_prompt=row["system"] or None,
                answer=row["answer"],
                tolerance=row["tolerance"],
            )
            yield CalmTask(data, self.config.task)
