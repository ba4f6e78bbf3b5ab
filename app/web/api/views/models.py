"""A project's models as the API shows them: never a key, only since when there is one."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.set_model import ModelRole
from app.backends.reasoners.dialects import Dialect
from app.core.model import Frozen
from app.core.stage import Stage
from app.db.queries.work import keys_set
from app.db.tables import Project


class ModelSettings(Frozen):
    """A model: `name` says of what kind, and the rest is for a server or a model in the worker.

    `tokenizer` is a folder or a hub id, needed for the mode `completions`. `timeout` is for each
    read and `deadline` for a whole reply, in seconds. Described in docs/model-servers.md.
    """

    name: str = Field(max_length=40, examples=["openai"])
    base_url: str | None = Field(None, max_length=1000, examples=["http://127.0.0.1:8000/v1"])
    model: str | None = Field(None, max_length=300, examples=["Qwen/Qwen3-4B"])
    tokenizer: str | None = Field(None, max_length=1000)
    mode: Literal["completions", "chat", "restart"] | None = None
    dialect: Dialect | None = None
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    timeout: float | None = Field(None, gt=0, le=604_800)
    deadline: float | None = Field(None, gt=0, le=604_800)
    context_tokens: int | None = Field(None, gt=0, le=10_000_000)
    stage: Stage | None = None


class ModelView(Frozen):
    """A project's Reasoner or Intervener. `settings` holds what is not the default, and what its
    server was found to do."""

    role: ModelRole
    settings: dict[str, Any]
    key_since: datetime | None = Field(description="Since when a key is stored; null for none.")


def config_of(settings: ModelSettings) -> dict[str, Any]:
    """The settings as a project holds them: what is left out has its default."""
    return settings.model_dump(mode="json", exclude_none=True)


def model_view(session: Session, project: Project, role: ModelRole) -> ModelView:
    """One of a project's models."""
    since = keys_set(session, project.id).get(role)
    return ModelView(role=role, settings=getattr(project, role), key_since=since)
