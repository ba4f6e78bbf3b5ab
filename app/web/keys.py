"""A person's own keys."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.actions.preferences import choose_keys
from app.core.keys import DEEDS
from app.core.language import _
from app.web.deps import Db, PersonActor, Showing

router = APIRouter(prefix="/account/keys")


async def keys_form(request: Request) -> dict[str, str]:
    """The key of each deed, as the form has it."""
    form = await request.form()
    return {deed.name: str(form.get(deed.name) or "") for deed in DEEDS}


@router.get("")
def page(show: Showing) -> Response:
    """What has a key, and which."""
    return show.page("keys")


@router.post("")
def choose(
    show: Showing,
    session: Db,
    actor: PersonActor,
    keys: Annotated[dict[str, str], Depends(keys_form)],
) -> Response:
    """Set them."""
    choose_keys(session, actor, keys)
    return show.go("/account/keys", _("Your keys are set."))


@router.post("/reset")
def reset(show: Showing, session: Db, actor: PersonActor) -> Response:
    """Go back to the defaults."""
    choose_keys(session, actor, {})
    return show.go("/account/keys", _("Your keys are the defaults again."))
