"""The guided first trace: its steps, and which one a person is at.

Promises: pure; a step that is about a deed is passed by doing it, never by saying so.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from app.core.model import Frozen

GuideStep = Literal["problem", "trace", "proposal", "accept", "growing", "verdict", "done"]
READ: tuple[GuideStep, ...] = ("problem", "trace", "proposal")
"""What is passed by reading."""
STEPS: tuple[GuideStep, ...] = (*READ, "accept", "growing", "verdict")


class Guide(Frozen):
    """Where a person left it; `begun` is when they last began it, None where it offers itself."""

    state: Literal["offered", "on", "put away"] = "offered"
    begun: datetime | None = None
    read: tuple[GuideStep, ...] = ()


def step_at(
    read: Iterable[GuideStep], *, proposed: bool, judged: bool, growing: bool, decided: bool
) -> GuideStep:
    """The step that somebody is at on a trace.

    `proposed` is whether a hint waits there; `judged` whether they judged one of its hints;
    `growing` whether the Reasoner writes; `decided` whether they gave a verdict.
    """
    passed = set(read)
    if decided:
        return "done"
    if growing:
        return "growing"
    if judged:
        return "verdict"
    reading = READ if proposed else READ[:2]
    unread = next((step for step in reading if step not in passed), None)
    return unread or ("accept" if proposed else "verdict")
