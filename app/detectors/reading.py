"""What detectors read out of a path: its programs, what they printed, and its answer."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from app.core.answer import Answer, find_answer
from app.core.case import Case
from app.core.fences import source_of
from app.core.numbers import quantities
from app.core.proposal import Evidence, Proposal, Source
from app.core.splice import default_cut
from app.core.trace import text_of

VERSION = "1"
_ERROR = re.compile(
    r"^\s*(?:Traceback \(most recent call last\)|[A-Za-z_.]*(?:Error|Exception)\b)", re.M
)
_COMMENT = re.compile(r"#[^\n]*")


class Block(NamedTuple):
    """A program of the path and what it printed; `output_step` is None where nothing came back."""

    step: int
    source: str
    output_step: int | None
    output: str

    @property
    def failed(self) -> bool:
        """Whether it ended with an error."""
        return _ERROR.search(self.output) is not None


def blocks(case: Case) -> list[Block]:
    """The programs of a path, in order. Outputs that the model forged are passed over."""
    found = []
    for at, step in enumerate(case.path):
        if step.kind == "code":
            after = case.path[at + 1] if at + 1 < len(case.path) else None
            real = after is not None and after.kind == "output" and after.mark != "forged"
            output = after.text if after is not None and real else ""
            found.append(Block(at, source_of(step.text), at + 1 if real else None, output))
    return found


def code_of(source: str) -> str:
    """A program without its comments."""
    return _COMMENT.sub("", source)


def answer_of(case: Case) -> tuple[Answer, int, int] | None:
    """The answer, the step that it stands in, and its offset there; None where there is none."""
    answer = find_answer(text_of(case.path))
    if answer is None or answer.span is None:
        return None
    at = answer.span[0]
    for number, step in enumerate(case.path):
        if at < len(step.text):
            return answer, number, at
        at -= len(step.text)
    return None


def numbers_of(text: str) -> Iterator[Decimal]:
    """The numbers of a text in digits, without their signs."""
    return (abs(quantity.value) for quantity in quantities(text))


def proposal(
    case: Case, rule: str, flaw: str, step: int, span: tuple[int, int], note: str, words: str
) -> Proposal:
    """A proposal whose hint stands where hints stand by default for these words of this step."""
    evidence = Evidence(step=step, start=span[0], end=span[1], note=note)
    source = Source(kind="rule", name=rule, version=VERSION)
    cut = default_cut(case.path, step, span[0])
    return Proposal(flaw=flaw, evidence=(evidence,), cut=cut, words=words, source=source)
