"""Drawing the next token from a model's scores, by temperature and nucleus (top-p).

Promise: with a seed the same scores give the same tokens; at temperature 0 the likeliest is taken.
"""

import numpy as np
from numpy.typing import NDArray

from app.backends.reasoners.base import Sampling


class Sampler:
    """Draws the tokens of one reply."""

    def __init__(self, sampling: Sampling) -> None:
        self._sampling = sampling
        self._dice = np.random.default_rng(sampling.seed)

    def draw(self, scores: NDArray[np.float32]) -> int:
        """A token for a vector of scores, one for each token of the vocabulary."""
        if self._sampling.temperature == 0:
            return int(scores.argmax())
        tokens = np.argsort(-scores, kind="stable")
        ordered = scores[tokens].astype(np.float64) / self._sampling.temperature
        chances = np.exp(ordered - ordered[0])
        chances /= chances.sum()
        # The nucleus: the likeliest tokens until their sum passes top-p, the first one always.
        chances[chances.cumsum() - chances > self._sampling.top_p] = 0
        return int(self._dice.choice(tokens, p=chances / chances.sum()))
