"""What a project says in its own words, and what it says where it has none.

Promises: a text that is empty, or the same as the default, is the default and has its version; one
of the project's own has a version by its hash, which is recorded beside what was made with it.
"""

from collections.abc import Mapping

from pydantic import Field

from app.core.language import _
from app.core.model import Frozen
from app.prompts import hints, intervener, reasoner
from app.prompts.templates import MAX_TEMPLATE, Words, refusal, words_of


class Prompts(Frozen):
    """A project's own words; an empty text stands for the default. `hints` are by the rule."""

    reasoner: str = Field("", max_length=MAX_TEMPLATE)
    intervener: str = Field("", max_length=MAX_TEMPLATE)
    hints: Mapping[str, str] = {}

    @property
    def for_reasoner(self) -> Words:
        """What the Reasoner is told before a problem."""
        return words_of(self.reasoner, reasoner.SYSTEM, reasoner.VERSION)

    @property
    def for_intervener(self) -> Words:
        """What the Intervener is told, with places to fill."""
        return words_of(self.intervener, intervener.SYSTEM, intervener.VERSION)

    @property
    def refusal(self) -> str | None:
        """Why these words can't be used, or None. The Reasoner's have no places: any will do."""
        told = refusal(self.for_intervener.text, intervener.PLACES, intervener.NEEDED)
        if told:
            return _("The Intervener's prompt can't be used. %(told)s", told=told)
        for rule, words in self.hints.items():
            if told := hints.template_refusal(rule, words):
                return _(
                    "The hint of the rule %(rule)s can't be used. %(told)s", rule=rule, told=told
                )
        return None
