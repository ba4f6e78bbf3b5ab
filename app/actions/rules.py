"""Rules of a project that say to whom traces go, and who has reached the limit of one.

Promises: a rule is made and removed, never changed: what it said stands in the history. Limits are
counted of what a person holds and of their verdicts that stand, so nothing has to be kept right.
"""

from typing import Annotated

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.assign import check_assignee, end_rule, rule_told
from app.actions.record import from_to, record
from app.core.assignee import Assignee
from app.core.errors import Invalid, NotFound
from app.core.language import N_, _
from app.core.model import Frozen
from app.core.roles import Actor
from app.core.tongue import tag_of
from app.db.queries.assigning import judged_under_rules, open_under_rules
from app.db.tables import Rule

Limit = Annotated[int | None, Field(ge=1, le=100_000)]
MAX_RULES = 100
_DEED = N_("make rules")


class NewRule(Frozen):
    """What a rule says (`app.db.tables.Rule`): to whom is a person or group, a skill, or neither.

    With neither, traces go to who knows the language of the problem.
    """

    source: str = Field("", max_length=200)
    language: str = Field("", max_length=20)
    to: Assignee | None = None
    skill: str = Field("", max_length=60)
    exclusive: bool = True
    max_open: Limit = None
    max_day: Limit = None
    max_total: Limit = None


def make_rule(session: Session, actor: Actor, project_id: int, new: NewRule) -> Rule:
    """A rule, which holds from now on for all traces that wait. For leads. Raises Invalid."""
    actor.require("lead", _DEED)
    if new.to and new.skill.strip():
        raise Invalid(_("A rule gives to a person or a group, or to a skill, not to both."))
    language = tag_of(new.language)
    if new.language.strip() and not language:
        raise Invalid(_("There is no language %(tag)s here.", tag=new.language.strip()))
    if new.to:
        check_assignee(session, project_id, new.to)
    many = select(func.count()).where(Rule.project_id == project_id)
    if (session.scalar(many) or 0) >= MAX_RULES:
        raise Invalid(_("A project has at most %(most)s rules.", most=MAX_RULES))
    said = new.model_dump(include={"exclusive", "max_open", "max_day", "max_total"})
    said |= {"source": new.source.strip(), "skill": new.skill.strip(), "language": language}
    rule = Rule(project_id=project_id, **said, **(new.to.columns if new.to else {}))
    session.add(rule)
    session.flush()
    told = from_to({}, rule_told(rule))
    record(session, actor, "make_rule", f"rule:{rule.id}", project_id=project_id, **told)
    return rule


def remove_rule(session: Session, actor: Actor, project_id: int, rule_id: int) -> None:
    """Take a rule away. For leads. Raises NotFound."""
    actor.require("lead", _DEED)
    end_rule(session, actor, rule_in(session, project_id, rule_id))


def rule_in(session: Session, project_id: int, rule_id: int) -> Rule:
    """A rule of the project. Raises NotFound."""
    rule = session.get(Rule, rule_id)
    if rule is None or rule.project_id != project_id:
        raise NotFound(_("There is no such rule in this project."))
    return rule


def spent_rules(session: Session, project_id: int, user_id: int | None) -> tuple[int, ...]:
    """The rules of a project of which a person has reached a limit.

    Whoever hands out work holds the person's claims one by one meanwhile.
    """
    limited = func.coalesce(Rule.max_open, Rule.max_day, Rule.max_total).is_not(None)
    rules = session.scalars(select(Rule).where(Rule.project_id == project_id, limited)).all()
    if not rules or user_id is None:
        return ()
    held = {row[0]: row[1] for row in session.execute(open_under_rules(user_id))}
    judged = {row[0]: (row[1], row[2]) for row in session.execute(judged_under_rules(user_id))}
    counts = ((rule, held.get(rule.id, 0), *judged.get(rule.id, (0, 0))) for rule in rules)
    return tuple(each[0].id for each in counts if _spent(*each))


def _spent(rule: Rule, held: int, today: int, ever: int) -> bool:
    """What is held counts as begun: whoever holds the last one gets no other."""
    counts = (held, today + held, ever + held)
    pairs = zip(rule.limits, counts, strict=True)
    return any(most is not None and count >= most for most, count in pairs)
