"""Computing by hand fires where nothing solves the model afterwards, and only there."""

import pytest

from tests.detectors.cases import ERROR, SOLVE, code, rules

GOOD = code(SOLVE, "Optimal 20 5 23\n") + "So \\boxed{23}."
TRIES = "".join(f"- If x = {number}, then 24({number}) + 10y is too low.\n" for number in range(5))
PAIRS = "".join(f"x = {n}, y = {50 - n} costs {n + 7} dollars.\n" for n in range(4))
SUMS = "".join(f"{n} * 24 + {n} = {n * 25}\n" for n in range(2, 9))
LATEX = "".join(f"\\( {n} \\times 24 + {n} = {n * 25} \\)\n" for n in range(2, 9))
CORNERS = "The corner points:\n(0, 53): 371\n(18, 10): 340\n(10.5, 27.8) gives 352\n"
ANSWER = "\nSo \\boxed{31}."


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (TRIES + ANSWER, "trial-by-hand"),
        (PAIRS + ANSWER, "trial-by-hand"),
        (code(SOLVE, ERROR) + TRIES, "trial-by-hand"),
        (code(SOLVE, "Infeasible\n") + TRIES, "trial-by-hand"),
        (CORNERS + ANSWER, "corners-by-hand"),
        (SUMS + ANSWER, "sums-by-hand"),
        (LATEX + ANSWER, "sums-by-hand"),
        (
            "I do this on paper: 18, 27, 36, 45, 54 and 63 are too few, 72 is." + ANSWER,
            "said-by-hand",
        ),
        ("I guess it is \\boxed{23}.", "no-program"),
    ],
)
def test_it_fires(text: str, rule: str) -> None:
    assert rule in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        TRIES + GOOD,
        SUMS + GOOD,
        CORNERS + GOOD,
        "".join(f"x_{n} = 1 if item {n} is taken, else x_{n} = 0.\n" for n in range(9)) + GOOD,
        "2 * 24 = 48\n3 * 24 = 72\n" + code(SOLVE, ERROR) + code(SOLVE, "Optimal 23\n"),
        "By hand this is too tedious: 18, 27, 36, 45, 54.\n" + GOOD,
        "On paper: 18, 27, 36, 45, 54 and 63 are too few.\n" + GOOD,
        "The rows:\n" + "".join(f"{n}x + {n + 1}y <= {n}00\n" for n in range(2, 12)) + GOOD,
    ],
)
def test_it_does_not(text: str) -> None:
    assert rules(text) == []


def test_behind_an_optimum_it_is_another_flaw() -> None:
    found = rules(code(SOLVE, "Optimal 20 5 23\n") + SUMS)
    assert "sums-by-hand" not in found
    assert "worked-again" in found
