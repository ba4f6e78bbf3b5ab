"""What can be done to many traces at once, and which of them it leaves out, with the reason.

Promises: pure. Before it is done and while it is done the same is asked, so a page that says what
will happen and the verb that does it differ only where somebody changed a trace in between.
"""

from typing import Literal, NamedTuple

from app.core.language import N_
from app.core.lifecycle import TraceState
from app.core.roles import Role

BulkDeed = Literal["look", "sample", "reopen", "discard", "release", "assign", "take_back"]
NEEDS: dict[BulkDeed, Role] = {
    "look": "lead",
    "sample": "lead",
    "reopen": "annotator",
    "discard": "annotator",
    "release": "lead",
    "assign": "lead",
    "take_back": "lead",
}
"""The role for each: what costs a model's tokens, or takes from others, is a lead's."""
WITH_REASON: frozenset[BulkDeed] = frozenset({"reopen", "discard"})
_JUDGED: frozenset[TraceState] = frozenset({"golden", "discarded", "unsure"})


class Target(NamedTuple):
    """A trace that was chosen: held by `others` than who does it, or by anybody (`held`).

    `given` says that it was assigned to somebody.
    """

    id: int
    problem_id: int
    state: TraceState
    held: bool
    others: bool
    given: bool


def left_out(deed: BulkDeed, target: Target) -> str | None:
    """Why a trace is left out, or None where the deed is done to it."""
    if deed == "release":
        return None if target.held else N_("Nobody holds it.")
    if deed == "sample":
        return None
    if deed == "take_back":
        return None if target.given else N_("It was given to nobody.")
    if target.others and deed != "assign":
        return N_("Somebody else is working on it.")
    judged = target.state in _JUDGED
    if deed == "reopen":
        return None if judged else N_("It is open already.")
    if judged:
        return N_("It has a verdict; send it back to the queue first.")
    waits = target.state == "waiting" and deed != "assign"
    return N_("The Reasoner is still writing it.") if waits else None
