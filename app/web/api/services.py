"""A project's service accounts and their tokens, for leads."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.services import (
    create_service,
    create_service_token,
    remove_service,
    revoke_service_token,
)
from app.actions.tokens import LONGEST_DAYS
from app.core.errors import NotFound
from app.core.language import _
from app.core.model import Frozen
from app.core.roles import Role, Scope
from app.web.api.deps import Id, LeadHere
from app.web.api.etags import shown, shown_once
from app.web.api.paging import Page, Paged
from app.web.api.sent import NOT_BLANK, Sent
from app.web.api.views.access import (
    FreshToken,
    ServiceView,
    TokenView,
    fresh_token,
    service_view,
    token_view,
)
from app.web.deps import Db, Place
from app.web.views.tokens import ServiceLine, services_view

router = APIRouter(prefix="/projects/{slug}/services", tags=["services"])
_ONE = "/{service_id}"


class NewService(Frozen):
    """An account for programs; the project's slug is put before its name."""

    name: str = Field(min_length=1, max_length=79, pattern=NOT_BLANK, examples=["nightly"])
    role: Role


class NewToken(Frozen):
    """A token to make, for so many days; it reads in any case."""

    name: str = Field(min_length=1, max_length=80, pattern=NOT_BLANK, examples=["ci"])
    scopes: tuple[Scope, ...] = Field((), examples=[["read", "annotate"]])
    days: int = Field(ge=1, le=LONGEST_DAYS, examples=[30])


def service_here(session: Db, here: LeadHere, service_id: Id) -> ServiceLine:
    """The account of the address. Raises NotFound for one of another project."""
    return _service(session, here, service_id)


ThisService = Annotated[ServiceLine, Depends(service_here)]


@router.get("")
def list_services(session: Db, here: LeadHere, paging: Paged) -> Page[ServiceView]:
    """The service accounts of a project. For leads."""
    lines = sorted(services_view(session, here.project.id).services, key=lambda line: line.id)
    rows, following = paging.some(lines, lambda line: line.id)
    return Page(items=tuple(map(service_view, rows)), next=following)


@router.post("", status_code=201, response_model=ServiceView)
def create_service_(session: Db, here: LeadHere, new: Sent[NewService]) -> Response:
    """Make an account for programs. For leads."""
    made = create_service(session, here.actor, here.project.id, new.name, new.role)
    session.flush()
    return shown(service_view(_service(session, here, made.id)), 201)


@router.delete(_ONE, status_code=204)
def remove_service_(session: Db, here: LeadHere, service_id: Id) -> None:
    """End an account and its tokens; what it did stays. For leads."""
    remove_service(session, here.actor, here.project.id, service_id)


@router.get(f"{_ONE}/tokens")
def list_service_tokens(service: ThisService, paging: Paged) -> Page[TokenView]:
    """The tokens of an account that were not revoked, the newest first. For leads."""
    rows, following = paging.some(service.tokens, lambda line: line.id, falling=True)
    return Page(items=tuple(map(token_view, rows)), next=following)


@router.post(f"{_ONE}/tokens", status_code=201, response_model=FreshToken)
def create_service_token_(
    session: Db, here: LeadHere, service: ThisService, new: Sent[NewToken]
) -> Response:
    """Make a token of an account, which reaches no further than the caller's own. For leads."""
    place = (here.project.id, service.id)
    clear = create_service_token(session, here.actor, *place, new.name, new.scopes, new.days)
    session.flush()
    return shown_once(fresh_token(_service(session, here, service.id).tokens[0], clear))


@router.delete(f"{_ONE}/tokens/{{token_id}}", status_code=204)
def revoke_service_token_(session: Db, here: LeadHere, service_id: Id, token_id: Id) -> None:
    """End a token of an account. For leads."""
    revoke_service_token(session, here.actor, here.project.id, service_id, token_id)


def _service(session: Session, here: Place, service_id: int) -> ServiceLine:
    for line in services_view(session, here.project.id).services:
        if line.id == service_id:
            return line
    raise NotFound(_("There is no such service account."))
