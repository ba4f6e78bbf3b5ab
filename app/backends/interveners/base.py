"""What an Intervener is: it reads a path and proposes a hint for the first uncorrected flaw.

Promises of `review`: every proposal it gives may become a hint (`Case.refusal` is None); Flawless
means that it looked and found nothing; what it could not do is an IntervenerError.
"""

from collections.abc import Callable
from typing import Protocol

from app.backends.reasoners.base import Usage
from app.core.case import Case
from app.core.errors import ModelError
from app.core.proposal import Flawless, Proposal

Review = tuple[Proposal, ...] | Flawless


class IntervenerError(ModelError):
    """No usable review came back."""


def ignore_usage(usage: Usage) -> None:
    """For callers that keep no account."""


def ignore_note(note: str) -> None:
    """For callers that keep no notes."""


class Intervener(Protocol):
    """An expert that reads paths: a model, a set of rules, or a recording of a person."""

    name: str

    def review(
        self,
        case: Case,
        on_usage: Callable[[Usage], None] = ignore_usage,
        on_note: Callable[[str], None] = ignore_note,
    ) -> Review:
        """Proposals in the order of the path, or Flawless. Raises IntervenerError.

        `on_usage` gets the tokens of each request to a model; `on_note` what a person should know
        of how the review came about, in plain words, perhaps more than once.
        """
        ...
