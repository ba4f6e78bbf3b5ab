"""Lists in pages: one way to cut a query into pages of fifty."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

PAGE = 50


def count_of(session: Session, query: Select[Any]) -> int:
    """How many rows a query would give."""
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def page_of(query: Select[Any], page: int) -> Select[Any]:
    """The rows of one page, counted from 1."""
    return query.limit(PAGE).offset((page - 1) * PAGE)


def pages_for(total: int) -> int:
    """How many pages hold `total` rows; at least one."""
    return max(1, -(-total // PAGE))
