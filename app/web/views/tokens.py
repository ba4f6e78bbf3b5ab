"""Tokens: one's own, and those of a project's service accounts."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.core.language import N_
from app.core.model import Frozen
from app.core.roles import SCOPES, Role, Scope
from app.db.queries.people import services_of, tokens_of
from app.db.types import now
from app.web.views.people import ROLES

SCOPE_WORDS: dict[Scope, str] = {
    "read": N_("read: see everything its owner may see"),
    "annotate": N_("annotate: do what annotators do"),
    "review": N_("review: do what reviewers do besides, such as building datasets"),
    "manage": N_("manage: do what leads do besides, and administrators"),
}
DAYS = (7, 30, 90, 365)


class TokenLine(Frozen):
    """A token, without what it is."""

    id: int
    name: str
    scopes: tuple[Scope, ...]
    until: datetime
    ended: bool
    used: datetime | None


class NewToken(Frozen):
    """What a form for a new token offers."""

    scopes: tuple[tuple[Scope, str], ...] = tuple((one, SCOPE_WORDS[one]) for one in SCOPES)
    days: tuple[int, ...] = DAYS


class TokensView(Frozen):
    """One's own tokens. `fresh` is one that was just made, in clear."""

    tokens: tuple[TokenLine, ...]
    fresh: str = ""
    form: NewToken = NewToken()


class ServiceLine(Frozen):
    """A service account and its tokens; without a role it may do nothing."""

    id: int
    name: str
    role: Role | None
    tokens: tuple[TokenLine, ...]


class ServicesView(Frozen):
    """A project's service accounts. `fresh` is a token of one that was just made, in clear."""

    services: tuple[ServiceLine, ...]
    fresh: str = ""
    form: NewToken = NewToken()
    roles: tuple[Role, ...] = ROLES


def tokens_view(session: Session, user_id: int, fresh: str = "") -> TokensView:
    """The tokens of an account."""
    return TokensView(tokens=_lines(session, user_id), fresh=fresh)


def services_view(session: Session, project_id: int, fresh: str = "") -> ServicesView:
    """The service accounts of a project."""
    return ServicesView(
        services=tuple(
            ServiceLine(id=user.id, name=user.name, role=role, tokens=_lines(session, user.id))
            for user, role in services_of(session, project_id)
        ),
        fresh=fresh,
    )


def _lines(session: Session, user_id: int) -> tuple[TokenLine, ...]:
    return tuple(
        TokenLine(
            id=token.id,
            name=token.name,
            scopes=tuple(token.scopes),
            until=token.expires_at,
            ended=token.expires_at <= now(),
            used=token.used_at,
        )
        for token in tokens_of(session, user_id)
    )
