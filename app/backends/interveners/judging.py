"""A model's reply held against the case: a review, or what is wrong with it and asked again.

Promises: what passes names words that stand in the path, a flaw of the taxonomy, and a hint that
the rules allow and that is short enough. The model is never told why a hint gives too much away.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from app.backends.interveners.base import Review
from app.backends.interveners.replies import Reply, read_reply
from app.backends.interveners.spans import Place, find_words
from app.core.case import Case
from app.core.proposal import MAX_HINT_TOKENS, Evidence, Flawless, Proposal, Source
from app.core.splice import default_cut
from app.prompts import intervener as prompt

_ANY_WORDS = "Wait."
"""Where these are refused, the place is the reason, and other words would be refused too."""


class Fault(NamedTuple):
    """What is wrong with a reply: its kind, what a person is told, and what the model is asked.

    `otherwise` is the review that stands where asking again changes nothing.
    """

    kind: Literal["form", "span", "place", "hint", "doubt"]
    told: str
    ask_again: str
    otherwise: Review | None = None


def judged(case: Case, text: str, source: Source, on_note: Callable[[str], None]) -> Review | Fault:
    """A reply as a review, or what is wrong with it."""
    reply = read_reply(text)
    if isinstance(reply, str):
        told = f"The Intervener's reply can't be read: {reply}."
        return Fault("form", told, prompt.FORM_RULES.format(reason=reply))
    if reply.verdict == "flawless":
        return _flawless(case, reply, source)
    if case.taxonomy.get(reply.flaw) is None:
        told = f"There is no flaw called {reply.flaw!r:.100}"
        return Fault("form", f"{told}.", prompt.FORM_RULES.format(reason=told))
    place = find_words([step.text for step in case.path], reply.step - 1, reply.span)
    if place is None:
        told = f"The words that the Intervener quotes are not in step {reply.step}."
        return Fault("span", told, prompt.SPAN_RULES)
    if place.step != reply.step - 1:
        on_note(f"the quoted words were found in step {place.step + 1}, not in step {reply.step}")
    return _proposed(case, reply, place, source)


def _flawless(case: Case, reply: Reply, source: Source) -> Review | Fault:
    """Its word, which is doubted once where the answer is wrong: then something in the trace is."""
    found = Flawless(reasons=reply.evidence, source=source)
    if case.correct is not False:
        return found
    return Fault("doubt", "The answer is wrong.", prompt.DOUBT, otherwise=found)


def _proposed(case: Case, reply: Reply, place: Place, source: Source) -> Review | Fault:
    """The proposal of a reply whose words were found, unless its hint is refused."""
    cut, words = default_cut(case.path, place.step, place.start), reply.hint.strip()
    if refusal := case.refusal(cut, _ANY_WORDS):
        told = f"A flaw was found in step {place.step + 1}, and no hint can stand there: {refusal}"
        return Fault("place", told, "")
    if refusal := case.refusal(cut, words):
        return Fault("hint", f"The Intervener's hints can't be used: {refusal}", prompt.HINT_RULES)
    if (count := case.count(words)) > MAX_HINT_TOKENS:
        told = f"The Intervener's hint has {count} tokens; at most {MAX_HINT_TOKENS} are allowed."
        again = prompt.LENGTH_RULES.format(count=count, most=MAX_HINT_TOKENS)
        return Fault("hint", told, again)
    evidence = Evidence(step=place.step, start=place.start, end=place.end, note=reply.evidence)
    return (
        Proposal(
            flaw=reply.flaw,
            evidence=(evidence,),
            cut=cut,
            words=words,
            source=source,
            confidence=reply.confidence,
        ),
    )
