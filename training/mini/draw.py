"""Drawing word problems of six families, by a seed: what the miniature's world consists of.

Promises: the same seed gives the same problems; each is feasible and bounded, has an optimum above
0, and its answer is HiGHS's. Numbers are small and words come from short lists, so that a model of
two million parameters can learn to read them. Most whole problems have another optimum once
their variables are continuous: else nothing would tell the two apart.
"""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from training.mini.letters import blending, diet, knapsack, product_mix
from training.mini.linear import Linear, solve
from training.mini.problem import Family, Small
from training.mini.tables import assignment, transport

FAMILIES: tuple[Family, ...] = (product_mix, diet, blending, knapsack, assignment, transport)
_PLAIN = 0.15
"""Of whole problems whose continuous optimum is the same, so many are kept."""


def problems(seed: int) -> Iterator[Small]:
    """Problems without end, each of a family drawn anew."""
    rng = Random(seed)
    while True:
        small = rng.choice(FAMILIES)(rng)
        if _worth_asking(small, rng):
            yield small


def _worth_asking(small: Small, rng: Random) -> bool:
    solved = small.solved
    if solved.status != "Optimal" or solved.objective < 1:
        return False
    if small.shape == "table" or solve(relaxed(small.model)) != solved:
        return True
    return small.model.domain in ("continuous", "share") or rng.random() < _PLAIN


def relaxed(model: Linear) -> Linear:
    """The model with variables that may be split."""
    return replace(model, domain="share" if model.domain == "binary" else "continuous")
