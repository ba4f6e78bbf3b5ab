"""A deed on many traces: what it would do, and how far it is."""

from sqlalchemy.orm import Session

from app.actions.bulk import may_stop, outlook
from app.core.bulk import NEEDS, WITH_REASON, BulkDeed
from app.core.language import N_, ngettext, translated
from app.core.model import Frozen
from app.core.roles import Actor
from app.db.queries.assignees import assignees, name_of
from app.db.queries.bulk import count_chosen
from app.db.tables import Bulk, Job

TITLES: dict[BulkDeed, str] = {
    "look": N_("Ask the Intervener again"),
    "sample": N_("Write another trace of the problem"),
    "reopen": N_("Send back to the queue"),
    "discard": N_("Discard"),
    "release": N_("Release the claims"),
    "assign": N_("Assign to somebody"),
    "take_back": N_("Take back from whom it was assigned to"),
}


def deeds_of(actor: Actor) -> tuple[tuple[BulkDeed, str], ...]:
    """What this person may do to many traces."""
    return tuple((deed, title) for deed, title in TITLES.items() if actor.may(NEEDS[deed]))


class BulkView(Frozen):
    """`state` is planned, or its job's. `will` says in a sentence what is done to how many.

    `left_out` are the reasons, each with how many traces it leaves out. `assignees` are to whom
    traces can be assigned, `to` whom they are.
    """

    id: int
    title: str
    state: str
    mine: bool
    may_stop: bool
    will: str
    many: int
    chosen: int
    looked_at: int
    left_out: tuple[tuple[str, int], ...]
    needs_reason: bool
    assignees: tuple[tuple[str, str], ...]
    to: str
    reason: str
    batch: int | None
    undone_by: str
    error: str


def bulk_view(session: Session, bulk: Bulk, actor: Actor) -> BulkView:
    """The plan as it stands now, or what was done of it."""
    job = session.get(Job, bulk.job_id) if bulk.job_id else None
    if job is None:
        ahead = outlook(session, bulk)
        many, left_out = ahead.done, ahead.left_out
    else:
        many, left_out = bulk.done, tuple(bulk.left_out.items())
    return BulkView(
        id=bulk.id,
        title=translated(TITLES[bulk.deed]),
        state=job.state if job else "planned",
        mine=bulk.user_id == actor.id,
        may_stop=may_stop(bulk, actor),
        will=_will(bulk.deed, many) if job is None else _did(bulk.deed, many),
        many=many,
        chosen=count_chosen(session, bulk.id),
        looked_at=bulk.looked_at,
        left_out=tuple((translated(why), n) for why, n in left_out),
        needs_reason=bulk.deed in WITH_REASON,
        assignees=assignees(session, bulk.project_id) if bulk.deed == "assign" else (),
        to=name_of(session, bulk.assignee),
        reason=bulk.reason,
        batch=bulk.batch_id,
        undone_by=translated(_UNDONE_BY[bulk.deed]),
        error=job.error if job else "",
    )


_UNDONE_BY: dict[BulkDeed, str] = {
    "look": N_("Nothing that was decided changes by it. They are a batch, which can be stopped."),
    "sample": N_("They are a batch, which can be stopped."),
    "reopen": N_("A new verdict can be given at any time; the old one stays in the history."),
    "discard": N_("Each can be undone on its page, or sent back to the queue with others."),
    "release": N_("Whoever held a trace can claim it again."),
    "assign": N_("They can be taken back, or assigned to somebody else. Who holds one keeps it."),
    "take_back": N_("They can be assigned again."),
}


def _will(deed: BulkDeed, many: int) -> str:
    """In whole sentences, because languages count differently."""
    if deed == "look":
        return ngettext(
            "The Intervener will look at %(num)s trace again.",
            "The Intervener will look at %(num)s traces again.",
            many,
        )
    if deed == "sample":
        return ngettext(
            "The Reasoner will write %(num)s new trace.",
            "The Reasoner will write %(num)s new traces, one for each problem.",
            many,
        )
    if deed == "reopen":
        return ngettext(
            "The verdict of %(num)s trace will be withdrawn.",
            "The verdicts of %(num)s traces will be withdrawn.",
            many,
        )
    if deed == "discard":
        return ngettext(
            "%(num)s trace will be discarded.", "%(num)s traces will be discarded.", many
        )
    if deed == "assign":
        return ngettext("%(num)s trace will be assigned.", "%(num)s traces will be assigned.", many)
    return ngettext(
        "%(num)s trace will be free for others.", "%(num)s traces will be free for others.", many
    )


def _did(deed: BulkDeed, many: int) -> str:
    if deed == "look":
        return ngettext(
            "%(num)s trace waits for the Intervener.",
            "%(num)s traces wait for the Intervener.",
            many,
        )
    if deed == "sample":
        return ngettext("%(num)s new trace was begun.", "%(num)s new traces were begun.", many)
    if deed == "reopen":
        return ngettext(
            "%(num)s trace is back in the queue.", "%(num)s traces are back in the queue.", many
        )
    if deed == "discard":
        return ngettext("%(num)s trace is discarded.", "%(num)s traces are discarded.", many)
    if deed == "assign":
        return ngettext("%(num)s trace is assigned.", "%(num)s traces are assigned.", many)
    return ngettext("%(num)s trace is free.", "%(num)s traces are free.", many)
