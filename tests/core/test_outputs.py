"""What goes back into a trace of a program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.budget import tokens_in
from app.core.execution import Execution, Isolation, Limits, Status
from app.core.outputs import has_note, head_and_tail, output_step, refused_step, same_output


def run_of(output: str, status: Status = "ok") -> Execution:
    isolation = Isolation(level="none", reason="a test")
    return Execution(
        status=status, reason="Too long.", output=output, isolation=isolation, limits=Limits()
    )


@given(st.text(), st.integers(1, 50))
def test_long_output_keeps_a_head_and_a_tail_of_tokens(text: str, most: int) -> None:
    shown = head_and_tail(text, most)
    if tokens_in(text) <= most:
        assert shown == text
    else:
        head, line, tail = shown.rpartition(" characters left out]\n")[0].rpartition("\n[")
        assert line
        tail = shown.rpartition(" characters left out]\n")[2]
        assert text.startswith(head)
        assert text.endswith(tail)
        assert tokens_in(head) <= most - most // 2
        assert tokens_in(tail) <= most // 2


def test_tokens_are_counted_by_whoever_knows_them() -> None:
    assert head_and_tail("a b c d e f", 4, lambda text: len(text.split())) == (
        "a b \n[3 characters left out]\n e f"
    )


def test_what_the_sandbox_left_out_is_told_too() -> None:
    printed = "a" * 80 + "\n… 900000 bytes left out …\n" + "b" * 80
    execution = run_of(printed, "ok").model_copy(update={"stdout_cut": 900_000})
    step = output_step(execution, 20)
    assert " characters and 900,000 bytes left out]\n" in step.text
    assert same_output(step.text, execution)
    assert "bytes" not in output_step(run_of(printed, "ok"), 20).text


@given(
    st.text(), st.integers(1, 50), st.sampled_from([None, 8]), st.sampled_from(["ok", "timeout"])
)
def test_an_output_is_the_same_however_much_of_it_is_shown(
    printed: str, most: int, last_of: int | None, status: Status
) -> None:
    if "```" in printed:
        return
    execution = run_of(printed, status)
    step = output_step(execution, most, last_of=last_of)
    assert same_output(step.text, execution)


@pytest.mark.parametrize("other", ["2", "1\n1", "", "[8 characters left out]"])
def test_another_output_is_another(other: str) -> None:
    assert not same_output(output_step(run_of(other), 100).text, run_of("1"))


def test_the_last_program_that_is_executed_is_told_of() -> None:
    shown = output_step(run_of("5"), 100, last_of=8).text
    assert shown == (
        "```output\n5\n"
        "[All 8 code calls are used now: no further program is executed. Give the answer.]\n```\n"
    )
    assert has_note(shown)
    assert not has_note(output_step(run_of("5"), 100).text)


def test_a_program_that_is_refused_gets_an_output_that_says_so() -> None:
    refused = refused_step(8)
    assert (refused.author, refused.mark) == ("sandbox", "refused")
    assert "Not executed: all 8 code calls are used." in refused.text
    assert has_note(refused.text)
