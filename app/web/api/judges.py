"""Adjudication: what each of those who judged a trace decided, for whoever decides between them.

The decision is a verdict on the branch that is held for right, by the route for verdicts.
"""

from fastapi import APIRouter, Response
from pydantic import Field

from app.core.model import Frozen
from app.db.tables import Verdict
from app.web.api.etags import IfNoneMatch
from app.web.api.traces import TRACE, ThisTrace
from app.web.api.views.judging import JudgementView, VerdictView, judgement_view, verdict_view
from app.web.views.desk import Desk

router = APIRouter(prefix="/projects/{slug}", tags=["judging"])


class Judge(Frozen):
    """A person's verdict, and what they did with hints before."""

    verdict: VerdictView
    judgements: tuple[JudgementView, ...]


class Judges(Frozen):
    """Those of the `total` people who judged a trace, each for themselves, as far as the caller may
    know of it: while they judge blindly (`blind`), themselves alone.

    `settles` says that the caller decides between them; `final` is that decision.
    """

    total: int = Field(examples=[2])
    done: int
    blind: bool
    disputed: bool
    settles: bool
    judges: tuple[Judge, ...]
    final: VerdictView | None


@router.get(f"{TRACE}/judges", response_model=Judges)
def get_judges(desk: ThisTrace, condition: IfNoneMatch) -> Response:
    """Who judged a trace, and how, beside each other."""
    standing = [each for each in desk.verdicts if each.withdrawn_at is None]
    final = next((each for each in reversed(standing) if desk.decides(each)), None)
    view = Judges(
        total=desk.slots.total,
        done=desk.slots.done,
        blind=desk.slots.hides,
        disputed=desk.trace.disputed,
        settles=desk.slots.settles and desk.trace.disputed,
        judges=tuple(_judge(desk, each) for each in standing if not desk.decides(each)),
        final=verdict_view(final, desk) if final else None,
    )
    return condition.show(view)


def _judge(desk: Desk, verdict: Verdict) -> Judge:
    own = (each for each in desk.judgements if each.user_id == verdict.user_id)
    kept = (judgement_view(each) for each in own if each.undone_at is None)
    return Judge(verdict=verdict_view(verdict, desk), judgements=tuple(kept))
