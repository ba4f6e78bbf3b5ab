"""What the model has seen and written of one path, token for token.

Promises: the ids are those that the model was given and those that it drew, never tokenised anew
from text, so what is trained on is what was sampled; the mask is 1 on what the model wrote and 0 on
outputs, those that it forged too; ids and mask have one length.

One exception: where a drawn token says more than the line that closes a program, the rest of it is
dropped, and what is left of that one token is tokenised.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from app.core.trace import Step


class Ledger:
    """Of a path that goes on with `prompt`, by this tokenizer."""

    def __init__(self, tokenizer: Any, prompt: str) -> None:
        self._tokenizer = tokenizer
        self.prompt_ids = self._encoded(prompt)
        self.ids: list[int] = []
        self.text = ""
        self.logprobs: list[float | None] = []
        """Of each of `ids`, where the engine told it."""
        self._own: list[bool] = []
        self._spans: list[range] = []

    @property
    def seen(self) -> list[int]:
        """All that the model reads when it goes on."""
        return [*self.prompt_ids, *self.ids]

    @property
    def written(self) -> int:
        """How many tokens the model wrote."""
        return sum(self._own)

    def catch_up(self, text: str) -> None:
        """Note what others put behind the path, whose text is now `text`."""
        assert text.startswith(self.text), "a path only grows"
        new = text[len(self.text) :]
        self._note(self._encoded(new), new, [], own=False)

    def add(self, ids: Sequence[int], text: str, logprobs: Sequence[float | None] = ()) -> None:
        """Note a reply of the model: `text` is what `ids` say, or what was kept of it."""
        kept, known = list(ids), list(logprobs)
        if len(self._decoded(kept)) > len(text):
            before = self._decoded(kept[:-1])
            kept[-1:], known[-1:] = self._encoded(text[len(before) :]), []
        self._note(kept, text, known, own=True)

    def end(self, token: int, logprob: float | None = None) -> None:
        """Note the token by which the model ended."""
        self._note([token], "", [logprob], own=True)

    def mask(self, path: Iterable[Step]) -> list[int]:
        """1 where there is loss, for each of `ids`; `path` says which outputs are forged."""
        forged, at = [], 0
        for step in path:
            if step.kind == "output" and step.author == "reasoner":
                forged.append(range(at, at + len(step.text)))
            at += len(step.text)
        mask = [
            int(own and not any(_meet(span, stretch) for stretch in forged))
            for own, span in zip(self._own, self._spans, strict=True)
        ]
        assert len(mask) == len(self.ids), "a mask for each token"
        return mask

    def _note(self, ids: list[int], text: str, logprobs: list[float | None], *, own: bool) -> None:
        self.logprobs += [*logprobs, *[None] * (len(ids) - len(logprobs))]
        self._spans += self._placed(ids, len(self.text), len(self.text) + len(text))
        self.ids += ids
        self._own += [own] * len(ids)
        self.text += text

    def _placed(self, ids: list[int], start: int, stop: int) -> list[range]:
        """The characters that each id says a part of."""
        spans: list[range] = []
        pending: list[int] = []
        at = start
        for token in ids:
            pending.append(token)
            said = self._decoded(pending)
            if not said.endswith("\ufffd"):
                spans += [range(at, at + len(said))] * len(pending)
                at, pending = at + len(said), []
        spans += [range(at, stop)] * len(pending)
        # Where the tokens apart say another text than together, none of them has a place.
        known = at == stop or pending
        return spans if known else [range(start, stop)] * len(ids)

    def _encoded(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False)) if text else []

    def _decoded(self, ids: Sequence[int]) -> str:
        said: str = self._tokenizer.decode(list(ids), clean_up_tokenization_spaces=False)
        return said


def _meet(one: range, other: range) -> bool:
    return one.start < other.stop and other.start < one.stop
