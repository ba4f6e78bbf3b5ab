"""A project's settings, as its lead sees them. Keys are never among them, only when they were set.

`reasoner` and `intervener` are shown with every field that their forms have, empty where unset.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.actions.projects import Prices, ProjectLimits, limits_of, policy_of, prompts_of
from app.actions.secrets import NAMES
from app.actions.spending import spent_on
from app.backends.reasoners.abilities import TITLES, kept_abilities
from app.backends.reasoners.dialects import RESTARTED, Dialect
from app.core.flaws import Taxonomy
from app.core.language import N_, _
from app.core.model import Frozen
from app.core.policy import Policy
from app.core.stage import STAGES
from app.db.queries.work import keys_set
from app.db.tables import Project
from app.web.views.prompts import PromptsView, prompts_view

MODEL_FIELDS = (
    "base_url",
    "model",
    "tokenizer",
    "mode",
    "dialect",
    "temperature",
    "top_p",
    "timeout",
    "stage",
    "deadline",
    "context_tokens",
)
MODES = (
    ("completions", N_("completions (exact)")),
    ("chat", N_("chat, last message continued")),
    ("restart", N_("restart: asked anew")),
)
DIALECTS: tuple[tuple[Dialect, str], ...] = (
    ("vllm", "vLLM"),
    ("sglang", "SGLang"),
    ("llama.cpp", "llama.cpp"),
    ("tgi", N_("text-generation-inference, and others that go on by themselves")),
    ("deepseek", N_("DeepSeek (beta)")),
    ("mistral", "Mistral"),
    ("ollama", N_("Ollama (for completions)")),
)
REASONERS = (
    ("openai", N_("A model server (OpenAI-compatible)")),
    ("transformers", N_("A model in the worker itself (transformers)")),
    ("small", N_("A small Qwen3 in the worker itself (numpy)")),
    ("scripted", N_("Recorded replies")),
)
INTERVENERS = (
    ("rules", N_("Rules only")),
    ("openai", N_("Rules and a model server (OpenAI-compatible)")),
    ("recorded", N_("Rules and recorded hints")),
)


class AbilitiesView(Frozen):
    """What the Reasoner's server was found to do. `stale`: it was asked of another one."""

    at: datetime
    of: str
    stale: bool
    rows: tuple[tuple[str, bool | None, str], ...]


class SettingsView(Frozen):
    """Everything that the forms of the page show. `fallback` tells what restarting means."""

    name: str
    guidelines: str
    reasoner: dict[str, Any]
    abilities: AbilitiesView | None
    fallback: str
    intervener: dict[str, Any]
    prompts: PromptsView
    keys: dict[str, datetime | None]
    taxonomy: Taxonomy
    limits: ProjectLimits
    policy: Policy
    prices: Prices
    spending_cap: float | None
    spent: float
    modes: tuple[tuple[str, str], ...] = MODES
    dialects: tuple[tuple[str, str], ...] = DIALECTS
    reasoners: tuple[tuple[str, str], ...] = REASONERS
    interveners: tuple[tuple[str, str], ...] = INTERVENERS
    stages: tuple[tuple[str, str], ...] = STAGES


def settings_view(session: Session, project: Project) -> SettingsView:
    """The settings of a project."""
    empty: dict[str, Any] = dict.fromkeys(MODEL_FIELDS, "")
    keys: dict[str, datetime | None] = dict.fromkeys(NAMES)
    return SettingsView(
        name=project.name,
        guidelines=project.guidelines,
        reasoner=empty | project.reasoner,
        abilities=_abilities(project.reasoner),
        fallback=RESTARTED if project.reasoner.get("mode") == "restart" else "",
        intervener=empty | project.intervener,
        prompts=prompts_view(prompts_of(project)),
        keys=keys | keys_set(session, project.id),
        taxonomy=Taxonomy.model_validate(project.taxonomy),
        limits=limits_of(project),
        policy=policy_of(project),
        prices=Prices.model_validate(project.prices),
        spending_cap=project.spending_cap,
        spent=spent_on(session, project.id),
    )


def _abilities(config: dict[str, Any]) -> AbilitiesView | None:
    kept = kept_abilities(config)
    if kept is None:
        return None
    return AbilitiesView(
        at=kept.at,
        of=_("%(model)s at %(base_url)s", model=kept.model, base_url=kept.base_url),
        stale=not kept.fits(config),
        rows=tuple((TITLES[one.ability], one.able, one.seen) for one in kept.findings),
    )
