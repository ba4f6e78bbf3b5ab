"""Drawing the next token from a model's scores, by temperature and nucleus (top-p).

Promise: with a seed the same scores give the same tokens; at temperature 0 the likeliest is taken.
"""

from typing import Any

from app.backends.reasoners.base import Sampling


class Sampler:
    """Draws the tokens of one reply."""

    def __init__(self, sampling: Sampling) -> None:
        import torch

        self._sampling = sampling
        self._dice = torch.Generator()
        if sampling.seed is None:
            self._dice.seed()
        else:
            self._dice.manual_seed(sampling.seed)

    def draw(self, scores: Any) -> int:
        """A token for a vector of scores, one for each token of the vocabulary."""
        import torch

        if self._sampling.temperature == 0:
            return int(scores.argmax())
        chances, tokens = torch.softmax(scores.cpu() / self._sampling.temperature, -1).sort(
            descending=True
        )
        # The nucleus: the likeliest tokens until their sum passes top-p, the first one always.
        outside = chances.cumsum(-1) - chances > self._sampling.top_p
        chances[outside] = 0
        return int(tokens[torch.multinomial(chances, 1, generator=self._dice)])
