"""Members of a project and their roles."""

from fastapi import APIRouter
from sqlalchemy import select

from app.actions.accounts import set_role
from app.core.model import Frozen
from app.core.roles import Role
from app.db.tables import Membership, User
from app.web.api.deps import Here, Id
from app.web.api.paging import Page, Paged
from app.web.api.sent import Sent
from app.web.api.views.people import MemberView
from app.web.deps import Db

router = APIRouter(prefix="/projects/{slug}/members", tags=["members"])
_ONE = "/{user_id}"


class NewRole(Frozen):
    """What a member is in the project."""

    role: Role


@router.get("")
def list_members(session: Db, here: Here, paging: Paged) -> Page[MemberView]:
    """The members of a project, service accounts too."""
    found = select(Membership).where(Membership.project_id == here.project.id)
    rows, following = paging.rows(session, found, Membership.user_id)
    people = select(User.id, User.name).where(User.id.in_([row.user_id for row in rows]))
    names = {person.id: person.name for person in session.execute(people)}
    items = (MemberView(id=row.user_id, name=names[row.user_id], role=row.role) for row in rows)
    return Page(items=tuple(items), next=following)


@router.put(_ONE)
def set_role_(session: Db, here: Here, user_id: Id, new: Sent[NewRole]) -> MemberView:
    """Give an account a role. For leads."""
    set_role(session, here.actor, here.project.id, user_id, new.role)
    return MemberView(id=user_id, name=session.get_one(User, user_id).name, role=new.role)


@router.delete(_ONE, status_code=204)
def remove_member(session: Db, here: Here, user_id: Id) -> None:
    """Take an account's role away. For leads."""
    set_role(session, here.actor, here.project.id, user_id, None)
