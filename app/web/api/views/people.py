"""People as the API shows them."""

from typing import Literal

from pydantic import Field

from app.core.model import Frozen
from app.core.roles import SCOPES, Actor, Role, Scope


class Me(Frozen):
    """The account that a token belongs to."""

    id: int = Field(examples=[3])
    name: str = Field(examples=["ana"])
    kind: Literal["person", "script"] = Field(description="`script` is a service account.")
    admin: bool
    token: int = Field(description="The token's id, as in the list of tokens.")
    scopes: tuple[Scope, ...] = Field(examples=[["read", "annotate"]])


def me_view(actor: Actor) -> Me:
    """Who calls."""
    scopes = tuple(scope for scope in SCOPES if actor.reaches(scope))
    return Me(**actor.model_dump(include={"id", "name", "kind", "admin", "token"}), scopes=scopes)


class MemberView(Frozen):
    """An account and its role in a project."""

    id: int = Field(examples=[3])
    name: str = Field(examples=["ana"])
    role: Role
