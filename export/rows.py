"""The canonical row: the contract between the studio and training.

Promises: the texts of a row's segments, joined, are the text of its path to the byte; the hash of a
row is over its content alone, so that no time, no person and no id of an installation can change
it. A shape that is stored has a version and a way up (`export.upgrade`); `tests/export/golden`
holds one file of each for ever.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter

from app.core.answer import Grade, Reference, Tolerance
from app.core.budget import Budget
from app.core.lifecycle import VerdictDecision
from app.core.model import Frozen
from app.core.trace import Author, StepKind

ROW_VERSION: Literal[2] = 2
_ID_LENGTH = 16
_PLACE = {"lineage"}


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a path; `token_ids` are the server's own, where it gave them.

    A dataset has millions: a dataclass takes a third of the time and memory of a model.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    text: str
    author: Author
    kind: StepKind
    trained: bool
    token_ids: tuple[int, ...] | None = None


class Span(Frozen):
    """Characters `start` to `end` of a text, counted from 0, and in words what is wrong there."""

    start: int
    end: int
    note: str


class Correction(Frozen):
    """What the hint in segment `segment` of the row corrects, and who thought of it.

    `left` is what stood behind the cut and was left for the hint, `left_correct` whether it ended
    right (None: it never ended). The flawed text is the row's before the hint with `left` behind
    it; `evidence` are places in that. `source` is the kind of the hint's proposal (intervener,
    rule, person, recording); `edited` says that a person changed its words or its place.
    """

    segment: int
    flaw: str
    group: str
    taxonomy: str
    source: str
    edited: bool
    evidence: tuple[Span, ...] = ()
    left: tuple[Segment, ...] = ()
    left_correct: bool | None = None


class RowProblem(Frozen):
    """The problem as a model is asked it, and where it came from."""

    question: str
    source: str | None = None
    external_id: str | None = None

    @property
    def key(self) -> str:
        """SHA-256 of the question, in hexadecimal: what tells problems apart on any machine."""
        return hashlib.sha256(self.question.encode()).hexdigest()


class Lineage(Frozen):
    """Where a row comes from: ids of one installation. `branch_ids` begin with the root."""

    project: str
    problem_id: int
    trace_id: int | None = None
    branch_ids: tuple[int, ...] = ()


class Row(Frozen):
    """A judged path; or a problem alone, without segments and grade, for a format of problems.

    `verdict` is what was decided on the path, `reason` why where it is not golden, `model` what
    wrote it, `near` the problem of a benchmark kept for evaluation that this one is close to.
    """

    version: Literal[2] = ROW_VERSION
    problem: RowProblem
    reference: Reference
    tolerance: Tolerance | None = None
    system: str = ""
    segments: tuple[Segment, ...] = ()
    corrections: tuple[Correction, ...] = ()
    verdict: VerdictDecision | None = None
    reason: str = ""
    grade: Grade | None = None
    budget: Budget | None = None
    model: str | None = None
    near: str | None = None
    lineage: Lineage | None = None

    @property
    def text(self) -> str:
        """The text of the path, to the byte."""
        return text_of(self.segments)

    @property
    def answer(self) -> str:
        """The reference as one text that `app.core.answer.parse_reference` reads back."""
        return self.reference.text

    @cached_property
    def content(self) -> dict[str, Any]:
        """The row as JSON without its lineage: all that its hash is over."""
        return self.model_dump(mode="json", exclude=_PLACE)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of `content` as JSON in UTF-8, without spaces, its fields in their order."""
        return hashlib.sha256(_JSON.dump_json(self, exclude=_PLACE)).hexdigest()

    @property
    def id(self) -> str:
        """The beginning of the hash: the same on any machine."""
        return self.hash[:_ID_LENGTH]


_JSON = TypeAdapter(Row)


def text_of(segments: Iterable[Segment]) -> str:
    """The texts of segments, joined."""
    return "".join(segment.text for segment in segments)
