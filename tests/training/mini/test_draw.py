"""Generated problems: the same by the same seed, worth asking, and answered by HiGHS."""

import re
from collections import Counter
from itertools import islice

import pytest

from app.core.answer import grade, parse_answer, parse_reference
from training.mini.draw import FAMILIES, problems, relaxed
from training.mini.linear import Linear, Row, solve
from training.mini.problem import Small

SEEN = list(islice(problems(1), 400))


def test_a_seed_gives_the_same_problems_and_another_gives_others() -> None:
    def asked(seed: int) -> list[str]:
        return [small.question for small in islice(problems(seed), 20)]

    assert asked(1) == asked(1) != asked(2)


def test_every_family_comes_whole_and_in_parts() -> None:
    seen = Counter(small.family for small in SEEN)
    assert len(seen) == len(FAMILIES) == 6
    assert min(seen.values()) > 20
    domains = {(small.family, small.model.domain) for small in SEEN}
    assert ("knapsack", "share") in domains
    for family in ("product mix", "diet", "blending", "transport"):
        assert {(family, "integer"), (family, "continuous")} <= domains


def test_every_problem_has_an_optimum_that_says_something() -> None:
    assert all(small.solved.status == "Optimal" for small in SEEN)
    assert min(small.solved.objective for small in SEEN) >= 1


def test_whether_things_can_be_split_mostly_decides_the_answer() -> None:
    whole = [one for one in SEEN if one.model.domain in ("integer", "binary")]
    letters = [one for one in whole if one.shape == "letters"]
    differ = [one for one in letters if solve(relaxed(one.model)) != one.solved]
    assert len(differ) > 0.7 * len(letters)


def test_all_numbers_of_the_model_are_in_the_question() -> None:
    def missing(small: Small) -> set[str]:
        limits = {f"{row.limit:g}" for row in small.model.rows if row.relation != "=="}
        words = set(re.findall(r"\w+", small.question))
        return ({f"{cost:g}" for cost in small.model.costs} | limits) - words

    assert not [small.question for small in SEEN if missing(small)]


@pytest.mark.parametrize("small", SEEN[:40], ids=lambda small: small.family)
def test_the_answer_is_right_by_the_rule_of_the_studio(small: Small) -> None:
    answer = small.solved.answer
    assert grade(parse_answer(answer), parse_reference(answer)).correct


def test_a_model_by_hand() -> None:
    rows = (Row("labour", (3, 5), "<=", 40), Row("wood", (2, 4), "<=", 30))
    model = Linear("maximize", (12, 20), rows, "integer")
    assert solve(model).printed == "Optimal 160.0\n"
    assert solve(model.turned()).printed == "Optimal 0.0\n"
    free = Linear("maximize", (12, 20), (), "continuous")
    assert not solve(free).printed.startswith("Optimal")
