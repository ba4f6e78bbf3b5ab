"""Jinja2 for pages and parts: escaped always, with the few filters that templates need.

Promises: whatever a template is given is escaped; no template asks the database. What a template
says itself it says in the language of the request (docs/languages.md).
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from app.core.answer.reasons import reason_words
from app.core.keys import FIXED, deeds_by_group
from app.core.language import _, gettext, language, ngettext, translated
from app.locale import date_and_time, decimal
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
        extensions=["jinja2.ext.i18n"],
    )
    made.filters |= {"moment": moment, "number": number, "money": money}
    made.filters |= {"duration": duration, "words": words}
    made.filters |= {"translated": translated, "graded": reason_words}
    made.globals |= {"asset": asset, "language": language}
    made.globals |= {"deeds_by_group": deeds_by_group, "fixed_keys": FIXED}
    _speak_in(made)
    return made


def _speak_in(made: Environment) -> None:
    """`_`, `ngettext` and `{% trans %}`. Catalogs are ours: their words may hold tags."""
    made.newstyle_gettext = True  # type: ignore[attr-defined] # which the extension adds
    made.policies["ext.i18n.trimmed"] = True
    made.globals |= {
        "_": partial(_safely, gettext),
        "gettext": partial(_safely, gettext),
        "ngettext": partial(_safely, ngettext),
    }


def _safely(say: Callable[..., str], *message: Any, **values: Any) -> Markup:
    """What `say` says, as it is, with the values in it escaped."""
    return Markup(say(*message, **{name: escape(value) for name, value in values.items()}))


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
        at.isoformat(timespec="seconds"), date_and_time(at)
    )


def number(value: float) -> str:
    """A number as the language writes it, 1,986; at most six digits, past a million with an e."""
    if isinstance(value, int):
        return language().number(value)
    digits = Decimal(f"{value:.6g}")
    small = digits.is_finite() and -4 <= digits.adjusted() < 6
    return decimal(digits, "#,##0.#########") if small else f"{value:.6g}"


def money(amount: float) -> str:
    """A sum of money in whatever unit the prices have, with two digits; little is not nothing."""
    little = 0 < amount < 0.005
    return _("less than 0.01") if little else decimal(amount, "#,##0.00")


def duration(seconds: float) -> str:
    """A time that somebody worked: 1 h 05 min; what is short is not counted in seconds."""
    hours, minutes = divmod(int(seconds) // 60, 60)
    if hours:
        return _("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    return _("%(minutes)s min", minutes=minutes) if minutes else _("less than 1 min")


def words(name: str) -> str:
    """A stored name as words: `model_error` is "model error"."""
    return translated(name.replace("_", " ").replace("-", " "))
