"""What the loss is on: what the Reasoner wrote and, unless a project chooses otherwise, hints.

Never the prompt, and never an output: not the sandbox's, not an imported one, and not one that the
model forged, for what is trained on is learnt.
"""

from app.core.model import Frozen
from app.core.trace import StepLike


class MaskPolicy(Frozen):
    """Whether hints, and code that a later hint corrected, are trained on; the rest is fixed."""

    hints: bool = True
    corrected_code: bool = True

    def trains(self, step: StepLike, corrected: bool = False) -> bool:
        """Whether the loss is on this step; `corrected` says that a later hint corrects it."""
        if step.kind == "output":
            return False
        if step.kind == "code" and corrected and not self.corrected_code:
            return False
        return step.author == "reasoner" or (step.kind == "hint" and self.hints)
