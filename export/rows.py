"""The canonical row: the contract between the studio and training.

Promises: the texts of a row's segments, joined, are the text of its path to the byte; the hash of a
row is over its content alone, so a time or a person can never change it. A shape that is stored has
a version; `tests/export/golden` holds one file of each for ever.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Literal

from app.core.answer import Grade, Reference
from app.core.budget import Budget
from app.core.model import Frozen
from app.core.trace import Author, Step, StepKind
from export.masks import MaskPolicy

ROW_VERSION: Literal[1] = 1


class Segment(Frozen):
    """One step of the path; `token_ids` are the server's own, where it gave them."""

    text: str
    author: Author
    kind: StepKind
    trained: bool
    token_ids: tuple[int, ...] | None = None


class HintNote(Frozen):
    """What a hint corrects: segment `segment` of the row, and who thought of it.

    `source` is the kind of its proposal (intervener, rule, person, recording); `edited` says that a
    person changed its words or its place.
    """

    segment: int
    flaw: str
    group: str
    taxonomy: str
    source: str
    edited: bool


class RowProblem(Frozen):
    """The problem as a model is asked it, and where it came from."""

    question: str
    source: str | None = None
    external_id: str | None = None


class Lineage(Frozen):
    """Where a row comes from: ids of one installation. `branch_ids` begin with the root."""

    project: str
    problem_id: int
    trace_id: int | None = None
    branch_ids: tuple[int, ...] = ()
    model: str | None = None


class Row(Frozen):
    """A golden path; or a problem alone, without segments and grade, for a format of problems."""

    version: Literal[1] = ROW_VERSION
    id: str
    problem: RowProblem
    reference: Reference
    system: str = ""
    segments: tuple[Segment, ...] = ()
    hints: tuple[HintNote, ...] = ()
    lineage: Lineage
    grade: Grade | None = None
    budget: Budget | None = None

    @property
    def text(self) -> str:
        """The text of the path, to the byte."""
        return "".join(segment.text for segment in self.segments)

    @property
    def answer(self) -> str:
        """The reference as one text that `app.core.answer.parse_reference` reads back."""
        return self.reference.text

    @property
    def hash(self) -> str:
        """SHA-256 of the row's canonical JSON, in hexadecimal."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode("ascii")).hexdigest()


def segments_of(path: Sequence[Step], policy: MaskPolicy) -> tuple[Segment, ...]:
    """The steps of a path as segments, each saying whether it is trained on."""
    return tuple(_segment(step, policy) for step in path)


def _segment(step: Step, policy: MaskPolicy) -> Segment:
    return Segment(
        text=step.text,
        author=step.author,
        kind=step.kind,
        trained=policy.trains(step),
        token_ids=step.token_ids,
    )
