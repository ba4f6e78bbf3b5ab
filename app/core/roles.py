"""Who may do what in a project. Administrators may do everything everywhere."""

from typing import Literal

from app.core.errors import NotAllowed
from app.core.language import _, translated
from app.core.model import Frozen

Role = Literal["viewer", "annotator", "reviewer", "lead"]
RANK: dict[str, int] = {"viewer": 1, "annotator": 2, "reviewer": 3, "lead": 4}
ActorKind = Literal["person", "policy", "script", "worker"]
Channel = Literal["page", "token", "command", "worker"]
"""What a deed came by: a page in a browser, a program's token, the command line, or a worker."""


class Actor(Frozen):
    """Who does something, and with what role in the project that it is done in.

    `id` is the person's; None for a policy, a script or a worker, which are named instead.
    `channel` is what they do it by.
    """

    kind: ActorKind
    name: str
    id: int | None = None
    admin: bool = False
    role: Role | None = None
    channel: Channel = "page"

    @property
    def signature(self) -> dict[str, object]:
        """Who it is, as what they did is signed with."""
        return self.model_dump(include={"kind", "name", "id"})

    def may(self, needed: Role) -> bool:
        """Whether this actor's role is `needed` or a higher one."""
        return self.admin or (self.role is not None and RANK[self.role] >= RANK[needed])

    def require(self, needed: Role, deed: str) -> None:
        """Raises NotAllowed, saying what the deed needs, unless the actor may."""
        if not self.may(needed):
            raise NotAllowed(
                _(
                    "To %(deed)s you need the role %(role)s in this project.",
                    deed=translated(deed),
                    role=translated(needed),
                )
            )


POLICY = Actor(kind="policy", name="auto mode", admin=True, channel="worker")
"""A project's own rule for what passes without a person (`app.core.policy`)."""
SCRIPT = Actor(kind="script", name="calm", admin=True, channel="command")
"""The command line on the machine itself: whoever can run it owns the database."""
