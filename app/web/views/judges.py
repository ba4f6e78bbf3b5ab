"""What each person decided on a trace that several judge, for whoever decides between them."""

from dataclasses import dataclass

from app.core.budget import tokens_of
from app.core.language import translated
from app.core.proposal import Proposal
from app.db.convert import path_of
from app.db.tables import Branch, Judgement, Verdict
from app.web.views.compare import label_of
from app.web.views.desk import Desk
from app.web.views.workbench import Badge, badge_of, title_of


@dataclass(frozen=True)
class HintSaid:
    """What a person did with a hint; `words` are those that went in, or the rejected ones."""

    done: str
    flaw: str
    words: str
    reason: str


@dataclass(frozen=True)
class JudgeView:
    """One person's verdict, the branch that it is on, and what they did with hints before.

    `informed`: they gave it anew after they had seen what the others decided.
    """

    name: str
    decision: str
    informed: bool
    reason: str
    branch: int
    label: str
    badge: Badge
    tokens: int
    hints: tuple[HintSaid, ...]


@dataclass(frozen=True)
class JudgesView:
    """`final` is a reviewer's verdict, None before; `settles` says that the person decides."""

    title: str
    total: int
    done: int
    blind: bool
    settles: bool
    judges: tuple[JudgeView, ...]
    final: JudgeView | None


def judges_view(desk: Desk) -> JudgesView:
    """All whose verdicts stand, in the order in which they gave them."""
    standing = [each for each in desk.verdicts if each.withdrawn_at is None]
    final = next((each for each in reversed(standing) if desk.decides(each)), None)
    return JudgesView(
        title=title_of(desk),
        total=desk.slots.total,
        done=desk.slots.done,
        blind=desk.slots.hides,
        settles=desk.slots.settles and desk.trace.disputed,
        judges=tuple(_judge(desk, each) for each in standing if not desk.decides(each)),
        final=_judge(desk, final) if final else None,
    )


def _judge(desk: Desk, verdict: Verdict) -> JudgeView:
    branch = _branch(desk, verdict)
    own = [each for each in desk.judgements if each.user_id == verdict.user_id]
    return JudgeView(
        name=desk.name_of(verdict.actor),
        decision=verdict.decision,
        informed=verdict.informed,
        reason=verdict.reason,
        branch=branch.id,
        label=label_of(desk, branch),
        badge=badge_of(branch),
        tokens=sum(tokens_of(step) for step in path_of(branch) if step.kind != "output"),
        hints=tuple(_hint(desk, each) for each in own if each.undone_at is None),
    )


def _branch(desk: Desk, verdict: Verdict) -> Branch:
    return next(each for each in desk.trace.branches if each.id == verdict.branch_id)


def _hint(desk: Desk, judgement: Judgement) -> HintSaid:
    row = next(each for each in desk.proposals if each.id == judgement.proposal_id)
    first = Proposal.model_validate(row.proposal).words
    return HintSaid(
        done=judgement.decision,
        flaw=translated(desk.flaw(row.flaw).title),
        words=judgement.words or first,
        reason=judgement.reason,
    )
