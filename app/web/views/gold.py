"""Gold standards as leads see them: which there are, and how well who was given them did."""

from sqlalchemy.orm import Session

from app.actions.gold import LEAST_ITEMS
from app.actions.projects import limits_of
from app.core.flaws import Taxonomy
from app.core.interval import wilson
from app.core.language import _, translated
from app.core.model import Frozen
from app.core.roles import Actor
from app.db.queries.gold import Score, scores, standards_of
from app.db.tables import Project


class ShareLine(Frozen):
    """`right` of `of`, in percent, and between what it probably is; "" where nothing was asked."""

    right: int
    of: int
    percent: str
    between: str


class ScoreLine(Frozen):
    """A person's score: on verdicts, on first flaws, and on where these are."""

    name: str
    verdicts: ShareLine
    flaws: ShareLine
    steps: ShareLine


class StandardLine(Frozen):
    """A gold standard; `step` is counted from 1."""

    trace_id: int
    decision: str
    flaw: str
    step: int | None
    given: int


class GoldView(Frozen):
    """`share` is in percent, of what annotators get."""

    standards: tuple[StandardLine, ...]
    scores: tuple[ScoreLine, ...]
    share: float
    shown: bool
    least: int = LEAST_ITEMS


def gold_view(session: Session, project: Project) -> GoldView:
    """All of it."""
    limits, taxonomy = limits_of(project), Taxonomy.model_validate(project.taxonomy)
    titles = {flaw.id: translated(flaw.title) for flaw in taxonomy.flaws}
    return GoldView(
        standards=tuple(
            StandardLine(
                trace_id=gold.trace_id,
                decision=gold.decision,
                flaw=titles.get(gold.flaw, gold.flaw) if gold.flaw else "",
                step=None if gold.step is None else gold.step + 1,
                given=many,
            )
            for gold, many in standards_of(session, project.id)
        ),
        scores=tuple(map(_line, scores(session, project.id))),
        share=limits.gold_share * 100,
        shown=limits.gold_shown,
    )


def own_score(session: Session, project: Project, actor: Actor) -> ScoreLine | None:
    """A person's own score, where the project shows it and it says something."""
    if not limits_of(project).gold_shown:
        return None
    found = (each for each in scores(session, project.id) if each.user_id == actor.id)
    return next((_line(each) for each in found if each.items >= LEAST_ITEMS), None)


def _line(score: Score) -> ScoreLine:
    return ScoreLine(
        name=score.name,
        verdicts=_share(score.right, score.items),
        flaws=_share(score.flaws_right, score.flaws),
        steps=_share(score.steps_right, score.steps),
    )


def _share(right: int, of: int) -> ShareLine:
    low, high = wilson(right, of)
    told = _("%(low)s to %(high)s%%", low=round(low * 100), high=round(high * 100))
    percent = f"{right / of * 100:.0f}%" if of else ""
    return ShareLine(right=right, of=of, percent=percent, between=told if of else "")
