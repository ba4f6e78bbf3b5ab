"""The Intervener that runs the detectors: quick, free, and blind to what no rule describes."""

from collections.abc import Callable, Mapping
from typing import Any

from app.backends.interveners.base import Review, ignore_note, ignore_usage
from app.backends.reasoners.base import Usage
from app.core.case import Case
from app.core.proposal import Flawless, Source
from app.detectors import detect
from app.detectors.reading import VERSION


def make(config: Mapping[str, Any], key: str = "") -> "Rules":
    """The rules. There is nothing to set, and no use for a key."""
    return Rules()


class Rules:
    """Proposes what the detectors find."""

    name = "rules"

    def review(
        self,
        case: Case,
        on_usage: Callable[[Usage], None] = ignore_usage,
        on_note: Callable[[str], None] = ignore_note,
    ) -> Review:
        """What the rules find; Flawless says only that none of them fired."""
        source = Source(kind="rule", name=self.name, version=VERSION)
        return detect(case) or Flawless(reasons="No rule fired.", source=source)
