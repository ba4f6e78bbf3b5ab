"""An answer that is not what the program printed."""

from collections.abc import Iterator
from decimal import Decimal

from app.core.case import Case
from app.core.proposal import Proposal
from app.detectors.reading import answer_of, blocks, numbers_of, proposal

FLAW = "implementation-drift"
_NEAR = Decimal("0.005")
_SCALES = tuple(map(Decimal, ("1", "100", "0.01", "1000", "0.001", "1000000", "0.000001")))
_WORDS = (
    "The number in my answer is nothing that the program printed. I should read the output again "
    "and answer with the quantity that was asked, as the solver gave it."
)


def detect(case: Case) -> Iterator[Proposal]:
    """A final number that no program of the path printed, in any unit or rounding."""
    answer = answer_of(case)
    printed = [block.output for block in blocks(case) if block.output_step and not block.failed]
    if answer is None or answer[0].value is None or not printed:
        return
    given = abs(answer[0].value)
    numbers = [number for output in printed for number in numbers_of(output)]
    if not numbers or any(_same(given, number) for number in numbers):
        return
    _, step, offset = answer
    span = (offset, offset + len(answer[0].text))
    note = f"{answer[0].text.strip()} was printed by no program of this path."
    yield proposal(case, "answer not printed", FLAW, step, span, note, _WORDS)


def _same(given: Decimal, number: Decimal) -> bool:
    """Whether the one is the other, give or take rounding to two digits and a decimal unit."""
    return any(abs(given - number * scale) <= max(_NEAR, given * _NEAR / 10) for scale in _SCALES)
