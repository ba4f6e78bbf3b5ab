"""Texts with places to fill, which a project may write anew.

A place is a name in braces, like `{mark}`; other braces are text, so that JSON and LaTeX need no
escaping. What is put in is never looked at again.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from app.core.language import _

_PLACE = re.compile(r"\{([a-z_]+)\}")
MAX_TEMPLATE = 20_000
"""The longest text in characters."""


class Words(NamedTuple):
    """A text and the version that is recorded beside what was made with it."""

    text: str
    version: str


def words_of(own: str, default: str, version: str) -> Words:
    """A project's own text under a version by its hash, else the default."""
    if not own.strip() or own == default:
        return Words(default, version)
    return Words(own, f"own-{hashlib.sha256(own.encode()).hexdigest()[:8]}")


def filled(template: str, values: Mapping[str, str]) -> str:
    """The text with its places filled, in one pass; a place without a value stays as it is."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), template)


def places_in(template: str) -> frozenset[str]:
    """The names that stand in braces."""
    return frozenset(_PLACE.findall(template))


def refusal(template: str, known: Collection[str], needed: Collection[str] = ()) -> str | None:
    """Why a text can't be used, or None: a place that nothing fills, or one that it lacks."""
    places = places_in(template)
    if unknown := sorted(places.difference(known)):
        there_are = ", ".join(f"{{{name}}}" for name in sorted(known)) or "none"
        return _(
            "Nothing fills {%(unknown)s}; what can stand in braces: %(known)s.",
            unknown=unknown[0],
            known=there_are,
        )
    if missing := sorted(set(needed).difference(places)):
        return _("It needs {%(missing)s} somewhere.", missing=missing[0])
    return None
