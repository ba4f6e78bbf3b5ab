"""What a project's members know: skills, which a lead sets, and languages, which they may say."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.actions.record import from_to, record
from app.core.errors import Invalid, NotFound
from app.core.language import N_, _
from app.core.roles import Actor
from app.core.tongue import tag_of
from app.db.tables import Knowledge, Known, Membership

MAX_KNOWN = 30


def set_knowledge(
    session: Session,
    actor: Actor,
    project_id: int,
    user_id: int,
    kind: Known,
    words: Iterable[str],
) -> None:
    """Say which skills or languages a member has. For leads; one's own languages for annotators.

    Raises Invalid for a language that has no tag, NotFound for who is no member.
    """
    own = kind == "language" and user_id == actor.id
    actor.require("annotator" if own else "lead", N_("say what members know"))
    if not lock_member(session, project_id, user_id):
        raise NotFound(_("There is no such member in this project."))
    wanted = {_value(kind, word) for word in words if word.strip()}
    if len(wanted) > MAX_KNOWN:
        raise Invalid(_("That is more than %(most)s.", most=MAX_KNOWN))
    theirs = (
        Knowledge.project_id == project_id,
        Knowledge.user_id == user_id,
        Knowledge.kind == kind,
    )
    before = sorted(session.scalars(select(Knowledge.value).where(*theirs)))
    if before == sorted(wanted):
        return
    session.execute(delete(Knowledge).where(*theirs))
    place = {"project_id": project_id, "user_id": user_id, "kind": kind}
    session.add_all(Knowledge(**place, value=value) for value in sorted(wanted))
    told = from_to({f"{kind}s": before}, {f"{kind}s": sorted(wanted)})
    record(session, actor, "set_knowledge", f"user:{user_id}", project_id=project_id, **told)


def lock_member(session: Session, project_id: int, user_id: int) -> bool:
    """Hold what a member knows until this transaction ends; whether there is such a member."""
    member = (Membership.project_id == project_id, Membership.user_id == user_id)
    found = select(Membership.id).where(*member).with_for_update(key_share=True)
    return session.scalar(found) is not None


def _value(kind: Known, word: str) -> str:
    value = " ".join(word.split()) if kind == "skill" else tag_of(word)
    if not value or len(value) > 60:
        raise Invalid(
            _(
                "“%(word)s” can’t be read: a skill has at most 60 characters, a language a tag "
                "like zh.",
                word=word.strip()[:60],
            )
        )
    return value
