"""A person's guided first trace: begun, gone on with, put away; kept for them and nobody else."""

from sqlalchemy import case, exists, select
from sqlalchemy.orm import Session

from app.actions.claims import claim_next, claim_trace
from app.actions.preferences import preference_of, stored_preference
from app.core.guide import READ, Guide, GuideStep
from app.core.language import N_
from app.core.roles import Actor
from app.db.tables import Claim, ProposalRow, Trace
from app.db.types import now


def guide_of(session: Session, user_id: int) -> Guide:
    """Where a person left their guide."""
    return Guide.model_validate(preference_of(session, user_id).guide or {})


def begin_guide(session: Session, actor: Actor) -> None:
    """Begin from the first step, also for the second time."""
    actor.require("annotator", N_("annotate"))
    _keep(session, actor, Guide(state="on", begun=now()))


def pass_step(session: Session, actor: Actor, step: GuideStep) -> None:
    """Go on from a step that is passed by reading; nothing for any other."""
    actor.require("annotator", N_("annotate"))
    guide = guide_of(session, actor.id or 0)
    if step in READ and step not in guide.read:
        change = {"state": "on", "read": (*guide.read, step), "begun": guide.begun or now()}
        _keep(session, actor, guide.model_copy(update=change))


def put_guide_away(session: Session, actor: Actor) -> None:
    """Show it no more, until it is begun again."""
    actor.require("annotator", N_("annotate"))
    guide = guide_of(session, actor.id or 0)
    _keep(session, actor, guide.model_copy(update={"state": "put away"}))


def first_trace(session: Session, actor: Actor, project_id: int) -> int | None:
    """Claim a trace to be guided through: one with a hint whose continuation was recorded, else one
    with any hint, else the next; None where nothing waits."""
    recorded = ProposalRow.proposal["source"]["kind"].as_string() == "recording"
    held = exists().where(
        Claim.trace_id == Trace.id, Claim.until > now(), Claim.user_id != actor.id
    )
    query = (
        select(Trace.id)
        .join(ProposalRow, ProposalRow.trace_id == Trace.id)
        .where(Trace.project_id == project_id, Trace.state == "review", ~held)
        .where(ProposalRow.state == "open")
        .order_by(case((recorded, 0), else_=1), Trace.id)
    )
    trace_id = session.scalars(query.limit(1)).first()
    if trace_id is None:
        return claim_next(session, actor, project_id)
    claim_trace(session, actor, trace_id)
    return trace_id


def _keep(session: Session, actor: Actor, guide: Guide) -> None:
    stored_preference(session, actor).guide = guide.model_dump(mode="json")
