"""The guided first trace, as the API shows it."""

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from app.actions.guide import guide_of
from app.core.guide import GuideStep
from app.core.model import Frozen
from app.web.views.desk import Desk
from app.web.views.guide import step_of


class GuideView(Frozen):
    """Where the caller left the guide, and the step that they are at on a trace."""

    state: Literal["offered", "on", "put away"]
    begun_at: datetime | None
    step: GuideStep


def guide_view(session: Session, desk: Desk) -> GuideView:
    """The guide on a desk."""
    guide = guide_of(session, desk.actor.id or 0)
    return GuideView(state=guide.state, begun_at=guide.begun, step=step_of(desk, guide))
