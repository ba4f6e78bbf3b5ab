"""A project's models: who writes, who proposes hints, and their keys, which nobody is shown."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.find_abilities import find_abilities
from app.actions.secrets import store_secret
from app.actions.set_model import ModelRole, set_model
from app.backends.reasoners.abilities import Abilities
from app.core.model import Frozen
from app.web.api.deps import HereApart, LeadHere
from app.web.api.etags import IfMatch, IfNoneMatch, shown
from app.web.api.sent import NOT_BLANK, Sent
from app.web.api.views.models import ModelSettings, ModelView, config_of, model_view
from app.web.deps import Db, Place, WebPorts

router = APIRouter(prefix="/projects/{slug}/models", tags=["models"])
Which = Annotated[ModelRole, Path(examples=["reasoner"])]


class NewKey(Frozen):
    """The key of a model server. It goes in and never comes out."""

    value: str = Field(min_length=1, max_length=10_000, pattern=NOT_BLANK, examples=["sk-…"])


@router.get("/{model}", response_model=ModelView)
def get_model(session: Db, here: LeadHere, model: Which, condition: IfNoneMatch) -> Response:
    """The Reasoner or the Intervener of a project. For leads."""
    return condition.show(model_view(session, here.project, model))


@router.put("/{model}", response_model=ModelView)
def set_model_(
    session: Db, here: LeadHere, model: Which, settings: Sent[ModelSettings], match: IfMatch
) -> Response:
    """Name another, or set it otherwise; a key stays with the address that it was for. For leads.

    What is left out has its default.
    """
    match.check(lambda: model_view(session, here.project, model))
    set_model(session, here.actor, here.project.id, model, config_of(settings))
    return _shown(session, here, model)


@router.put("/{model}/key", response_model=ModelView)
def set_key(session: Db, here: LeadHere, model: Which, key: Sent[NewKey]) -> Response:
    """Store a key, encrypted, for the worker that calls the model alone. For leads."""
    store_secret(session, here.actor, here.project.id, model, key.value.strip())
    return _shown(session, here, model)


@router.delete("/{model}/key", status_code=204)
def delete_key(session: Db, here: LeadHere, model: Which) -> None:
    """Forget a key. For leads."""
    store_secret(session, here.actor, here.project.id, model, "")


@router.post("/reasoner/abilities")
def find_abilities_(ports: WebPorts, here: HereApart) -> Abilities:
    """Ask the Reasoner's server what it can do, and set the way that works. For leads."""
    return find_abilities(ports, here.actor, here.project.id)


def _shown(session: Session, here: Place, model: ModelRole) -> Response:
    session.flush()
    return shown(model_view(session, here.project, model))
