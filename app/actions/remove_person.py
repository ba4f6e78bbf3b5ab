"""Removing a person: their name goes everywhere, what they did stays, and the chain still verifies.

Promises: afterwards no table holds the name, but in what people wrote as free text; decisions keep
the person's number, so that counts and agreement stay as they are; an active administrator is
always left, and nobody removes themselves. Done again, it replaces what a page that was open then
wrote since.

What goes is what the schema says goes with an account (`ondelete`): sessions, memberships, what
they chose, their time. A table that is added later is covered by what it says itself.
"""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import Field
from sqlalchemy import Column, Table, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.actions.accounts import TAKEN, person_of, require_admin
from app.actions.administer import keep_another
from app.actions.assign import leave
from app.actions.facts import ACTIVE
from app.actions.record import from_to, get, record
from app.actions.save_proposals import key_of
from app.core.chain import ERASES_NAME, removed_name
from app.core.errors import Invalid, Refused
from app.core.language import N_, _
from app.core.mentions import renamed_in
from app.core.model import Frozen
from app.core.proposal import Proposal
from app.core.roles import Actor
from app.db.tables import (
    Base,
    Bulk,
    Claim,
    Comment,
    Event,
    ImportedAnnotation,
    Invitation,
    Job,
    Judgement,
    KeptAnswer,
    Login,
    Membership,
    Project,
    ProposalRow,
    Trace,
    User,
    Verdict,
)

_ACTORS, _NAMES = ("actor", "sampled"), "actor_name"
_KEPT = ("id", "name", "active", "created_at")


class Removal(Frozen):
    """What removing a person does, to be told before it is done."""

    name: str = Field(examples=["ana"])
    becomes: str = Field(examples=["removed person 3"])
    events: int
    decisions: int
    sessions: int
    projects: int
    claims: int


def removal_of(session: Session, actor: Actor, user_id: int) -> Removal:
    """What it would do now. For administrators. Raises Refused where it can't be done."""
    require_admin(actor, N_("remove people"))
    user = person_of(session, user_id)
    if actor.id == user_id:
        raise Refused(_("You can't remove yourself: ask another administrator."))
    keep_another(session, user)
    counts = (Judgement.user_id, Verdict.user_id, Login.user_id, Membership.user_id)
    judged, gave, sessions, projects = (_count(session, each, user_id) for each in counts)
    held = select(func.count()).where(Claim.user_id == user_id, Claim.done_at.is_(None))
    return Removal(
        name=user.name,
        becomes=removed_name(user_id),
        events=_count(session, Event.actor["id"].as_integer(), user_id),
        decisions=judged + gave,
        sessions=sessions,
        projects=projects,
        claims=session.scalar(held) or 0,
    )


def remove_person(session: Session, actor: Actor, user_id: int, name: str) -> Removal:
    """Do it; `name` is the person's, given once more. Raises Invalid where it is another."""
    done = removal_of(session, actor, user_id)
    if name.strip() != done.name:
        raise Invalid(_("Give the name of the person exactly, to be sure."))
    user, names = get(session, User, user_id), _names(session, user_id)
    told = from_to({"active": user.active, "admin": user.admin}, {"active": False, "admin": False})
    _end_work(session, actor, user_id)
    _forget_invitations(session, user)
    _forget_annotator(session, user)
    _forget_account(session, user)
    for table in Base.metadata.sorted_tables:
        _forget_rows(session, table, user_id)
        _forget_names(session, table, user_id, names)
    _forget_proposals(session, user_id, names)
    _forget_mentions(session, user_id, names)
    _forget_answers(session, user_id, names)
    record(session, actor, ERASES_NAME, f"user:{user_id}", **told)
    return done


def _count(session: Session, column: Any, user_id: int) -> int:
    return session.scalar(select(func.count()).where(column == user_id)) or 0


def _names(session: Session, user_id: int) -> set[str]:
    """Every name that the person ever did something under, and nobody else has now."""
    signed = select(Event.actor["name"].as_string())
    mine = session.scalars(signed.where(Event.actor["id"].as_integer() == user_id).distinct())
    names = {get(session, User, user_id).name, *mine}
    return names - set(session.scalars(select(User.name).where(User.id != user_id))) - TAKEN


def _end_work(session: Session, actor: Actor, user_id: int) -> None:
    """Free what is theirs to do, and stop what a worker does in their name."""
    for project_id in session.scalars(select(Project.id)).all():
        leave(session, actor, project_id, user_id)
    theirs = (Claim.user_id == user_id, Claim.done_at.is_(None))
    # Before the claims, as all do (`app.actions.claims`).
    traces = select(Trace.id).where(Trace.id.in_(select(Claim.trace_id).where(*theirs)))
    session.execute(traces.order_by(Trace.id).with_for_update(key_share=True))
    session.execute(update(Claim).where(*theirs).values(user_id=None, until=None))
    jobs = select(Bulk.job_id).where(Bulk.user_id == user_id)
    stopped = update(Job).where(Job.id.in_(jobs), Job.state.in_(ACTIVE))
    session.execute(stopped.values(state="cancelled", lease=None))


def _forget_invitations(session: Session, user: User) -> None:
    """The mail address that they were invited at."""
    theirs = Invitation.used_by_id == user.id
    if user.email:
        theirs = or_(theirs, func.lower(Invitation.email) == user.email.lower())
    session.execute(update(Invitation).where(theirs).values(email=""))


def _forget_annotator(session: Session, user: User) -> None:
    """Their mail address, which other tools name annotators by; their name goes with all others."""
    if user.email:
        theirs = func.lower(ImportedAnnotation.actor_name) == user.email.lower()
        gone = update(ImportedAnnotation).where(theirs)
        session.execute(gone.values(actor_name=removed_name(user.id)))


def _forget_account(session: Session, user: User) -> None:
    """The account as it is without a person: nothing that they chose, no way in."""
    plain: dict[str, Any] = {"name": removed_name(user.id), "active": False}
    for column in User.__table__.columns:
        if column.name in _KEPT:
            continue
        if column.nullable:
            plain[column.name] = None
        elif column.default is not None and column.default.is_scalar:
            plain[column.name] = column.default.arg
    session.execute(update(User).where(User.id == user.id).values(plain))


def _forget_rows(session: Session, table: Table, user_id: int) -> None:
    """What the schema lets go with the account, or lets stay without it."""
    for column, rule in _of_users(table):
        if rule == "CASCADE":
            session.execute(delete(table).where(column == user_id))
        # A slot that they filled stays theirs: their verdict is one of the trace's.
        if rule == "SET NULL" and table is not Claim.__table__:
            session.execute(update(table).where(column == user_id).values({column: None}))


def _of_users(table: Table) -> Iterator[tuple[Column[Any], str | None]]:
    for column in table.columns:
        for key in column.foreign_keys:
            if key.column.table is User.__table__:
                yield column, key.ondelete


def _forget_names(session: Session, table: Table, user_id: int, names: set[str]) -> None:
    for column in (table.c[name] for name in _ACTORS if name in table.c):
        _forget_actor(session, table, column, user_id)
    if _NAMES in table.c:
        column = table.c[_NAMES]
        session.execute(
            update(table).where(column.in_(names)).values({column: removed_name(user_id)})
        )


def _forget_actor(session: Session, table: Table, column: Column[Any], user_id: int) -> None:
    """Who did it, by their number alone; the token that they came with stays in what they did."""
    theirs, by = column["id"].as_integer() == user_id, column["token"].as_integer()
    for token in session.scalars(select(by).where(theirs).distinct()).all():
        nobody = {"kind": "person", "name": removed_name(user_id), "id": user_id}
        values: dict[Any, Any] = {column: nobody | ({"token": token} if token else {})}
        if table is Event.__table__:
            values[table.c.name_salt] = None
        same = theirs & by.is_not_distinct_from(token)
        session.execute(update(table).where(same).values(values))


def _forget_proposals(session: Session, user_id: int, names: set[str]) -> None:
    """Hints name who thought of them, and their keys are hashes of that."""
    rows = session.execute(select(ProposalRow.id, ProposalRow.proposal))
    for key, proposal in rows.all():
        found = _renamed(proposal, names, removed_name(user_id))
        if found != proposal:
            again = key_of(Proposal.model_validate(found))
            changed = update(ProposalRow).where(ProposalRow.id == key)
            session.execute(changed.values(proposal=found, key=again))


def _forget_mentions(session: Session, user_id: int, names: set[str]) -> None:
    """Comments that say @ and the name; the rest of what people wrote is theirs."""
    for name in names:
        said = select(Comment).where(Comment.text.icontains(f"@{name}", autoescape=True))
        for comment in session.scalars(said).all():
            comment.text = renamed_in(comment.text, [name], removed_name(user_id))


def _forget_answers(session: Session, user_id: int, names: set[str]) -> None:
    """What the API answered, and would again for a day: JSON, in which the name is a whole text."""
    nobody = json.dumps(removed_name(user_id), ensure_ascii=False).encode()
    for kept in session.scalars(select(KeptAnswer).where(KeptAnswer.body.is_not(None))):
        for name in names:
            told = json.dumps(name, ensure_ascii=False).encode()
            kept.body = (kept.body or b"").replace(told, nobody)


def _renamed(proposal: dict[str, Any], names: set[str], name: str) -> dict[str, Any]:
    def of(source: dict[str, Any]) -> dict[str, Any]:
        theirs = source["kind"] == "person" and source["name"] in names
        return source | {"name": name} if theirs else source

    notes = {f"selected by {each}": f"selected by {name}" for each in names}
    evidence = [
        each | {"note": notes.get(each.get("note"), each.get("note"))}
        for each in proposal["evidence"]
    ]
    found = proposal | {"source": of(proposal["source"]), "evidence": evidence}
    if "confirmed_by" in proposal:
        found |= {"confirmed_by": [of(each) for each in proposal["confirmed_by"]]}
    return found
