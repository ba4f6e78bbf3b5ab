"""Generated traces: right without slips, wrong with them, right again where they are caught."""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice, pairwise
from random import Random
from typing import get_args

import pytest

from app.backends.sandboxes.base import Sandbox
from app.backends.sandboxes.forkserver import open_sandbox
from app.core.answer import find_answer, grade, parse_reference
from app.core.fences import split_text
from app.core.flaws import DEFAULT
from app.core.trace import Step
from app.loop.execute import execute_step
from app.loop.moves import Limits
from training.mini.draw import problems
from training.mini.habits import NATIVE, Habits, Part, write
from training.mini.phrases import FLAWS, Slip, phrases
from training.mini.problem import Small

SMALL = list(islice(problems(7), 120))
SLIPS: tuple[Slip, ...] = get_args(Slip)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with closing(open_sandbox()) as opened:
        yield opened


def text_of(segments: tuple[Part, ...]) -> str:
    return "".join(segment.text for segment in segments)


def right(small: Small, segments: tuple[Part, ...]) -> bool:
    answer = find_answer("<think>\n" + text_of(segments))
    return grade(answer, parse_reference(small.solved.answer)).correct


def share_right(habits: Habits) -> float:
    rng = Random(3)
    return sum(right(small, write(small, habits, rng)) for small in SMALL) / len(SMALL)


def test_without_slips_every_trace_is_right() -> None:
    assert share_right(Habits({})) == 1


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_makes_traces_wrong_and_catching_it_mends_them(slip: Slip) -> None:
    wrong = share_right(Habits({slip: 1.0}))
    assert wrong < 0.9
    assert share_right(Habits({slip: 1.0}, caught=1.0)) == 1


def test_the_native_habit_is_flawed_but_can_do_better() -> None:
    assert 0.15 < share_right(NATIVE) < 0.45


@pytest.mark.parametrize("slip", SLIPS)
def test_every_slip_is_of_one_flaw_and_has_several_hints(slip: Slip) -> None:
    assert DEFAULT.get(FLAWS[slip])
    assert len(set(phrases(slip))) >= 2
    assert not [one for one in phrases(slip) if "{" in one.replace("{thing}", "")]


def test_every_flaw_of_the_taxonomy_has_a_slip() -> None:
    assert set(FLAWS.values()) == {flaw.id for flaw in DEFAULT.flaws}


def test_a_trace_is_read_back_as_the_steps_that_it_was_written_as() -> None:
    segments = write(SMALL[0], Habits({}), Random(1))
    kinds = [piece.kind for piece in split_text("<think>\n" + text_of(segments))]
    assert kinds == ["thought", "code", "output", "thought", "answer"]


def every_program() -> list[tuple[str, str]]:
    """One trace's first program of each family, domain and slip, and what it is said to print."""
    found: dict[tuple[str, str, Slip], tuple[str, str]] = {}
    for small in SMALL:
        for slip in SLIPS:
            said = write(small, Habits({slip: 1.0}), Random(1))
            ran = [(a.text, b.text) for a, b in pairwise(said) if b.author == "sandbox"]
            if ran:
                found.setdefault((small.family, small.model.domain, slip), ran[0])
    return sorted(set(found.values()))


def test_a_program_prints_in_the_sandbox_what_its_trace_says(sandbox: Sandbox) -> None:
    programs = every_program()
    assert len(programs) > 40
    for code, output in programs:
        step = Step(kind="code", author="reasoner", text=code)
        ran = execute_step(sandbox, (step,), limits=Limits()).step
        assert ran is not None
        assert ran.text == output, code
