"""Revisions of what the API shows: `ETag`, and the two conditions on it (RFC 9110, section 13).

Promises: a tag stands for all that the answer says to this caller; a change that names an older one
changes nothing (412).
"""

import hashlib
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Response

from app.core.language import _
from app.core.model import Frozen

Tags = Annotated[str | None, Header(max_length=1000)]


class Condition:
    """What a request asks for, of the tag of what it is about."""

    def __init__(self, if_none_match: Tags = None) -> None:
        self.known = if_none_match

    def show(self, view: Frozen) -> Response:
        """The view with its tag; 304 where the caller has it already."""
        tag = tag_of(view)
        if self.known is not None and _names(self.known, tag):
            return Response(status_code=304, headers={"ETag": tag})
        return shown(view)


class Precondition:
    """The tag that a change rests on, where it names one."""

    def __init__(self, if_match: Tags = None) -> None:
        self.wanted = if_match

    def check(self, view: Callable[[], Frozen]) -> None:
        """Raises 412 where what is there now is not what the caller saw."""
        if self.wanted is not None and not _names(self.wanted, tag_of(view())):
            raise HTTPException(412, _("It was changed meanwhile; look again, then decide."))


IfNoneMatch = Annotated[Condition, Depends()]
IfMatch = Annotated[Precondition, Depends()]


def shown(view: Frozen, status: int = 200, location: str = "") -> Response:
    """A view with its tag, and where it is to be found."""
    headers = {"ETag": tag_of(view)} | ({"Location": location} if location else {})
    return Response(view.model_dump_json(), status, headers, "application/json")


def shown_once(view: Frozen) -> Response:
    """A view of what is stored nowhere in clear, so that no answer that is kept may hold it."""
    return Response(view.model_dump_json(), 201, {"Cache-Control": "no-store"}, "application/json")


def tag_of(view: Frozen) -> str:
    """The tag of a view: a hash of all that it says."""
    return f'"{hashlib.sha256(view.model_dump_json().encode()).hexdigest()[:32]}"'


def _names(tags: str, tag: str) -> bool:
    named = [each.strip().removeprefix("W/") for each in tags.split(",")]
    return "*" in named or tag in named
