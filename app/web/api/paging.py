"""Lists of the API: a page at a time, by a cursor that means nothing to the caller.

Promises: a page goes on behind the last row of the one before, whatever was added or taken away
meanwhile; a cursor that was made up is refused.
"""

import base64
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import Field, TypeAdapter
from sqlalchemy import Select, tuple_
from sqlalchemy.orm import Session

from app.core.errors import Invalid
from app.core.language import _
from app.core.model import Frozen

Row = TypeVar("Row")
View = TypeVar("View", bound=Frozen)
_PLACE = TypeAdapter(list[Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)]])


class Page(Frozen, Generic[View]):
    """Some of a list. `next` is the `cursor` of the page behind it, null on the last one."""

    items: tuple[View, ...]
    next: str | None = Field(None, examples=["WzEyXQ"])


class Paging:
    """Which page of a list is asked for."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 50,
        cursor: Annotated[
            str, Query(max_length=100, description="`next` of the page before.")
        ] = "",
    ) -> None:
        self.limit, self.cursor = limit, cursor

    def place(self, many: int) -> list[int]:
        """Where the cursor goes on from, `many` numbers; none without one. Raises Invalid."""
        if not self.cursor:
            return []
        with suppress(ValueError):
            place = _PLACE.validate_json(base64.b64decode(self.cursor + "==", "-_"))
            if len(place) == many:
                return place
        raise Invalid(_("This cursor is not one of this list."))

    def rows(
        self, session: Session, query: Select[Row], *columns: Any
    ) -> tuple[Sequence[Row], str | None]:
        """The rows of the page in the order of `columns`, which tell rows apart, and its `next`."""
        if place := self.place(len(columns)):
            query = query.where(tuple_(*columns) > tuple_(*place))
        ordered = query.order_by(None).order_by(*columns).limit(self.limit + 1)
        found = session.scalars(ordered).all()
        rows = found[: self.limit]
        more = len(found) > self.limit
        return rows, cursor_at([getattr(rows[-1], each.key) for each in columns]) if more else None

    def some(
        self, items: Sequence[Row], place: Callable[[Row], int], *, falling: bool = False
    ) -> tuple[Sequence[Row], str | None]:
        """The same of rows that are all at hand, in the order of `place`, which tells them apart.

        `falling` is a list whose newest come first.
        """
        for last in self.place(1):
            sign = -1 if falling else 1
            items = [each for each in items if sign * place(each) > sign * last]
        more = len(items) > self.limit
        return items[: self.limit], cursor_at([place(items[self.limit - 1])]) if more else None


Paged = Annotated[Paging, Depends()]


def cursor_at(place: list[int]) -> str:
    """The cursor that goes on behind this place."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
