"""People as the API shows them."""

from datetime import date
from typing import Literal

from pydantic import Field

from app.actions.working_time import Day
from app.core.keys import keys_with
from app.core.model import Frozen
from app.core.roles import SCOPES, Actor, Role, Scope
from app.db.tables import Preference, QueueOrder, User


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


class Preferences(Frozen):
    """What an account chose. `language` is a tag, "" for the browser's; `keys` are by deed."""

    language: str = Field(examples=["zh-Hans"])
    queue_order: QueueOrder
    keys: dict[str, str]
    shows_time: bool


class WorkedDay(Frozen):
    """Time on the traces of a project on a day (UTC), as the pages saw it."""

    day: date
    project: str
    seconds: float
    traces: int


def preferences_view(user: User, chosen: Preference) -> Preferences:
    """What an account chose, or the defaults."""
    return Preferences(
        language=user.language,
        queue_order=user.queue_order,
        keys=keys_with(chosen.keys),
        shows_time=chosen.shows_time,
    )


def worked_day(row: Day) -> WorkedDay:
    """A day's work."""
    named = {name: getattr(row, name) for name in WorkedDay.model_fields}
    return WorkedDay(**named)
