"""Notes beside a trace: a cell that somebody executed there, or a model that they solved otherwise.

Promises: a note is no step and no decision; what was asked and what was found are data that anybody
can ask again. Each has a version, as all that is stored.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from app.core.execution import Execution
from app.core.model import Frozen
from app.core.solved import Changes, Difference, Examination, Resolved

NOTE_VERSION: Literal[1] = 1
MAX_CODE = 50_000
NoteKind = Literal["cell", "model"]
NoteState = Literal["waiting", "done", "failed", "stopped"]


class Cell(Frozen):
    """Code to be executed where the blocks before a step have left off."""

    version: Literal[1] = NOTE_VERSION
    kind: Literal["cell"] = "cell"
    code: str = Field(max_length=MAX_CODE)


class OtherModel(Frozen):
    """A solve whose model is to be solved with changes; `differences` are these for people."""

    version: Literal[1] = NOTE_VERSION
    kind: Literal["model"] = "model"
    solve_id: int
    changes: Changes
    differences: tuple[Difference, ...]


class CellFound(Frozen):
    """What a cell did. `output` is cut as an output of the trace is, and `examinations` are of its
    last solves, by their number in the execution, whose models are kept nowhere else.

    `diverged`: a block before it, executed again, printed something else than the trace records.
    """

    version: Literal[1] = NOTE_VERSION
    kind: Literal["cell"] = "cell"
    execution: Execution
    output: str
    diverged: bool = False
    examinations: dict[int, Examination] = Field(default_factory=dict)


class ModelFound(Frozen):
    """What solving with the changes gave."""

    version: Literal[1] = NOTE_VERSION
    kind: Literal["model"] = "model"
    resolved: Resolved


Asked = Annotated[Cell | OtherModel, Field(discriminator="kind")]
Found = Annotated[CellFound | ModelFound, Field(discriminator="kind")]
ASKED: TypeAdapter[Cell | OtherModel] = TypeAdapter(Asked)
FOUND: TypeAdapter[CellFound | ModelFound] = TypeAdapter(Found)
"""What reads them as they were stored."""
