"""Who gets which work in a project: groups, what members know, and rules; for leads."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response
from sqlalchemy.orm import Session

from app.actions.groups import archive_group, create_group, rename_group, set_group_members
from app.actions.knowledge import set_knowledge
from app.actions.rules import NewRule, make_rule, remove_rule
from app.core.assignee import assignee_of
from app.core.language import _
from app.web.deps import Db, LeadHere, Place, Show, Showing
from app.web.views.assigning import assigning_view

router = APIRouter(prefix="/p/{slug}/assignment")
Typed = Annotated[str, Form()]


def rule_of(
    source: Typed = "",
    language: Typed = "",
    to: Typed = "",
    exclusive: Annotated[bool, Form()] = False,
    max_open: Typed = "",
    max_day: Typed = "",
    max_total: Typed = "",
) -> NewRule:
    """The form as a rule; `to` is an assignee, `skill:…`, or empty for who knows the language."""
    kind, _colon, skill = to.partition(":")
    limits = {"max_open": max_open, "max_day": max_day, "max_total": max_total}
    return NewRule.model_validate(
        {
            "source": source,
            "language": language,
            "to": assignee_of(to) if to and kind != "skill" else None,
            "skill": skill if kind == "skill" else "",
            "exclusive": exclusive,
            **{name: each for name, each in limits.items() if each.strip()},
        }
    )


@router.get("")
def assignment(show: Showing, session: Db, here: LeadHere) -> Response:
    """All of it."""
    return show.page("assignment", here, view=assigning_view(session, here.project.id))


@router.post("/groups")
def add_group(show: Showing, session: Db, here: LeadHere, name: Typed = "") -> Response:
    """Make a group."""
    create_group(session, here.actor, here.project.id, name)
    return _changed(show, session, here, _("Saved."))


@router.post("/groups/{group_id}")
def change_group(
    show: Showing,
    session: Db,
    here: LeadHere,
    group_id: int,
    name: Typed = "",
    members: Annotated[tuple[int, ...], Form()] = (),
) -> Response:
    """Give a group its name and its members."""
    rename_group(session, here.actor, here.project.id, group_id, name)
    set_group_members(session, here.actor, here.project.id, group_id, members)
    return _changed(show, session, here, _("Saved."))


@router.post("/groups/{group_id}/archive")
def end_group(show: Showing, session: Db, here: LeadHere, group_id: int) -> Response:
    """Give a group no more work."""
    archive_group(session, here.actor, here.project.id, group_id)
    return _changed(show, session, here, _("Archived."))


@router.post("/members/{user_id}")
def change_knowledge(
    show: Showing,
    session: Db,
    here: LeadHere,
    user_id: int,
    skills: Typed = "",
    languages: Typed = "",
) -> Response:
    """Say what a member knows."""
    place = (here.actor, here.project.id, user_id)
    set_knowledge(session, *place, "skill", skills.split(","))
    set_knowledge(session, *place, "language", languages.split(","))
    return _changed(show, session, here, _("Saved."))


@router.post("/rules")
def add_rule(
    show: Showing, session: Db, here: LeadHere, new: Annotated[NewRule, Depends(rule_of)]
) -> Response:
    """Make a rule."""
    make_rule(session, here.actor, here.project.id, new)
    return _changed(show, session, here, _("The rule holds from now on."))


@router.post("/rules/{rule_id}/remove")
def end_rule_(show: Showing, session: Db, here: LeadHere, rule_id: int) -> Response:
    """Take a rule away."""
    remove_rule(session, here.actor, here.project.id, rule_id)
    return _changed(show, session, here, _("Removed."))


def _changed(show: Show, session: Session, here: Place, said: str) -> Response:
    session.flush()
    view = assigning_view(session, here.project.id)
    return show.changed("assignment", here.url("/assignment"), here, said, view=view)
