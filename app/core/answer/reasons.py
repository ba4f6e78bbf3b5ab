"""Why an answer has its grade, in the language that is spoken.

A reason is stored once, in English, for everybody; here it is recognised by its form and said
again. One that has no form known here is shown as it was stored.
"""

import re
from functools import cache

from app.core.language import N_, _, translated

_FORMS = (
    N_("the reference is unknown"),
    N_("no answer in a box"),
    N_("the answer is not one number"),
    N_("gives a number, but the problem is %(outcome)s"),
    N_("says %(said)s, but the reference is %(value)s"),
    N_("says %(said)s, as the reference does"),
    N_("says %(said)s, but the problem is %(outcome)s"),
    N_("equals %(value)s"),
    N_("differs from %(value)s by %(distance)s"),
)


def reason_words(stored: str) -> str:
    """A grade's stored reason for whoever reads it now."""
    for form in _FORMS:
        if found := _pattern(form).fullmatch(stored):
            words = {name: translated(value) for name, value in found.groupdict().items()}
            return _(form, **words)
    return stored


@cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+?)", re.escape(form)))
