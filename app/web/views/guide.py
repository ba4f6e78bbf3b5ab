"""The guide beside a trace: the step that the person is at, in words."""

from sqlalchemy.orm import Session

from app.actions.guide import guide_of
from app.actions.preferences import preference_of
from app.core.guide import READ, STEPS, Guide, GuideStep, step_at
from app.core.keys import keys_with
from app.core.language import N_, translated
from app.core.model import Frozen
from app.core.roles import Actor
from app.db.queries.guide import gave_verdict
from app.web.views.desk import Desk

_WORDS: dict[GuideStep, tuple[str, str]] = {
    "problem": (
        N_("Read the problem"),
        N_("Here is what the Reasoner was asked, and the reference answer that it is graded by."),
    ),
    "trace": (
        N_("Read the trace"),
        N_(
            "The Reasoner thinks, writes programs and reads what they print. Scroll to its answer "
            "at the end: is it right?"
        ),
    ),
    "proposal": (
        N_("Look at a proposed hint"),
        N_(
            "Each card names a flaw and points at its evidence. Press %(forward)s or click a card: "
            "the words it is about light up in the trace."
        ),
    ),
    "accept": (
        N_("Accept the hint"),
        N_(
            "If it is right, press %(accept)s: it goes in where it stands, and all that follows is "
            "written anew. %(edit)s edits it, %(reject)s rejects it."
        ),
    ),
    "growing": (
        N_("Watch the Reasoner go on"),
        N_("It writes on from the hint. The old branch stays as it was, under Lineage."),
    ),
    "verdict": (
        N_("Give your verdict"),
        N_(
            "Golden if the answer is right and no flaw is left; else accept another hint, or "
            "discard. %(undo)s undoes your newest decision."
        ),
    ),
    "done": (
        N_("That was a whole trace"),
        N_(
            "The next one waits in the queue. The key %(help)s shows all keys, "
            "and this guide again."
        ),
    ),
}


class GuideView(Frozen):
    """`step` of `steps`, counted from 1; `reads` is whether a button passes it."""

    at: GuideStep
    step: int
    steps: int
    title: str
    text: str
    reads: bool


def guide_view(session: Session, desk: Desk) -> GuideView | None:
    """The guide on this desk, or None for somebody who is not being guided."""
    user_id = desk.actor.id
    if user_id is None or not desk.may_judge:
        return None
    guide = guide_of(session, user_id)
    at = step_of(desk, guide)
    over = at != "done" and gave_verdict(session, user_id, guide.begun)
    if guide.state == "put away" or over or (guide.state == "offered" and at == "done"):
        return None
    title, text = _WORDS[at]
    return GuideView(
        at=at,
        step=min(len(STEPS), (*STEPS, "done").index(at) + 1),
        steps=len(STEPS),
        title=translated(title),
        text=translated(text) % _keys(session, user_id),
        reads=at in READ,
    )


def _keys(session: Session, user_id: int) -> dict[str, str]:
    """The person's own keys, as the texts name them."""
    own = keys_with(preference_of(session, user_id).keys)
    return {name: key.upper() for name, key in own.items()}


def guide_wanted(session: Session, actor: Actor) -> bool:
    """Whether a project's first page should offer it: to who annotates and never judged a trace."""
    if actor.id is None or not actor.may("annotator"):
        return False
    put_away = guide_of(session, actor.id).state == "put away"
    return not put_away and not gave_verdict(session, actor.id, None)


def step_of(desk: Desk, guide: Guide) -> GuideStep:
    """The step that the person is at."""
    mine = [each for each in desk.judgements if each.user_id == desk.actor.id]
    verdict = desk.facts.verdict
    return step_at(
        guide.read,
        proposed=bool(desk.facts.open_proposals),
        judged=any(each.undone_at is None for each in mine),
        growing=desk.growing,
        decided=verdict is not None and verdict.user_id == desk.actor.id,
    )
