"""One's own second factor: switched on with an app, off with a code; new recovery codes.

A wrong code is answered, not raised: the guess has to stay counted.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Response
from sqlalchemy.orm import Session

from app.actions.attempts import by_code, count_guess, forgive
from app.actions.second_factor import begin, confirm, renew_codes, switch_off
from app.core.errors import NotAllowed
from app.core.language import _
from app.core.roles import Actor
from app.web.deps import Db, Person, PersonActor, Show, Showing
from app.web.views.second_factor import second_factor_view

router = APIRouter(prefix="/account/second-factor")
Code = Annotated[str, Form()]


@router.get("")
def second_factor(show: Showing, session: Db, person: Person) -> Response:
    """How it stands."""
    return show.page("second_factor", view=second_factor_view(session, person))


@router.post("")
def start(show: Showing, session: Db, actor: PersonActor) -> Response:
    """Make a secret, to be confirmed."""
    begin(session, actor)
    return show.go("/account/second-factor")


@router.post("/confirm")
def switch_on(show: Showing, session: Db, actor: PersonActor, code: Code = "") -> Response:
    """Switch it on; the page that answers shows the recovery codes, this once."""
    return _with_code(show, session, actor, lambda: confirm(session, actor, code))


@router.post("/codes")
def new_codes(show: Showing, session: Db, actor: PersonActor, code: Code = "") -> Response:
    """New recovery codes, shown this once."""
    return _with_code(show, session, actor, lambda: renew_codes(session, actor, code))


@router.post("/off")
def off(show: Showing, session: Db, actor: PersonActor, code: Code = "") -> Response:
    """Switch it off."""

    def deed() -> list[str]:
        switch_off(session, actor, code)
        return []

    return _with_code(show, session, actor, deed)


def _with_code(
    show: Show, session: Session, actor: Actor, deed: Callable[[], list[str]]
) -> Response:
    guess = by_code(show.user.id)
    count_guess(session, guess)
    try:
        codes = deed()
    except NotAllowed as refused:
        view = second_factor_view(session, show.user, problem=str(refused))
        return show.page("second_factor", None, 403, view=view)
    forgive(session, guess)
    session.flush()
    if codes:
        return show.page("second_factor", view=second_factor_view(session, show.user, codes))
    return show.go("/account/second-factor", _("It is switched off."))
