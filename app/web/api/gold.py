"""Gold standards: which there are, marking, and scores; all for leads."""

from fastapi import APIRouter, Response
from pydantic import Field

from app.actions.gold import mark_gold, unmark_gold
from app.core.errors import NotFound
from app.core.interval import wilson
from app.core.language import _
from app.core.lifecycle import VerdictDecision
from app.core.model import Frozen
from app.db.queries.gold import Score, scores, standards_of
from app.db.tables import GoldStandard
from app.web.api.deps import Here, LeadHere
from app.web.api.etags import IfNoneMatch, shown
from app.web.api.paging import Page, Paged
from app.web.api.sent import Sent
from app.web.api.traces import TRACE, ThisTrace
from app.web.deps import Db

router = APIRouter(prefix="/projects/{slug}", tags=["gold"])


class KnownVerdict(Frozen):
    """What is known of a trace; without anything it is what the verdict that stands says."""

    decision: VerdictDecision | None = None
    flaw: str = Field("", max_length=60, examples=["wrong-objective"])
    step: int | None = Field(None, ge=0, le=10**6, description="Counted from 0.")


class GoldItemView(Frozen):
    """A gold standard, and how many gave their verdict on it."""

    trace_id: int
    decision: VerdictDecision
    flaw: str | None
    step: int | None
    given: int


class ScoreView(Frozen):
    """How well a person did: right verdicts, and first flaws and their steps where known.

    `low` and `high` are the bounds of Wilson's 95% interval of the share of right verdicts.
    """

    user_id: int
    name: str
    items: int
    right: int
    low: float
    high: float
    flaws: int
    flaws_right: int
    steps: int
    steps_right: int


@router.get("/gold")
def list_gold(session: Db, here: LeadHere, paging: Paged) -> Page[GoldItemView]:
    """The gold standards of a project. For leads."""
    found = standards_of(session, here.project.id)
    rows, following = paging.some(found, lambda row: row[0].id)
    return Page(items=tuple(_item(*row) for row in rows), next=following)


@router.get("/gold/scores")
def list_scores(session: Db, here: LeadHere, paging: Paged) -> Page[ScoreView]:
    """How well each person did. For leads."""
    found = sorted(scores(session, here.project.id), key=lambda score: score.user_id)
    rows, following = paging.some(found, lambda score: score.user_id)
    return Page(items=tuple(map(_score, rows)), next=following)


@router.get(f"{TRACE}/gold", response_model=GoldItemView)
def get_gold(session: Db, here: LeadHere, desk: ThisTrace, condition: IfNoneMatch) -> Response:
    """The gold standard that a trace is. For leads."""
    for gold, many in standards_of(session, here.project.id):
        if gold.trace_id == desk.trace.id:
            return condition.show(_item(gold, many))
    raise NotFound(_("The trace is no gold standard."))


@router.put(f"{TRACE}/gold", response_model=GoldItemView)
def mark_gold_(session: Db, here: Here, desk: ThisTrace, known: Sent[KnownVerdict]) -> Response:
    """Mark a trace as a gold standard. For leads."""
    said = (known.decision, known.flaw, known.step)
    return shown(_item(mark_gold(session, here.actor, desk.trace.id, *said), 0))


@router.delete(f"{TRACE}/gold", status_code=204)
def unmark_gold_(session: Db, here: Here, desk: ThisTrace) -> None:
    """Take the mark away; the scores stay. For leads."""
    unmark_gold(session, here.actor, desk.trace.id)


def _score(score: Score) -> ScoreView:
    low, high = wilson(score.right, score.items)
    return ScoreView(**score._asdict(), low=low, high=high)


def _item(gold: GoldStandard, many: int) -> GoldItemView:
    names = ("trace_id", "decision", "flaw", "step")
    return GoldItemView(given=many, **{name: getattr(gold, name) for name in names})
