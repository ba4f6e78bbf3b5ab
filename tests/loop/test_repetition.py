"""What is a loop, and what only looks like one; on real traces too."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.backends.reasoners.recordings import load
from app.core.fences import split_text
from app.core.trace import Step
from app.loop.repetition import RETOLD, WINDOW, goes_round, repeats, rewords

CHECK = (
    "{start} let me check the constraint on the warehouse once more, because the capacity of the "
    "three trucks is 340 crates and the demand of the two shops together is {demand} crates, so "
    "the total that is shipped can be no more than that, and the cost stays the same as before."
)
STARTS = ("Wait,", "Hmm,", "But", "Actually,", "Now", "So", "Still,", "And", "Okay,", "Again,")


@given(st.text(min_size=1, max_size=200), st.integers(4, 20))
def test_a_period_is_seen_whatever_it_is(period: str, times: int) -> None:
    text = period * max(times, 1 + 1_000 // len(period))
    assert repeats(f"words before {text}")


@given(st.lists(st.integers(), min_size=20, unique=True))
def test_counting_is_no_repetition(numbers: list[int]) -> None:
    assert not repeats("".join(f"If x = {number} then no.\n" for number in numbers))


def paragraphs(*demands: int) -> str:
    told = [
        CHECK.format(start=start, demand=demand)
        for start, demand in zip(STARTS, demands, strict=False)
    ]
    return "\n\n".join(told) + "\n\n"


def test_the_same_in_slightly_other_words_is_seen() -> None:
    assert rewords(paragraphs(*[300] * 8))
    assert not repeats(paragraphs(*[300] * 8))


def test_going_through_cases_is_no_repetition() -> None:
    assert not rewords(paragraphs(*range(300, 310)))


def test_a_paragraph_that_comes_back_now_and_then_is_no_repetition() -> None:
    words = " ".join(STARTS)
    other = "\n\n".join(f"Now {words[n:]} is new here." for n in range(10))
    assert not rewords(paragraphs(*[300] * 5) + other + "\n\n")


def run_of(source: str, output: str, author: str = "sandbox") -> tuple[Step, Step]:
    code = Step(kind="code", author="reasoner", text=f"```python\n{source}\n```\n")
    text = f"```output\n{output}\n```\n"
    return code, Step.model_validate({"kind": "output", "author": author, "text": text})


def test_what_goes_round() -> None:
    same, thought = run_of("x", "1"), Step(kind="thought", author="reasoner", text="Again.")
    hint = Step(kind="hint", author="human", text="Look at the error.")
    three = (*same, thought, *same, *same)
    assert goes_round((*three, thought, *same))
    assert not goes_round(three)
    assert not goes_round((*three, *run_of("x", "2")))
    assert not goes_round((*three, *run_of("y", "1")))
    assert not goes_round((*three, hint, *same))
    assert not goes_round((*three, *run_of("x", "1", "reasoner")))


def test_replies_that_break_off_and_say_the_same_again_go_round() -> None:
    again = [Step(kind="thought", author="reasoner", text="Let me look at the costs. ")] * 40
    other = Step(kind="thought", author="reasoner", text="The costs are all there, so on.")
    hint = Step(kind="hint", author="human", text="Look at the demand.")
    assert goes_round(again) == RETOLD
    assert not goes_round(again[:30])
    assert not goes_round([*again, other])
    assert not goes_round([*again, hint, again[0]])
    assert not goes_round([Step(kind="thought", author="reasoner", text=again[0].text * 40)])


def alarms(text: str) -> bool:
    """Whether a text would have been stopped anywhere, as it is looked at while it is written."""
    tails = [text[max(0, at - WINDOW) : at] for at in range(256, len(text) + 256, 256)]
    return any(repeats(tail) or rewords(tail) for tail in tails)


def test_no_recording_is_taken_for_a_loop() -> None:
    texts = [played.text for recording in load() for played in recording.rounds]
    thoughts = [
        piece.text
        for text in texts
        for piece in split_text(text)
        if piece.kind in ("thought", "answer")
    ]
    assert not [text for text in thoughts if alarms(text)]


def test_no_real_trace_is_taken_for_a_loop(sample_data: Path) -> None:
    lines = (sample_data / "orlm_industryor_executed.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len(rows) == 100
    assert not [
        number for number, row in enumerate(rows) if alarms(str(row["en_math_model_coptpy_code"]))
    ]
