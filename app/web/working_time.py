"""A person's time on the task, shown to them alone, and the heartbeat of their claim.

Both are reported by their page, in one request.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import PlainTextResponse

from app.actions.claims import seconds_held
from app.actions.preferences import preference_of, show_time
from app.actions.working_time import days_of, report_time
from app.core.errors import NotFound
from app.core.language import _
from app.db.queries.workbench import trace_in
from app.web.deps import Db, Here, Person, PersonActor, Showing
from app.web.templates import duration

router = APIRouter()


@router.post("/p/{slug}/traces/{trace_id}/time")
def report(session: Db, here: Here, trace_id: int, seconds: Annotated[int, Form(ge=0)]) -> Response:
    """Take a page's report; answers with the whole time on the trace, in words.

    The header says for how many seconds more the person holds the trace, 0 where they don't.
    """
    if trace_in(session, here.project.id, trace_id) is None:
        raise NotFound(_("There is no such trace in this project."))
    spent = duration(report_time(session, here.actor, trace_id, seconds))
    left = seconds_held(session, here.actor, trace_id, keep=seconds > 0)
    return PlainTextResponse(spent, headers={"Calm-Held": str(left)})


@router.get("/account/time")
def page(show: Showing, session: Db, person: Person) -> Response:
    """One's own last thirty days."""
    days = days_of(session, person.id)
    shown = preference_of(session, person.id).shows_time
    return show.page("time", days=days, total=sum(day.seconds for day in days), shown=shown)


@router.post("/account/time")
def choose(
    show: Showing, session: Db, actor: PersonActor, shown: Annotated[bool, Form()] = False
) -> Response:
    """Show it on the workbench, or not."""
    show_time(session, actor, shown)
    return show.go("/account/time", _("It is shown.") if shown else _("It is hidden."))
