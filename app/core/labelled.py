"""A labelled trace: a problem, a finished trace of it, and the flaws that a person found there.

Promises: pure; a row that says what is not so (a flaw that the taxonomy does not have, words that
are not in their step) is refused with the reason. Steps are those of `app.core.fences.split_text`;
an output that no code stands before is one that the Reasoner forged, and one that says that its
program was not executed is marked so. docs/evaluation.md describes the format. Not here: executing
a trace's code, and scoring reviews of it.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field, ValidationError

from app.core.answer import find_answer, grade, parse_reference
from app.core.case import Case
from app.core.errors import Invalid
from app.core.fences import split_text
from app.core.fields import LONGEST_QUESTION
from app.core.flaws import Taxonomy
from app.core.model import Frozen
from app.core.outputs import says_refused
from app.core.problem import Problem
from app.core.proposal import Evidence
from app.core.trace import Mark, Step, StepKind, text_of


class Label(Frozen):
    """A flaw, and the exact words of step `step`, counted from 0, that it shows in.

    Where the words stand several times in the step, the first time is meant.
    """

    flaw: str
    step: int = Field(ge=0)
    span: str = Field(min_length=1)
    note: str = ""


class Labelled(Frozen):
    """A trace and its labels, the first uncorrected flaw first; none where it is flawless.

    `answer` is the reference, as `parse_reference` reads it.
    """

    id: str = Field(min_length=1, max_length=200)
    question: str = Field(min_length=1, max_length=LONGEST_QUESTION)
    answer: str
    text: str = Field(min_length=1)
    labels: tuple[Label, ...]


def read_labelled(data: Mapping[str, Any], taxonomy: Taxonomy) -> Labelled:
    """The labelled trace of a row. Raises Invalid, saying what is wrong with it."""
    try:
        row = Labelled.model_validate(data)
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Invalid("; ".join(wrong)) from None
    path = path_in(row.text)
    for label in row.labels:
        if reason := _refusal(path, label, taxonomy):
            raise Invalid(reason)
    return row


def path_in(text: str) -> tuple[Step, ...]:
    """The steps of a finished trace's text."""
    path: list[Step] = []
    for kind, part in split_text(text):
        behind_code = bool(path) and path[-1].kind == "code"
        path.append(_output(part, behind_code) if kind == "output" else _written(kind, part))
    return tuple(path)


def case_in(row: Labelled, taxonomy: Taxonomy) -> Case:
    """The case that a reviewer is given, but for what executing its code tells."""
    reference = parse_reference(row.answer)
    return Case(
        problem=Problem(question=row.question, reference=reference),
        path=path_in(row.text),
        correct=grade(find_answer(row.text), reference).correct,
        taxonomy=taxonomy,
    )


def label_at(path: Sequence[Step], evidence: Evidence, flaw: str) -> Label | None:
    """The label for evidence in a path whose text is to be a row's; None for empty evidence.

    The text alone may fall into other steps than the path has: a hint becomes part of a thought.
    The words are begun early enough to be found nowhere before in their step.
    """
    first = sum(len(step.text) for step in path[: evidence.step]) + evidence.start
    length = evidence.end - evidence.start
    for at, step in enumerate(path_in(text_of(path))):
        if first < len(step.text):
            end = min(first + length, len(step.text))
            back = bisect_left(
                range(first), True, key=lambda n: _is_first(step.text, first - n, end)
            )
            span = step.text[first - back : end]
            return Label(flaw=flaw, step=at, span=span, note=evidence.note) if length else None
        first -= len(step.text)
    return None


def _written(kind: StepKind, text: str, mark: Mark | None = None) -> Step:
    return Step(kind=kind, author="reasoner", text=text, mark=mark)


def _output(text: str, behind_code: bool) -> Step:
    if not behind_code:
        return _written("output", text, "forged")
    mark: Mark | None = "refused" if says_refused(text) else None
    return Step(kind="output", author="sandbox", text=text, mark=mark)


def _is_first(text: str, start: int, end: int) -> bool:
    """Whether these words stand nowhere earlier: true of longer ones where it is of shorter."""
    return text.find(text[start:end]) == start


def _refusal(path: Sequence[Step], label: Label, taxonomy: Taxonomy) -> str | None:
    if taxonomy.get(label.flaw) is None:
        return f"There is no flaw called {label.flaw!r:.100}."
    if label.step >= len(path):
        return f"There is no step {label.step}; the trace has {len(path)}."
    if label.span not in path[label.step].text:
        return f"The words {label.span!r:.100} are not in step {label.step}."
    return None
