"""A project's prompts as its lead edits them: the words that are in force, and whose they are."""

from app.core.model import Frozen
from app.prompts import intervener
from app.prompts.own import Prompts
from app.prompts.templates import MAX_TEMPLATE, Words

_PLACES = ", ".join(f"{{{name}}}" for name in sorted(intervener.PLACES))


class PromptView(Frozen):
    """One text: `own` where the project changed it, `version` as it is recorded."""

    name: str
    title: str
    text: str
    version: str
    own: bool
    rows: int
    help: str
    most: int = MAX_TEMPLATE


def prompts_view(own: Prompts) -> tuple[PromptView, ...]:
    """The texts of the form."""
    told = "Before each problem. Any words will do; the answer has to end in \\boxed{}."
    task = f"Before each trace. {_PLACES} are filled in; a JSON reply is asked for in any case."
    return (
        _prompt("reasoner", "The Reasoner", own.for_reasoner, own.reasoner, 8, told),
        _prompt("intervener", "The Intervener", own.for_intervener, own.intervener, 12, task),
    )


def _prompt(name: str, title: str, words: Words, own: str, rows: int, told: str) -> PromptView:
    return PromptView(
        name=name,
        title=title,
        text=words.text,
        version=words.version,
        own=bool(own),
        rows=rows,
        help=told,
    )
