"""The Intervener that runs the detectors: quick, free, and blind to what no rule describes."""

from collections.abc import Callable, Mapping
from typing import Any

from app.backends.interveners.base import IntervenerError, Review, ignore_note, ignore_usage
from app.backends.reasoners.base import Usage
from app.core.case import Case
from app.core.proposal import Flawless, Proposal, Source
from app.core.splice import default_cut
from app.detectors import Finding, detect
from app.prompts import hints


def make(config: Mapping[str, Any], key: str = "") -> "Rules":
    """The rules, with a project's own templates in `config["hints"]` by the rule's name."""
    own = config.get("hints") or {}
    return Rules({rule: words for rule, words in own.items() if isinstance(words, str)})


class Rules:
    """Proposes what the detectors find, in the words of `app.prompts.hints` or a project's own."""

    name = "rules"

    def __init__(self, own: Mapping[str, str]) -> None:
        self.own = dict(own)

    def review(
        self,
        case: Case,
        on_usage: Callable[[Usage], None] = ignore_usage,
        on_note: Callable[[str], None] = ignore_note,
    ) -> Review:
        """What the rules find, each place once; Flawless says only that none of them fired.

        Raises IntervenerError where rules fired and none of their hints can be put in.
        """
        known = (it for it in detect(case) if case.taxonomy.get(it.flaw))
        found = sorted(
            (self._proposal(case, it) for it in known), key=lambda it: it.confidence or 0
        )
        if not found:
            source = Source(kind="rule", name=self.name, version=hints.VERSION)
            return Flawless(reasons="No rule fired.", source=source)
        places = {it.cut: it for it in found if case.allows(it)}
        if not places:
            refusal = case.refusal(found[-1].cut, found[-1].words)
            told = (
                f"The rule {found[-1].source.name} fires, and its hint can't be put in: {refusal}"
            )
            raise IntervenerError(told, retryable=False)
        return tuple(sorted(places.values(), key=lambda it: (it.cut.step, it.cut.offset)))

    def _proposal(self, case: Case, finding: Finding) -> Proposal:
        """Its hint stands where hints stand by default for the words that show the flaw."""
        evidence, version = finding.evidence, hints.version_of(finding.rule, self.own)
        return Proposal(
            flaw=finding.flaw,
            evidence=(evidence,),
            cut=default_cut(case.path, evidence.step, evidence.start),
            words=hints.words(finding.rule, finding.values, self.own),
            source=Source(kind="rule", name=finding.rule, version=version),
            confidence=finding.confidence,
        )
