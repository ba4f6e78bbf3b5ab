"""Programs that solve nothing fire, whatever they do instead; a solver anywhere is enough."""

import pytest

from tests.detectors.cases import SOLVE, SOLVER, code, rules, solved

LOOPS = """\
best = None
for x in range(60):
    for y in range(60):
        if 24*x + 10*y >= 530 and (best is None or 15*x + 7*y < best):
            best = 15*x + 7*y
print(best)
"""
GREEDY = "items = sorted(boats, key=lambda b: b.cost / b.seats)\nprint(items[0])\n"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (code("print(24 * 10 * 530)\n", "127200\n") + "Hm.", "pieces-of-code"),
        (code("a = 24\n", "") + code("print(a)\n", "24\n"), "pieces-of-code"),
        (code(f"{SOLVER}print(m)\n", "m:\n") + "Good.", "model-not-solved"),
        (code(LOOPS, "23\n") + "So \\boxed{23}.", "search-by-loops"),
        (code(GREEDY, "raft\n") + "Rafts.", "search-by-loops"),
        (code("import itertools\nprint(min(itertools.product(a, b)))\n", "1\n"), "search-by-loops"),
    ],
)
def test_it_fires(text: str, rule: str) -> None:
    assert rules(text) == [rule]


@pytest.mark.parametrize(
    "before", [code("print(24 * 10)\n", "240\n"), code(LOOPS, "23\n"), code(SOLVER, "")]
)
def test_a_later_solve_mends_it(before: str) -> None:
    assert rules(before + code(SOLVE, "Optimal 23\n") + "So \\boxed{23}.") == []


def test_a_solve_that_was_seen_counts_whatever_the_words_are() -> None:
    text = code("from mine import go\ngo()\n", "23\n") + "So \\boxed{23}."
    assert rules(text) == ["pieces-of-code"]
    assert rules(text, facts=[solved(None, 23.0)]) == []


def test_an_exact_algorithm_of_a_library_is_no_piece() -> None:
    text = code("import networkx as nx\nprint(nx.shortest_path_length(g))\n", "23\n")
    assert rules(text + "So \\boxed{23}.") == []
