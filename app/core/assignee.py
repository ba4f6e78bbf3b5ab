"""To whom work is given: one person, or one group of a project, as forms and programs name it."""

import re
from typing import Literal

from pydantic import Field

from app.core.errors import Invalid
from app.core.language import _
from app.core.model import Frozen


class Assignee(Frozen):
    """`person:3` or `group:2`."""

    kind: Literal["person", "group"]
    id: int = Field(ge=1, le=2**31 - 1)

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def columns(self) -> dict[str, int | None]:
        """The same as tables keep it."""
        person = self.kind == "person"
        return {"user_id": self.id if person else None, "group_id": None if person else self.id}


def assignee_of(text: str) -> Assignee:
    """The assignee that a text names. Raises Invalid."""
    found = re.fullmatch("(person|group):([0-9]{1,9})", text, re.ASCII)
    if found is None:
        raise Invalid(_("Say to whom: a person or a group of the project."))
    return Assignee.model_validate({"kind": found[1], "id": int(found[2])})


def named(user_id: int | None, group_id: int | None) -> str:
    """Whom a row of a table means, as the history tells it; "" for nobody."""
    return f"person:{user_id}" if user_id else f"group:{group_id}" if group_id else ""
