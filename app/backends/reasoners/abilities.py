"""What a model server can do, as it was found by asking it, kept with the project's settings.

Promises: what is kept says when it was asked and of which server, model and tokenizer; asked of
another it is stale, and nothing is chosen from it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError

from app.backends.reasoners.base import Continuation
from app.backends.reasoners.dialects import Dialect
from app.core.language import N_
from app.core.model import Frozen

Ability = Literal[
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
TITLES: dict[Ability, str] = {
    "completions": "completions",
    "continuing": N_("continuing a message"),
    "stop": N_("stop strings"),
    "token_ids": N_("token ids"),
    "token_prompts": N_("prompts of token ids"),
    "logprobs": "log-probabilities",
    "usage": N_("usage in streams"),
    "prefix_cache": N_("prefix caching"),
    "context": N_("context length"),
}
KEY = "abilities"
"""Where in a project's Reasoner settings they are kept."""


class Finding(Frozen):
    """One ability: yes, no, or None for unknown; `seen` says in plain words what was answered."""

    ability: Ability
    able: bool | None
    seen: str


class Abilities(Frozen):
    """All that was found in one asking. `dialect` is for `chat`, and for Ollama's own route;
    `context` is in tokens.
    """

    version: Literal[1] = 1
    base_url: str
    model: str
    tokenizer: str
    at: datetime
    mode: Continuation
    dialect: Dialect | None = None
    context: int | None = None
    findings: tuple[Finding, ...]

    def can(self, ability: Ability) -> bool | None:
        """Yes, no, or None where it is not known."""
        return next((one.able for one in self.findings if one.ability == ability), None)

    def fits(self, config: Mapping[str, Any]) -> bool:
        """Whether they were asked of the server, model and tokenizer that these settings name."""
        mine = (self.base_url, self.model, self.tokenizer)
        return mine == tuple(config.get(n) or "" for n in ("base_url", "model", "tokenizer"))


def kept_abilities(config: Mapping[str, Any]) -> Abilities | None:
    """What is kept with a project's settings, stale or not; None for nothing, or another shape."""
    try:
        return Abilities.model_validate(config.get(KEY))
    except ValidationError:
        return None


def abilities_of(config: Mapping[str, Any]) -> Abilities | None:
    """What may be chosen from: what is kept and not stale."""
    kept = kept_abilities(config)
    return kept if kept and kept.fits(config) else None


def recorded(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as each branch records them: what was found by asking is said once."""
    return {name: value for name, value in config.items() if name != KEY}


def told(abilities: Abilities) -> str:
    """One line for people: how a path is continued, and each ability."""
    words = {True: "yes", False: "no", None: "unknown"}
    way = f"{abilities.mode} ({abilities.dialect})" if abilities.dialect else abilities.mode
    each = ", ".join(f"{TITLES[f.ability]} {words[f.able]}" for f in abilities.findings)
    return f"a trace goes on by {way}; {each}"
