"""Who may do what in a project. Administrators may do everything everywhere.

Whoever comes with a token may do what the person behind it may, and only as far as the token's
scopes reach: each scope is what one role adds to the one below it.
"""

from typing import Literal, get_args

from app.core.errors import NotAllowed
from app.core.language import _, translated
from app.core.model import Frozen

Role = Literal["viewer", "annotator", "reviewer", "lead"]
RANK: dict[str, int] = {"viewer": 1, "annotator": 2, "reviewer": 3, "lead": 4}
Scope = Literal["read", "annotate", "review", "manage"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
SCOPE_OF: dict[Role, Scope] = dict(zip(get_args(Role), SCOPES, strict=True))
ActorKind = Literal["person", "policy", "script", "worker"]
Channel = Literal["page", "token", "command", "worker"]
"""What a deed came by: a page in a browser, a program's token, the command line, or a worker."""


class Actor(Frozen):
    """Who does something, and with what role in the project that it is done in.

    `id` is the person's, or the service account's, which is a script; None for a policy, a worker
    or the command line, which are named instead. `channel` is what they do it by; where that is a
    token, `token` is its id, and `scopes` how far it reaches.
    """

    kind: ActorKind
    name: str
    id: int | None = None
    admin: bool = False
    role: Role | None = None
    channel: Channel = "page"
    token: int | None = None
    scopes: frozenset[Scope] | None = None

    @property
    def signature(self) -> dict[str, object]:
        """Who it is, as what they did is signed with."""
        signed = {"kind", "name", "id"} | ({"token"} if self.token else set())
        return self.model_dump(include=signed)

    @property
    def administers(self) -> bool:
        """Whether this actor may do what only administrators can."""
        return self.admin and self.reaches("manage")

    def reaches(self, scope: Scope) -> bool:
        """Whether what the actor came with reaches so far."""
        return self.scopes is None or scope in self.scopes

    def may(self, needed: Role) -> bool:
        """Whether this actor's role is `needed` or a higher one, and what they came with reaches.

        An administrator has every role.
        """
        ranks = self.admin or (self.role is not None and RANK[self.role] >= RANK[needed])
        return ranks and self.reaches(SCOPE_OF[needed])

    def require(self, needed: Role, deed: str) -> None:
        """Raises NotAllowed, saying what the deed needs, unless the actor may."""
        self.require_scope(SCOPE_OF[needed], deed)
        if not self.may(needed):
            raise NotAllowed(
                _(
                    "To %(deed)s you need the role %(role)s in this project.",
                    deed=translated(deed),
                    role=translated(needed),
                )
            )

    def require_scope(self, needed: Scope, deed: str) -> None:
        """Raises NotAllowed, saying what the deed needs, unless the token reaches so far."""
        if not self.reaches(needed):
            raise NotAllowed(
                _(
                    "To %(deed)s a token needs the scope %(scope)s.",
                    deed=translated(deed),
                    scope=needed,
                )
            )


POLICY = Actor(kind="policy", name="auto mode", admin=True, channel="worker")
"""A project's own rule for what passes without a person (`app.core.policy`)."""
SCRIPT = Actor(kind="script", name="calm", admin=True, channel="command")
"""The command line on the machine itself: whoever can run it owns the database."""
