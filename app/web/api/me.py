"""Who the token is."""

from fastapi import APIRouter, Response

from app.web.api.deps import Caller
from app.web.api.etags import IfNoneMatch
from app.web.api.views.people import Me, me_view

router = APIRouter(tags=["me"])


@router.get("/me", response_model=Me)
def get_me(actor: Caller, condition: IfNoneMatch) -> Response:
    """The account behind the token, and how far the token reaches."""
    return condition.show(me_view(actor))
