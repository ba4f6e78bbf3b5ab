"""A rule that gives work, in words: to whom, about what, and how much of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.language import N_, _
from app.db.tables import Group, Rule, User

_LIMITS = (N_("%(num)s at a time"), N_("%(num)s a day"), N_("%(num)s in all"))


def you(rule: Rule, names: dict[str, str]) -> str:
    """What makes it a rule for who reads this."""
    if rule.user_id:
        return _("a rule for you")
    if rule.group_id:
        return _("your group %(group)s", group=names.get(f"group:{rule.group_id}", ""))
    return _("your skill %(skill)s", skill=rule.skill) if rule.skill else _("a language you know")


def whom(rule: Rule, names: dict[str, str]) -> str:
    """To whom a rule gives work."""
    if rule.user_id:
        return names.get(f"person:{rule.user_id}", "")
    if rule.group_id:
        return _("the group %(group)s", group=names.get(f"group:{rule.group_id}", ""))
    return _("the skill %(skill)s", skill=rule.skill) if rule.skill else _("who knows its language")


def about(rule: Rule) -> str:
    """Which problems a rule is about."""
    told = [_("benchmark %(source)s", source=rule.source)] if rule.source else []
    told += [_("language %(tag)s", tag=rule.language)] if rule.language else []
    return ", ".join(told) or _("every problem")


def limits_told(rule: Rule) -> str:
    """How much of it each person may have; "" for as much as there is."""
    limits = zip(_LIMITS, rule.limits, strict=True)
    return ", ".join(_(words, num=most) for words, most in limits if most)


def limit_words(rule: Rule) -> str:
    """The same with what it is of."""
    return f"{limits_told(rule)} ({about(rule)})"


def rule_names(session: Session, project_id: int) -> dict[str, str]:
    """What the people and groups that rules of a project name are called."""
    ours = Rule.project_id == project_id
    people = select(User.id, User.name).join(Rule, Rule.user_id == User.id).where(ours)
    groups = select(Group.id, Group.name).where(Group.project_id == project_id)
    found = {f"person:{key}": name for key, name in session.execute(people)}
    return found | {f"group:{key}": name for key, name in session.execute(groups)}
