"""The operations of the API on services. Written by `make openapi`."""

from collections.abc import Iterator
from typing import Literal

from app.client.base import Operations, Shown
from app.client.v1.me import (
    TokenView,
)
from app.core.model import Frozen


class ServiceView(Shown):
    """An account for programs; without a role it may do nothing."""

    id: int
    name: str
    role: Literal["viewer", "annotator", "reviewer", "lead"] | None


class NewService(Frozen):
    """An account for programs; the project's slug is put before its name."""

    name: str
    role: Literal["viewer", "annotator", "reviewer", "lead"]


class NewToken(Frozen):
    """A token to make, for so many days; it reads in any case."""

    name: str
    scopes: tuple[Literal["read", "annotate", "review", "manage"], ...] = ()
    days: int


class FreshToken(TokenView):
    """A token that was just made. `token` is shown this once."""

    token: str


class ServicesOperations(Operations):
    """What can be asked for."""

    def list_services(self, slug: str, *, limit: int = 50) -> Iterator[ServiceView]:
        """The service accounts of a project. For leads."""
        return self._list(ServiceView, ("projects", slug, "services"), limit=limit)

    def create_service(self, slug: str, body: NewService) -> ServiceView:
        """Make an account for programs. For leads."""
        return self._one(ServiceView, "POST", ("projects", slug, "services"), body=body)

    def remove_service(self, slug: str, service_id: int) -> None:
        """End an account and its tokens; what it did stays. For leads."""
        self._none("DELETE", ("projects", slug, "services", service_id))

    def list_service_tokens(
        self, slug: str, service_id: int, *, limit: int = 50
    ) -> Iterator[TokenView]:
        """The tokens of an account that were not revoked, the newest first. For leads."""
        return self._list(
            TokenView, ("projects", slug, "services", service_id, "tokens"), limit=limit
        )

    def create_service_token(self, slug: str, service_id: int, body: NewToken) -> FreshToken:
        """Make a token of an account, which reaches no further than the caller's own. For
        leads.
        """
        return self._one(
            FreshToken, "POST", ("projects", slug, "services", service_id, "tokens"), body=body
        )

    def revoke_service_token(self, slug: str, service_id: int, token_id: int) -> None:
        """End a token of an account. For leads."""
        self._none("DELETE", ("projects", slug, "services", service_id, "tokens", token_id))
