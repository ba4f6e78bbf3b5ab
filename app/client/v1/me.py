"""The operations of the API on me. Written by `make openapi`."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

from app.client.base import Operations, Shown
from app.core.model import Frozen


class Me(Shown):
    """The account that a token belongs to."""

    id: int
    name: str
    kind: Literal["person", "script"]
    """`script` is a service account."""
    admin: bool
    token: int
    """The token's id, as in the list of tokens."""
    scopes: tuple[Literal["read", "annotate", "review", "manage"], ...]


class Preferences(Shown):
    """What an account chose. `language` is a tag, "" for the browser's; `keys` are by
    deed.
    """

    language: str
    queue_order: Literal["oldest", "uncertain"]
    keys: dict[str, str]
    shows_time: bool


class ChangedPreferences(Frozen):
    """What is to be chosen; what is left out, or null, stays. Keys that are named replace
    all.
    """

    language: str | None = None
    queue_order: Literal["oldest", "uncertain"] | None = None
    keys: dict[str, str] | None = None
    shows_time: bool | None = None


class WorkedDay(Shown):
    """Time on the traces of a project on a day (UTC), as the pages saw it."""

    day: date
    project: str
    seconds: float
    traces: int


class SessionView(Shown):
    """A browser in which one is logged in."""

    id: int
    browser: str
    network: str
    created_at: datetime
    seen_at: datetime


class Count(Shown):
    """How many began, or were stopped."""

    count: int


class TokenView(Shown):
    """A token, without what it is. `used_at` is exact to some minutes."""

    id: int
    name: str
    scopes: tuple[Literal["read", "annotate", "review", "manage"], ...]
    expires_at: datetime
    used_at: datetime | None


class MeOperations(Operations):
    """What can be asked for."""

    def get_me(self, *, seen: Shown | None = None) -> Me:
        """The account behind the token, and how far the token reaches."""
        return self._one(Me, "GET", ("me",), seen=seen)

    def get_preferences(self, *, seen: Shown | None = None) -> Preferences:
        """What the account chose for its pages and its queue."""
        return self._one(Preferences, "GET", ("me", "preferences"), seen=seen)

    def change_preferences(
        self, body: ChangedPreferences, *, seen: Shown | None = None
    ) -> Preferences:
        """Choose otherwise."""
        return self._one(Preferences, "PATCH", ("me", "preferences"), body=body, seen=seen)

    def list_time(self, *, limit: int = 50) -> Iterator[WorkedDay]:
        """The time on traces that the account's pages saw on its last thirty days, the newest
        first.
        """
        return self._list(WorkedDay, ("me", "time"), limit=limit)

    def list_sessions(self, *, limit: int = 50) -> Iterator[SessionView]:
        """The browsers in which one is logged in."""
        return self._list(SessionView, ("me", "sessions"), limit=limit)

    def end_sessions(self) -> Count:
        """Log out everywhere; gives how many sessions ended."""
        return self._one(Count, "DELETE", ("me", "sessions"))

    def end_session(self, login_id: int) -> None:
        """Log one browser out."""
        self._none("DELETE", ("me", "sessions", login_id))

    def list_tokens(self, *, limit: int = 50) -> Iterator[TokenView]:
        """The account's tokens that were not revoked, the newest first."""
        return self._list(TokenView, ("me", "tokens"), limit=limit)

    def revoke_token(self, token_id: int) -> None:
        """End a token of the account, the one that asks too."""
        self._none("DELETE", ("me", "tokens", token_id))
