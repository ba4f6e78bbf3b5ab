"""Who gets which work in a project, as leads see and set it."""

from sqlalchemy.orm import Session

from app.actions.rule_words import about, limits_told, rule_names, whom
from app.core.model import Frozen
from app.db.queries.assignees import (
    assignees,
    groups_of,
    knowledge_of,
    members_by_group,
    rules_of,
    waiting_by_hand,
)
from app.db.queries.people import members_of
from app.db.queries.queue import languages_of, sources_of


class GroupLine(Frozen):
    """A group and who is in it."""

    id: int
    name: str
    members: tuple[int, ...]


class MemberLine(Frozen):
    """A member and what they know, as a form takes it; `away` who can't come for work now."""

    id: int
    name: str
    away: bool
    skills: str
    languages: str


class RuleLine(Frozen):
    """A rule in words."""

    id: int
    about: str
    whom: str
    exclusive: bool
    limits: str


class HandLine(Frozen):
    """To whom traces that wait were given by hand; `away` says that they can't come for them."""

    to: str
    name: str
    many: int
    away: bool


class AssigningView(Frozen):
    """`choices` are to whom a rule can give, `skills` those that members have."""

    groups: tuple[GroupLine, ...]
    members: tuple[MemberLine, ...]
    rules: tuple[RuleLine, ...]
    by_hand: tuple[HandLine, ...]
    choices: tuple[tuple[str, str], ...]
    skills: tuple[str, ...]
    sources: tuple[str, ...]
    languages: tuple[str, ...]


def assigning_view(session: Session, project_id: int) -> AssigningView:
    """All of it."""
    known, inside = knowledge_of(session, project_id), members_by_group(session, project_id)
    people, names = members_of(session, project_id), rule_names(session, project_id)
    choices = assignees(session, project_id)
    able = {to for to, _name in choices}
    return AssigningView(
        groups=tuple(
            GroupLine(id=group.id, name=group.name, members=tuple(inside.get(group.id, ())))
            for group in groups_of(session, project_id)
        ),
        members=tuple(
            MemberLine(
                id=user.id,
                name=user.name,
                away=f"person:{user.id}" not in able,
                skills=", ".join(known.get(user.id, {}).get("skill", ())),
                languages=", ".join(known.get(user.id, {}).get("language", ())),
            )
            for user, _role in people
        ),
        rules=tuple(
            RuleLine(
                id=rule.id,
                about=about(rule),
                whom=whom(rule, names),
                exclusive=rule.exclusive,
                limits=limits_told(rule),
            )
            for rule in rules_of(session, project_id)
        ),
        by_hand=tuple(
            HandLine(to=to, name=name, many=many, away=to not in able)
            for to, name, many in waiting_by_hand(session, project_id)
        ),
        choices=choices,
        skills=tuple(sorted({word for each in known.values() for word in each["skill"]})),
        sources=tuple(sources_of(session, [project_id])),
        languages=tuple(languages_of(session, project_id)),
    )
