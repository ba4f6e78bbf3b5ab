"""Paths made short: what gives way first, how far, and that it is told."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.trace import Step, StepKind
from app.prompts.shortening import shortened, size

MARK = "0123456789ab"


def step(kind: StepKind, length: int) -> Step:
    return Step(kind=kind, author="reasoner", text=f"{kind[0] * (length - 1)}.")


PATH = (
    step("thought", 3000),
    step("code", 1500),
    step("output", 4000),
    step("thought", 2500),
)


def test_what_fits_is_left_as_it_is() -> None:
    for most in (None, 11_000):
        found = shortened(PATH, most, MARK)
        assert found.texts == [each.text for each in PATH]
        assert found.left_out == ""


def test_outputs_give_way_first_and_only_as_far_as_needed() -> None:
    found = shortened(PATH, 8000, MARK)
    assert [len(text) for text in found.texts[:2]] == [3000, 1500]
    assert 7900 < sum(map(size, found.texts)) <= 8000
    assert found.texts[2].startswith("ooo")
    assert found.texts[2].endswith("oo.")
    assert f"\n{MARK} 3,0" in found.texts[2]
    assert found.left_out == "only the beginning and the end of step 3 were shown"


def test_then_old_thoughts_and_then_everything() -> None:
    texts = shortened(PATH, 5000, MARK).texts
    assert len(texts[0]) < 3000
    assert (len(texts[1]), len(texts[3])) == (1500, 2500)
    found = shortened(PATH, 100, MARK)
    assert all(len(text) < 250 for text in found.texts)
    assert found.left_out.endswith("steps 1, 2, 3, 4 were shown")


@given(
    st.lists(
        st.tuples(st.sampled_from(["thought", "code", "output", "answer"]), st.integers(1, 2000)),
        max_size=8,
    ),
    st.integers(0, 8000),
)
def test_no_step_is_left_out_and_what_can_fit_fits(
    kinds: list[tuple[StepKind, int]], most: int
) -> None:
    path = [step(kind, length) for kind, length in kinds]
    texts = shortened(path, most, MARK).texts
    assert len(texts) == len(path)
    assert all(text[:50] == each.text[:50] for text, each in zip(texts, path, strict=True))
    assert sum(map(size, texts)) <= max(most, 230 * len(path))
