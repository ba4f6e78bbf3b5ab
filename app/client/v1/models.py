"""The operations of the API on models. Written by `make openapi`."""

from datetime import datetime
from typing import Any, Literal

from app.client.base import Operations, Shown
from app.core.model import Frozen


class ModelView(Shown):
    """A project's Reasoner or Intervener. `settings` holds what is not the default, and
    what its server was found to do.
    """

    role: Literal["reasoner", "intervener"]
    settings: dict[str, Any]
    key_since: datetime | None
    """Since when a key is stored; null for none."""


class ModelSettings(Frozen):
    """A model: `name` says of what kind, and the rest is for a server or a model in the
    worker.

    `tokenizer` is a folder or a hub id, needed for the mode `completions`. `timeout` is
    for each read and `deadline` for a whole reply, in seconds. Described in docs/model-
    servers.md.
    """

    name: str
    base_url: str | None = None
    model: str | None = None
    tokenizer: str | None = None
    mode: Literal["completions", "chat", "restart"] | None = None
    dialect: (
        Literal["vllm", "sglang", "llama.cpp", "tgi", "deepseek", "mistral", "ollama"] | None
    ) = None
    temperature: float | None = None
    top_p: float | None = None
    timeout: float | None = None
    deadline: float | None = None
    context_tokens: int | None = None
    stage: Literal["base", "sft", "rl"] | None = None


class NewKey(Frozen):
    """The key of a model server. It goes in and never comes out."""

    value: str


class Finding(Shown):
    """One ability: yes, no, or None for unknown; `seen` says in plain words what was
    answered.
    """

    ability: Literal[
        "completions",
        "continuing",
        "stop",
        "token_ids",
        "token_prompts",
        "logprobs",
        "usage",
        "prefix_cache",
        "context",
    ]
    able: bool | None
    seen: str


class Abilities(Shown):
    """All that was found in one asking. `dialect` is for `chat`, and for Ollama's own
    route; `context` is in tokens.
    """

    version: Literal[1] = 1
    base_url: str
    model: str
    tokenizer: str
    at: datetime
    mode: Literal["completions", "chat", "restart", "recording"]
    dialect: (
        Literal["vllm", "sglang", "llama.cpp", "tgi", "deepseek", "mistral", "ollama"] | None
    ) = None
    context: int | None = None
    findings: tuple[Finding, ...]


class ModelsOperations(Operations):
    """What can be asked for."""

    def get_model(
        self, slug: str, model: Literal["reasoner", "intervener"], *, seen: Shown | None = None
    ) -> ModelView:
        """The Reasoner or the Intervener of a project. For leads."""
        return self._one(ModelView, "GET", ("projects", slug, "models", model), seen=seen)

    def set_model(
        self,
        slug: str,
        model: Literal["reasoner", "intervener"],
        body: ModelSettings,
        *,
        seen: Shown | None = None,
    ) -> ModelView:
        """Name another, or set it otherwise; a key stays with the address that it was for. For
        leads.

        What is left out has its default.
        """
        return self._one(
            ModelView, "PUT", ("projects", slug, "models", model), body=body, seen=seen
        )

    def set_key(
        self, slug: str, model: Literal["reasoner", "intervener"], body: NewKey
    ) -> ModelView:
        """Store a key, encrypted, for the worker that calls the model alone. For leads."""
        return self._one(ModelView, "PUT", ("projects", slug, "models", model, "key"), body=body)

    def delete_key(self, slug: str, model: Literal["reasoner", "intervener"]) -> None:
        """Forget a key. For leads."""
        self._none("DELETE", ("projects", slug, "models", model, "key"))

    def find_abilities(self, slug: str) -> Abilities:
        """Ask the Reasoner's server what it can do, and set the way that works. For leads."""
        return self._one(Abilities, "POST", ("projects", slug, "models", "reasoner", "abilities"))
