"""The language of what people read: which it is just now, and the words of it.

Promises: `_` and `ngettext` give a sentence in the language of the request that is being answered.
Where there is none (the command line, a worker), and for a text that nobody translated, it is
English. What is told to a model is never translated.

Placeholders are named, `%(name)s`, and every sentence is a format: a percent sign is `%%`. Here are
no catalogs: `app.locale` reads them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from gettext import NullTranslations


@dataclass(frozen=True)
class Language:
    """`tag` is the language's name in HTML (BCP 47); `title` is what it calls itself."""

    tag: str
    title: str
    catalog: NullTranslations
    number: Callable[[float], str]


ENGLISH = Language("en", "English", NullTranslations(), lambda value: f"{value:,}")

# A route runs in other threads than what finds out whose language it is, each with a copy of the
# context: so the context holds one list, which all of them share, and not the language itself.
_spoken: ContextVar[list[Language] | None] = ContextVar("spoken", default=None)


@contextmanager
def speaking(first: Language) -> Iterator[None]:
    """Within this, people are spoken to in `first`, until `speak` says otherwise."""
    token = _spoken.set([first])
    try:
        yield
    finally:
        _spoken.reset(token)


def speak(language: Language) -> None:
    """Go on in another language; nothing where nobody is spoken to."""
    if (spoken := _spoken.get()) is not None:
        spoken[0] = language


def language() -> Language:
    """The language that is spoken now."""
    return (_spoken.get() or [ENGLISH])[0]


def gettext(message: str, /, **values: object) -> str:
    """A sentence in the language that is spoken, its placeholders filled in."""
    return translated(message) % values


def ngettext(one: str, many: str, num: int, /, **values: object) -> str:
    """A sentence about `num` things; `%(num)s` is that number, as the language writes it."""
    return language().catalog.ngettext(one, many, num) % {"num": number(num), **values}


def number(value: float) -> str:
    """A number as the language that is spoken writes it: 1,986."""
    return language().number(value)


def translated(text: str) -> str:
    """A stored text in the language that is spoken, if it has a translation; it is no format."""
    return language().catalog.gettext(text) if text else ""


def N_(text: str) -> str:  # noqa: N802, as gettext's users call it
    """The text as it is: marks one that `translated` is given later, elsewhere."""
    return text


_ = gettext
