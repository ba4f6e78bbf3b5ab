"""The operations of the API on judging. Written by `make openapi`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from app.client.base import Operations, Shown
from app.client.v1.me import (
    Count,
)
from app.client.v1.problems import (
    Reason,
)
from app.client.v1.traces import (
    TraceView,
)
from app.core.model import Frozen
from app.core.proposal import Proposal
from app.core.trace import Cut
from app.core.trials import Trial


class JudgementView(Shown):
    """A decision on a hint; `branch_id` is the branch that goes on from it."""

    id: int
    proposal_id: int
    by: str
    decision: Literal["accept", "edit", "reject"]
    words: str | None
    """What really went in; null for a rejection."""
    cut: Cut | None
    reason: str
    branch_id: int | None
    at: datetime
    undone_at: datetime | None


class ProposalView(Shown):
    """A hint with its first words, what was decided about it, and how trying it went.

    `open` says that it waits for this caller where the work goes on.
    """

    id: int
    branch_id: int
    proposal: Proposal
    open: bool
    judgements: tuple[JudgementView, ...]
    trials: tuple[Trial, ...]
    created_at: datetime


class NewJudgement(Frozen):
    """A decision on a hint. Other words or another place make it an edit; a rejection has
    a reason.
    """

    decision: Literal["accept", "edit", "reject"]
    words: str | None = None
    cut: Cut | None = None
    reason: str = ""


class NewTrials(Frozen):
    """How often the Reasoner is to go on with a hint, and as often without it; in these
    words.
    """

    k: int = 4
    words: str | None = None
    cut: Cut | None = None


class OwnHint(Frozen):
    """A hint of one's own on characters `start` to `end` of a step that show a flaw.

    Without a `cut` it stands where it would be proposed: before the flawed sentence.
    """

    flaw: str
    step: int
    start: int
    end: int
    words: str
    cut: Cut | None = None


class VerdictView(Shown):
    """A decision on a branch. One that is not `final` is a person's own under overlap.

    `informed`: given anew after its person had seen what the others decided.
    """

    id: int
    branch_id: int
    by: str
    decision: Literal["golden", "discard", "unsure"]
    reason: str
    final: bool
    informed: bool
    at: datetime
    withdrawn_at: datetime | None
    withdrawn_reason: str


class NewVerdict(Frozen):
    """A decision on a finished branch; anything but golden has a reason."""

    decision: Literal["golden", "discard", "unsure"]
    reason: str = ""


class Undo(Frozen):
    """Which judgement is to be undone; null is the newest decision of one's own."""

    judgement: int | None = None


class Judge(Shown):
    """A person's verdict, and what they did with hints before."""

    verdict: VerdictView
    judgements: tuple[JudgementView, ...]


class Judges(Shown):
    """Those of the `total` people who judged a trace, each for themselves, as far as the
    caller may know of it: while they judge blindly (`blind`), themselves alone.

    `settles` says that the caller decides between them; `final` is that decision.
    """

    total: int
    done: int
    blind: bool
    disputed: bool
    settles: bool
    judges: tuple[Judge, ...]
    final: VerdictView | None


class JudgingOperations(Operations):
    """What can be asked for."""

    def list_proposals(
        self, slug: str, trace_id: int, *, limit: int = 50
    ) -> Iterator[ProposalView]:
        """The hints that were proposed on a trace, with what was decided about them."""
        return self._list(
            ProposalView, ("projects", slug, "traces", trace_id, "proposals"), limit=limit
        )

    def judge_proposal(
        self,
        slug: str,
        trace_id: int,
        proposal_id: int,
        body: NewJudgement,
        *,
        seen: Shown | None = None,
    ) -> JudgementView:
        """Accept, edit or reject a hint. For annotators.

        An accepted one begins a branch, on which the Reasoner goes on.
        """
        return self._one(
            JudgementView,
            "POST",
            ("projects", slug, "traces", trace_id, "proposals", proposal_id, "judgements"),
            body=body,
            seen=seen,
        )

    def try_proposal(
        self,
        slug: str,
        trace_id: int,
        proposal_id: int,
        body: NewTrials,
        *,
        seen: Shown | None = None,
    ) -> Count:
        """Have a hint tried before it is judged; gives how many continuations began. For
        annotators.
        """
        return self._one(
            Count,
            "POST",
            ("projects", slug, "traces", trace_id, "proposals", proposal_id, "trials"),
            body=body,
            seen=seen,
        )

    def stop_trials(
        self, slug: str, trace_id: int, proposal_id: int, *, seen: Shown | None = None
    ) -> Count:
        """Stop what still runs of a hint's trials; gives how many ran. For annotators."""
        return self._one(
            Count,
            "POST",
            ("projects", slug, "traces", trace_id, "proposals", proposal_id, "trials", "stop"),
            seen=seen,
        )

    def propose_own(
        self, slug: str, trace_id: int, branch_id: int, body: OwnHint, *, seen: Shown | None = None
    ) -> JudgementView:
        """Put in a hint of one's own, and let the Reasoner go on from it. For annotators."""
        return self._one(
            JudgementView,
            "POST",
            ("projects", slug, "traces", trace_id, "branches", branch_id, "hints"),
            body=body,
            seen=seen,
        )

    def list_verdicts(self, slug: str, trace_id: int, *, limit: int = 50) -> Iterator[VerdictView]:
        """The verdicts on a trace, withdrawn ones too."""
        return self._list(
            VerdictView, ("projects", slug, "traces", trace_id, "verdicts"), limit=limit
        )

    def judge_branch(
        self,
        slug: str,
        trace_id: int,
        branch_id: int,
        body: NewVerdict,
        *,
        seen: Shown | None = None,
    ) -> VerdictView:
        """Call a branch golden, discard it, or say that one is unsure. For annotators."""
        return self._one(
            VerdictView,
            "POST",
            ("projects", slug, "traces", trace_id, "branches", branch_id, "verdicts"),
            body=body,
            seen=seen,
        )

    def undo(self, slug: str, trace_id: int, body: Undo, *, seen: Shown | None = None) -> TraceView:
        """Take back one's own newest decision on a trace, or one judgement. For annotators."""
        return self._one(
            TraceView, "POST", ("projects", slug, "traces", trace_id, "undo"), body=body, seen=seen
        )

    def reopen(
        self, slug: str, trace_id: int, body: Reason, *, seen: Shown | None = None
    ) -> TraceView:
        """Withdraw the verdict on a trace. For annotators."""
        return self._one(
            TraceView,
            "POST",
            ("projects", slug, "traces", trace_id, "reopen"),
            body=body,
            seen=seen,
        )

    def get_judges(self, slug: str, trace_id: int, *, seen: Shown | None = None) -> Judges:
        """Who judged a trace, and how, beside each other."""
        return self._one(Judges, "GET", ("projects", slug, "traces", trace_id, "judges"), seen=seen)
