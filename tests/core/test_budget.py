"""The budget of a path: hints and the share of their tokens."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.budget import MAX_HINTS, measure, tokens_of
from app.core.trace import Step, StepKind

KINDS: st.SearchStrategy[StepKind] = st.sampled_from(
    ["thought", "code", "output", "hint", "answer"]
)
STEPS = st.builds(
    Step,
    kind=KINDS,
    author=st.just("reasoner"),
    text=st.text(),
    tokens=st.none() | st.integers(0, 1000),
)


def step(kind: StepKind, tokens: int | None) -> Step:
    return Step(kind=kind, author="reasoner", text="twelve bytes", tokens=tokens)


@given(st.lists(STEPS), st.integers(0, 9))
def test_a_share_is_a_share_and_the_limit_is_hard(path: list[Step], most: int) -> None:
    budget = measure(path, most)
    assert 0 <= budget.share <= 1
    assert budget.max_hints <= MAX_HINTS
    assert budget.hints == sum(one.kind == "hint" for one in path)


def test_outputs_are_left_out() -> None:
    budget = measure([step("thought", 97), step("output", 5_000), step("hint", 3)])
    assert (budget.hint_tokens, budget.tokens, budget.share) == (3, 100, 0.03)
    assert budget.exact


def test_what_was_not_counted_is_estimated_and_said() -> None:
    budget = measure([step("thought", None), step("hint", 3)])
    assert (budget.tokens, budget.exact) == (6, False)
    assert tokens_of(step("thought", None)) == 3


def test_an_uncounted_output_does_not_spoil_the_count() -> None:
    assert measure([step("thought", 1), step("output", None)]).exact


def test_the_fifth_hint_spends_the_budget() -> None:
    assert not measure([step("hint", 1)] * 4).spent
    assert measure([step("hint", 1)] * 5).spent
    assert measure([step("hint", 1)] * 2, max_hints=2).spent
    assert not measure([step("hint", 1)] * 4, max_hints=50).spent


def test_an_empty_path_has_no_share() -> None:
    assert measure([]).share == 0
