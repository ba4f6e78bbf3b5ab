"""What a reviewer of a path is given: a detector, an Intervener, or a recording.

`correct` says whether the final answer is right, None where that is unknown. The reference is in
`problem` because the rules about hints need it; nothing that is told to a model may hold it.
"""

from collections.abc import Callable, Mapping

from app.core.budget import MAX_HINTS, tokens_in
from app.core.execution import Execution
from app.core.flaws import DEFAULT, Taxonomy
from app.core.lifecycle import hint_refusal
from app.core.model import Frozen
from app.core.problem import Problem
from app.core.proposal import Proposal
from app.core.solved import Examination
from app.core.trace import Cut, Step


class Case(Frozen):
    """A path under review. `executions` are by the index of the Code step that each ran.

    `examined` has, by the same index, one entry for each of its execution's solves: what trusted
    code found in the model, None where none was kept or looked at. `count` gives the tokens of a
    text, by the Reasoner's tokenizer where there is one.
    """

    problem: Problem
    path: tuple[Step, ...]
    executions: Mapping[int, Execution] = {}
    examined: Mapping[int, tuple[Examination | None, ...]] = {}
    correct: bool | None = None
    taxonomy: Taxonomy = DEFAULT
    max_hints: int = MAX_HINTS
    share_blocks: bool = False
    count: Callable[[str], int] = tokens_in

    def refusal(self, cut: Cut, words: str) -> str | None:
        """Why these words can't be a hint at this cut, or None."""
        return hint_refusal(
            self.path,
            cut,
            words,
            question=self.problem.question,
            reference=self.problem.reference,
            max_hints=self.max_hints,
            share_blocks=self.share_blocks,
        )

    def allows(self, proposal: Proposal) -> bool:
        """Whether a proposal is of this taxonomy and may become a hint."""
        known = self.taxonomy.get(proposal.flaw) is not None
        return known and self.refusal(proposal.cut, proposal.words) is None
