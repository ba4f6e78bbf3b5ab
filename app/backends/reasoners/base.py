"""What a Reasoner is: something that goes on writing a path, in pieces, until it has to stop.

Promises of `write`: it yields Chunks as they come and one End, last. The text of the chunks, put
behind the path, is what the model wrote and nothing else. It ends behind the line that closes a
```` ```python ```` block, with the same bytes whether the server keeps or drops the stop string.

Not here: splitting the text into steps, executing code, and when to go on (`app.loop`).
"""

from collections.abc import Generator, Mapping
from typing import Any, Literal, NamedTuple, Protocol

from pydantic import Field, ValidationError

from app.core.errors import Invalid, ModelError
from app.core.model import Frozen
from app.core.trace import Step

Finish = Literal["fence", "stop", "length", "code_limit", "no_recording"]
Continuation = Literal["completions", "chat", "restart", "recording"]


class ReasonerError(ModelError):
    """The Reasoner could not be reached or failed."""


class Sampling(Frozen):
    """How a reply is drawn. `max_tokens` is for all that the Reasoner writes on one path."""

    temperature: float = Field(0.6, ge=0, le=2, allow_inf_nan=False)
    top_p: float = Field(0.95, gt=0, le=1, allow_inf_nan=False)
    max_tokens: int = Field(16_384, gt=0)
    seed: int | None = None


def sampling_of(config: Mapping[str, Any], **given: int) -> Sampling:
    """How a project's settings have replies drawn. Raises Invalid where they can't be."""
    chosen = {name: config[name] for name in ("temperature", "top_p") if name in config}
    try:
        return Sampling(**given, **chosen)
    except ValidationError:
        told = "The temperature is a number from 0 to 2; top_p is above 0 and at most 1."
        raise Invalid(told) from None


class Request(Frozen):
    """What is asked of a Reasoner: go on with `path`, the answer so far to `question`."""

    question: str
    system: str
    path: tuple[Step, ...] = ()
    sampling: Sampling = Sampling()


class Chunk(NamedTuple):
    """A piece of what the model wrote, and the server's token ids for it where it gave them."""

    text: str
    token_ids: tuple[int, ...] | None = None


class Usage(Frozen):
    """Tokens that a server counted, None where it did not; `cached_tokens` are of the prompt."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None


class End(NamedTuple):
    """Why a reply ended.

    `fence`: a code block was closed; `stop`: the model ended; `length`: the server's token limit;
    `code_limit` and `no_recording`: a recording has nothing more, `detail` says why. `model` is the
    name that the server gave itself, where it gave one.
    """

    finish: Finish
    usage: Usage = Usage()
    detail: str = ""
    model: str = ""


Replies = Generator[Chunk | End, None, None]
"""What `write` gives. Closing it stops the model."""


class Reasoner(Protocol):
    """A model that can go on with a path."""

    name: str
    continuation: Continuation
    """How a path is continued; `restart` means begun anew with the path shown, not continued."""

    def write(self, request: Request) -> Replies:
        """Go on with the request's path. Raises ReasonerError."""
        ...

    def count(self, text: str) -> int | None:
        """The tokens of `text` by the model's own tokenizer, or None where there is none."""
        ...
