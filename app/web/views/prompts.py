"""A project's prompts as its lead edits them: the words that are in force, and whose they are."""

from app.core.language import N_, _, translated
from app.core.model import Frozen
from app.detectors import RULES
from app.prompts import hints, intervener
from app.prompts.own import Prompts
from app.prompts.templates import MAX_TEMPLATE, Words, places_in, words_of

_TOLD = N_("Told before each problem. Any words will do that ask for an answer in \\boxed{}.")
_TASK = N_("Told before each trace. {} are filled in, and a JSON object is asked for in any case.")


class PromptView(Frozen):
    """One text: `own` where the project changed it, `version` as it is recorded.

    `flaw` is what a rule's hint is about, "" for what models are told.
    """

    name: str
    title: str
    text: str
    version: str
    own: bool
    help: str
    flaw: str = ""
    most: int = MAX_TEMPLATE


class PromptsView(Frozen):
    """The texts of the form; `changed` counts the hints that the project changed."""

    models: tuple[PromptView, ...]
    hints: tuple[PromptView, ...]

    @property
    def changed(self) -> int:
        """Hints of the project's own."""
        return sum(one.own for one in self.hints)


def prompts_view(own: Prompts) -> PromptsView:
    """The texts of the form."""
    task = translated(_TASK).format(_places(intervener.SYSTEM))
    return PromptsView(
        models=(
            _prompt(
                "reasoner", _("The Reasoner"), own.for_reasoner, own.reasoner, translated(_TOLD)
            ),
            _prompt("intervener", _("The Intervener"), own.for_intervener, own.intervener, task),
        ),
        hints=tuple(
            _prompt(
                rule.name,
                rule.name,
                _hint(own, rule.name),
                own.hints.get(rule.name, ""),
                _about(rule.name, rule.about),
                rule.flaw,
            )
            for rule in RULES
        ),
    )


def _hint(own: Prompts, rule: str) -> Words:
    return words_of(own.hints.get(rule, ""), hints.TEMPLATES[rule], hints.VERSION)


def _about(rule: str, about: str) -> str:
    places = _places(hints.TEMPLATES[rule])
    return (
        _("%(about)s; filled in: %(places)s", about=translated(about), places=places)
        if places
        else translated(about)
    )


def _places(template: str) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(places_in(template)))


def _prompt(name: str, title: str, words: Words, own: str, told: str, flaw: str = "") -> PromptView:
    return PromptView(
        name=name,
        title=title,
        text=words.text,
        version=words.version,
        own=bool(own),
        help=told,
        flaw=flaw,
    )
