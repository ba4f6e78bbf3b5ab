"""The languages that pages can be read in: English, and one for each catalog in this folder.

Promises: a catalog is read as it is, `zh_Hans.po`; nothing is compiled beforehand, so nothing can
be out of date. Numbers and dates follow Unicode's rules for the language (CLDR, through Babel).
"""

from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from app.core.language import ENGLISH, Language, language

CATALOGS = Path(__file__).parent
# English dates have the order that most of the world reads: 9 Nov 2026.
_RULES = {"en": "en_GB"}


@cache
def languages() -> dict[str, Language]:
    """Every language by its tag, English first."""
    found = [_opened(file) for file in sorted(CATALOGS.glob("*.po"))]
    return {each.tag: each for each in [ENGLISH, *found]}


def _opened(file: Path) -> Language:
    locale, compiled = Locale.parse(file.stem), BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale))
    compiled.seek(0)
    return Language(
        tag=file.stem.replace("_", "-"),
        title=locale.get_display_name() or file.stem,
        catalog=GNUTranslations(compiled),
        number=lambda value: format_decimal(value, locale=locale),
    )


@lru_cache(maxsize=256)
def accepted(header: str) -> Language:
    """The best language for an Accept-Language header (RFC 9110, 12.5.4); English without one."""
    offered = {_written(tag): each for tag, each in reversed(languages().items())}
    wanted = (_written(tag) for tag in _wanted(header))
    return next((offered[each] for each in wanted if each in offered), ENGLISH)


def _wanted(header: str) -> list[str]:
    """The tags of the header, the most wanted first; what can't be read is left out."""
    weighed = []
    for part in header.replace(" ", "").split(","):
        tag, _, weight = part.partition(";q=")
        try:
            weighed.append((float(weight or 1), tag))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighed, key=lambda each: -each[0]) if weight > 0]


def _written(tag: str) -> tuple[str, str] | None:
    """A tag's language and script: zh-CN and zh are both Chinese in simplified characters."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError, TypeError):
        return None
    likely = get_global("likely_subtags").get(locale.language, "").split("_")
    return locale.language, locale.script or (likely[1] if len(likely) > 1 else "")


def date_and_time(at: datetime) -> str:
    """A moment as the language that is spoken writes it, to the minute: 9 Nov 2026, 14:05."""
    rules = _rules(language().tag)
    day, time = (format_skeleton(each, at, locale=rules) for each in ("yMMMd", "Hm"))
    return str(rules.datetime_formats["medium"]).format(time, day)


def decimal(value: float | Decimal, pattern: str) -> str:
    """A number as the language that is spoken writes it, by one of CLDR's patterns."""
    return format_decimal(value, format=pattern, locale=_rules(language().tag))


@cache
def _rules(tag: str) -> Locale:
    return Locale.parse(_RULES.get(tag, tag), sep="_" if tag in _RULES else "-")
