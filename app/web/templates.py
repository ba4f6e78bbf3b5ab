"""Jinja2 for pages and parts: escaped always, with the few filters that templates need.

Promises: whatever a template is given is escaped; no template asks the database.
"""

from datetime import datetime
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.settings import ROOT
from app.web.assets import asset
from app.web.security import csrf_token


@cache
def environment() -> Environment:
    """The one environment. A name that a template misspells is an error, never an empty string."""
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"moment": moment, "number": number, "count": count}
    made.filters |= {"money": money, "words": words}
    made.globals["asset"] = asset
    return made


def render(request: Request, template: str, status: int = 200, /, **context: Any) -> HTMLResponse:
    """A template as a response; `csrf` is always there."""
    text = environment().get_template(template).render(csrf=csrf_token(request), **context)
    return HTMLResponse(text, status)


def is_htmx(request: Request) -> bool:
    """Whether htmx asks, and so wants a part instead of a page."""
    return request.headers.get("HX-Request") == "true"


def moment(at: datetime | None) -> str | Markup:
    """A moment as people read it, in UTC, with the exact one beside it for machines."""
    if at is None:
        return ""
    return Markup('<time datetime="{}">{}</time>').format(
        at.isoformat(timespec="seconds"), f"{at:%-d %b %Y, %H:%M}"
    )


def number(value: float) -> str:
    """A number with thousands apart: 1,986; at most six digits after the point."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"


def count(value: int, one: str, many: str = "") -> str:
    """`1 hint`, `2 hints`; `many` where an s is not enough."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def money(amount: float) -> str:
    """A sum of money in whatever unit the prices have, with two digits; little is not nothing."""
    return f"{amount:,.2f}" if amount >= 0.005 or not amount else "less than 0.01"


def words(name: str) -> str:
    """A stored name as words: `model_error` is "model error"."""
    return name.replace("_", " ").replace("-", " ")
