"""People, for administrators: accounts, who may come in, and removing somebody."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.accounts import create_user
from app.actions.administer import set_active
from app.actions.remove_person import Removal, removal_of, remove_person
from app.core.errors import NotFound
from app.core.language import _
from app.core.model import Frozen
from app.web.api.deps import Admin, Id
from app.web.api.etags import IfMatch, IfNoneMatch, shown
from app.web.api.paging import Page, Paged
from app.web.api.sent import NOT_BLANK, Sent
from app.web.api.views.access import PersonView, person_view
from app.web.deps import Db
from app.web.security import API
from app.web.views.people import people_view

router = APIRouter(prefix="/people", tags=["people"])
_ONE = "/{user_id}"
Name = Field(min_length=1, max_length=80, pattern=NOT_BLANK, examples=["ana"])


class NewPerson(Frozen):
    """An account to make. It has no password: an administrator hands out the first way in."""

    name: str = Name


class ChangedPerson(Frozen):
    """Whether somebody may come in."""

    active: bool = Field(examples=[False])


class RemovedPerson(Frozen):
    """The name of whom to remove, given once more to be sure."""

    name: str = Name


def person_there(session: Db, _admin: Admin, user_id: Id) -> PersonView:
    """The person of the address. Raises NotFound, for service accounts too."""
    return _person(session, user_id)


ThisPerson = Annotated[PersonView, Depends(person_there)]


@router.get("")
def list_people(session: Db, _admin: Admin, paging: Paged) -> Page[PersonView]:
    """Everybody with an account. For administrators."""
    lines = sorted(people_view(session).people, key=lambda line: line.id)
    rows, following = paging.some(lines, lambda line: line.id)
    return Page(items=tuple(map(person_view, rows)), next=following)


@router.post("", status_code=201, response_model=PersonView)
def create_person(session: Db, actor: Admin, new: Sent[NewPerson]) -> Response:
    """Make an account. For administrators."""
    made = create_user(session, actor, new.name, None)
    return shown(_person(session, made.id), 201, f"{API}/people/{made.id}")


@router.get(_ONE, response_model=PersonView)
def get_person(person: ThisPerson, condition: IfNoneMatch) -> Response:
    """One account. For administrators."""
    return condition.show(person)


@router.patch(_ONE, response_model=PersonView)
def change_person(
    session: Db, actor: Admin, person: ThisPerson, change: Sent[ChangedPerson], match: IfMatch
) -> Response:
    """Let somebody in, or no longer: their sessions and tokens end. For administrators."""
    match.check(lambda: person)
    set_active(session, actor, person.id, change.active)
    session.flush()
    return shown(_person(session, person.id))


@router.get(f"{_ONE}/removal", response_model=Removal)
def get_removal(session: Db, actor: Admin, person: ThisPerson, condition: IfNoneMatch) -> Response:
    """What removing somebody would do. For administrators."""
    return condition.show(removal_of(session, actor, person.id))


@router.post(f"{_ONE}/removal")
def remove_person_(
    session: Db, actor: Admin, person: ThisPerson, sure: Sent[RemovedPerson]
) -> Removal:
    """Remove somebody for good: their name goes everywhere, what they did stays. For
    administrators."""
    return remove_person(session, actor, person.id, sure.name)


def _person(session: Session, user_id: int) -> PersonView:
    for line in people_view(session).people:
        if line.id == user_id:
            return person_view(line)
    raise NotFound(_("There is no such person."))
