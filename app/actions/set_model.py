"""Naming a project's Reasoner or Intervener.

Promises: settings that nothing can be made of are refused before they are stored; what a server was
found to do stays with the settings, and settings of the same entry that name no model change only
what they say.
"""

from typing import Any, Literal

from sqlalchemy.orm import Session

from app.actions.projects import ProjectChange, change_project
from app.actions.record import get
from app.backends.interveners import INTERVENERS
from app.backends.reasoners import REASONERS
from app.backends.reasoners.abilities import KEY
from app.backends.reasoners.base import sampling_of
from app.core.language import N_
from app.core.roles import Actor
from app.core.stage import stage_of
from app.db.tables import Project

ModelRole = Literal["reasoner", "intervener"]


def set_model(
    session: Session, actor: Actor, project_id: int, role: ModelRole, model: dict[str, Any]
) -> None:
    """Have `model`, a registry entry's name with its settings, write or propose. For leads.

    Raises Invalid where it can't.
    """
    actor.require("lead", N_("change the project"))
    before = getattr(get(session, Project, project_id), role)
    kept = {name: before[name] for name in (KEY,) if name in before}
    config = (before if _same(before, model) else kept) | model
    if role == "reasoner":
        REASONERS.make(config["name"], config)
        sampling_of(config)
        stage_of(config)
    else:
        INTERVENERS.make(config["name"], config)
    change_project(session, actor, project_id, ProjectChange(**{role: config}))


def _same(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether settings of the same entry are changed: what no form shows then stays.

    Not where a model is named, whose form shows all: there an empty field means its default.
    """
    return bool(old["name"] == new["name"] and "model" not in new)
