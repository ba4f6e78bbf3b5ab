"""A project's settings for a model server, checked."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from app.backends.http import BASE_URL
from app.backends.reasoners.dialects import Dialect
from app.core.errors import Invalid
from app.core.model import Frozen

LONGEST_DEADLINE = 7 * 24 * 3600
"""Seconds; a timer can't count for ever."""


class Server(Frozen):
    """A project's settings for this Reasoner.

    `tokenizer` is a local folder or a hub id, needed for `completions`; `extra` goes into the body
    of each request as it is, for what only some servers know (`top_k`, `min_p`). `timeout` is in
    seconds, for each read, and `deadline` for a whole reply.
    """

    # A project's settings hold more than the server's: the entry's name, how replies are drawn.
    model_config = ConfigDict(extra="ignore")

    base_url: str = Field(pattern=BASE_URL)
    model: str = Field(min_length=1)
    mode: Literal["completions", "chat", "restart"] = "completions"
    dialect: Dialect = "vllm"
    tokenizer: str = ""
    timeout: float = Field(120, gt=0, allow_inf_nan=False)
    deadline: float = Field(3_600, gt=0, le=LONGEST_DEADLINE, allow_inf_nan=False)
    extra: dict[str, Any] = Field(default_factory=dict)

    @property
    def native(self) -> bool:
        """Whether prompts go to Ollama's own route, the only one of its that takes them raw."""
        return self.mode == "completions" and self.dialect == "ollama"


def server_of(config: Mapping[str, Any]) -> Server:
    """The settings, checked. Raises Invalid."""
    try:
        server = Server.model_validate(dict(config))
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
        raise Invalid(f"The model server's settings can't be used: {wrong}.") from None
    if server.mode == "completions" and not server.tokenizer:
        raise Invalid("The mode completions needs the model's tokenizer: a folder or a hub id.")
    return server
