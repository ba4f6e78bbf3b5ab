"""The right of the workbench: proposed hints to judge, a hint of one's own, the verdict.

Promises: a button that is disabled says why, in the sentence that the verb would refuse with; every
place that a hint may be moved to without JavaScript is one where the core lets it stand.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.actions.facts import TRIAL_REFUSAL
from app.actions.undo import may_undo, to_undo
from app.core.budget import tokens_of
from app.core.flaw_examples import Examples, examples_of
from app.core.flaws import Flaw
from app.core.language import N_, _, ngettext, translated
from app.core.lifecycle import SETTLED
from app.core.proposal import MAX_WORDS, Evidence, Proposal, Source
from app.core.splice import cut_refusal, sentence_starts
from app.core.trace import Cut, Step
from app.core.waiting import waiting_words
from app.db.tables import Judgement, ProposalRow, Review
from app.web.views.desk import Desk
from app.web.views.steps import shown_span
from app.web.views.trials import TrialsView, trials_view

_NEAR = 12
"""How many sentences before and behind a proposal's place are offered without JavaScript."""
_SAID = {
    "accepted": N_("accepted by %(name)s"),
    "edited": N_("edited and accepted by %(name)s"),
    "rejected": N_("rejected by %(name)s"),
}
_SHOWN = 44


@dataclass(frozen=True)
class Spot:
    """A place for a hint: `value` as `step:offset`, and the words that it stands before."""

    value: str
    words: str


Spots = Mapping[Cut, Spot]
"""Places of one path, by their cut; the ends of its steps are alike for every card."""


@dataclass(frozen=True)
class EvidenceLine:
    """Why: the note, and what of the trace it is about: words, or lines of code."""

    step: int
    quote: str
    note: str


@dataclass(frozen=True)
class Card:
    """A proposal to judge."""

    id: int
    flaw: Flaw
    examples: Examples
    evidence: tuple[EvidenceLine, ...]
    words: str
    source: str
    confirmed: str
    tokens: int
    place: str
    spots: tuple[Spot, ...]
    chosen: str
    trials: TrialsView


@dataclass(frozen=True)
class Judged:
    """A proposal that was decided, in one line; `undo` is the judgement, None where it stays."""

    title: str
    words: str
    said: str
    reason: str
    id: int
    trials: TrialsView
    undo: int | None


@dataclass(frozen=True)
class OwnHint:
    """What a hint of one's own can be about, and what its writer is told."""

    steps: tuple[int, ...]
    flaws: tuple[Flaw, ...]
    examples: tuple[Examples, ...]
    guidelines: str
    spots: tuple[Spot, ...]


@dataclass(frozen=True)
class ReviewView:
    """`refusal` says why nothing can be judged now; `looks` what each source found last."""

    cards: tuple[Card, ...]
    judged: tuple[Judged, ...]
    looks: tuple[str, ...]
    own: OwnHint
    looking: bool
    waiting: str
    trial: bool
    refusal: str
    may_judge: bool
    max_words: int
    seen: int


@dataclass(frozen=True)
class GoldBox:
    """What a lead can do about a trace as a gold standard: mark it, or take the mark away.

    `known` says that a verdict stands, which an empty form takes.
    """

    marked: bool
    known: bool
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True)
class VerdictView:
    """`golden_refusal` is None where golden may be called; `given` is the verdict that stands.

    `left` are the seconds for which the person holds the trace; `judges` says, under overlap, how
    many people judge it, `why` to whom it goes.
    """

    golden_refusal: str | None
    given: str
    by: str
    reason: str
    withdrawn: tuple[str, ...]
    growing: bool
    may_judge: bool
    may_undo: bool
    claimed_by: tuple[str, ...]
    guidelines: str
    mine: bool
    left: int
    may_hold: bool
    may_free: bool
    judges: str
    why: str
    gold: GoldBox | None
    seen: int


def review_view(desk: Desk) -> ReviewView:
    """The cards in the order of their places, and what else can be said about the trace's flaws."""
    shown = [] if desk.branch.trial else desk.facts.open_proposals
    found = [(Proposal.model_validate(row.proposal), row) for row in shown]
    found.sort(key=lambda pair: (pair[0].cut.step, pair[0].cut.offset, pair[1].id))
    newest = {review.source.get("name", ""): review for review in desk.reviews}
    ends = _spots(desk.path, (Cut(step=at) for at in range(len(desk.path) + 1)))
    return ReviewView(
        cards=tuple(_card(desk, proposal, row, ends) for proposal, row in found),
        judged=tuple(_judged(desk)),
        looks=tuple(map(_look, newest.values())),
        own=_own_hint(desk, ends),
        looking=any(job.kind == "review" for job in desk.jobs),
        waiting=_waiting(desk),
        trial=desk.branch.trial,
        refusal=_judging_refusal(desk),
        may_judge=desk.may_judge,
        max_words=MAX_WORDS,
        seen=desk.seen,
    )


def verdict_view(desk: Desk) -> VerdictView:
    """The verdict that stands, or what may be decided."""
    verdict, holders = desk.facts.verdict, desk.claimed_by
    undoable = to_undo(desk.actor, verdict, desk.judgements, desk.branches)
    return VerdictView(
        golden_refusal=desk.facts.golden_refusal,
        given=verdict.decision if verdict else "",
        by=desk.name_of(verdict.actor) if verdict else "",
        reason=verdict.reason if verdict else "",
        withdrawn=tuple(
            _(
                "%(decision)s by %(name)s: %(reason)s",
                decision=translated(each.decision),
                name=desk.name_of(each.actor),
                reason=each.withdrawn_reason,
            )
            for each in desk.verdicts
            if each.withdrawn_at
        ),
        growing=desk.growing,
        may_judge=desk.may_judge,
        may_undo=desk.may_judge and undoable is not None,
        claimed_by=tuple(user.name for user in holders),
        guidelines=desk.project.guidelines,
        mine=desk.left > 0,
        left=desk.left,
        may_hold=desk.slots.free > 0 if desk.slots.overlap else not holders,
        may_free=desk.actor.may("lead") and any(user.id != desk.actor.id for user in holders),
        judges=_judges(desk),
        why=desk.why.words if desk.why else "",
        gold=_gold(desk),
        seen=desk.seen,
    )


def _gold(desk: Desk) -> GoldBox | None:
    if not desk.actor.may("lead") or desk.branch.trial:
        return None
    known = desk.trace.state in SETTLED
    flaws = desk.taxonomy.flaws
    return GoldBox(marked=desk.trace.gold_id is not None, known=known, flaws=flaws)


def _judges(desk: Desk) -> str:
    """How many people judge the trace, and how far they are; "" where it is one."""
    slots = desk.slots
    if not slots.overlap:
        return ""
    done = ngettext(
        "%(num)s of %(total)s who judge it is done.",
        "%(num)s of %(total)s who judge it are done.",
        slots.done,
        total=slots.total,
    )
    if slots.hides:
        return f"{done} " + _("You see the others’ work once you gave your verdict.")
    decides = slots.settles and desk.trace.disputed
    return f"{done} " + _("They differ: you decide.") if decides else done


def _waiting(desk: Desk) -> str:
    """What a look for hints waits for, "" where it doesn't."""
    waits = (job for job in desk.jobs if job.kind == "review" and job.not_before)
    return next((waiting_words(job.error, job.not_before) for job in waits if job.not_before), "")


def _card(desk: Desk, proposal: Proposal, row: ProposalRow, ends: Spots) -> Card:
    return Card(
        id=row.id,
        flaw=desk.flaw(row.flaw),
        examples=examples_of(desk.flaw(row.flaw)),
        evidence=tuple(_evidence(desk, each) for each in proposal.evidence),
        words=proposal.words,
        source=_source(proposal),
        confirmed=_confirmed(proposal),
        tokens=tokens_of(Step(kind="hint", author="intervener", text=proposal.words)),
        place=_before(desk.path, proposal.cut),
        spots=_spots_near(desk.path, proposal.cut, ends),
        chosen=_value(proposal.cut),
        trials=trials_view(desk, row.id, proposal),
    )


def _spots_near(path: tuple[Step, ...], cut: Cut, ends: Spots) -> tuple[Spot, ...]:
    """Where a hint may stand: starts of sentences near `cut`, `cut`, and the `ends` of steps."""
    found = {**ends, **_spots(path, {cut, *_sentences_near(path, cut)})}
    return tuple(found[each] for each in sorted(found, key=lambda each: (each.step, each.offset)))


def _spots(path: tuple[Step, ...], cuts: Iterable[Cut]) -> Spots:
    """Those of the places where a hint may stand."""
    return {
        each: Spot(_value(each), _before(path, each))
        for each in cuts
        if cut_refusal(path, each) is None
    }


def _sentences_near(path: tuple[Step, ...], cut: Cut) -> Iterator[Cut]:
    """Starts of sentences in the thought that the cut is in, or in the last one before it."""
    at = next((n for n in range(cut.step, -1, -1) if _is_thought(path, n)), None)
    if at is None:
        return
    text = path[at].text
    starts = [start for start in sentence_starts(text) if text[start:].strip()]
    offset = cut.offset if at == cut.step else len(text)
    near = sum(start < offset for start in starts)
    for start in starts[max(near - _NEAR, 0) : near + _NEAR]:
        yield Cut(step=at, offset=start)


def _is_thought(path: tuple[Step, ...], at: int) -> bool:
    return at < len(path) and path[at].kind == "thought"


def _before(path: tuple[Step, ...], cut: Cut) -> str:
    """A place in words: what follows it."""
    if cut.step == len(path):
        return _("at the end")
    if not cut.offset and path[cut.step].kind in ("code", "answer", "hint"):
        kind = translated(path[cut.step].kind)
        return _("before step %(number)s (%(kind)s)", number=cut.step + 1, kind=kind)
    follows = " ".join(path[cut.step].text[cut.offset :][: 4 * _SHOWN].split())
    shown = _short(follows, _SHOWN)
    return _("step %(number)s, before “%(words)s”", number=cut.step + 1, words=shown)


def _evidence(desk: Desk, evidence: Evidence) -> EvidenceLine:
    quote = _("step %(number)s", number=evidence.step + 1)
    if evidence.step < len(desk.path):
        quote = _quote(desk.path[evidence.step], evidence)
    return EvidenceLine(evidence.step + 1, quote, evidence.note)


def _quote(step: Step, evidence: Evidence) -> str:
    start, end = shown_span(step)
    place = _("step %(number)s", number=evidence.step + 1)
    if step.kind == "code":
        if evidence.start <= start and evidence.end >= end:
            return place
        first = 1 + step.text.count("\n", start, max(evidence.start, start))
        last = 1 + step.text.count("\n", start, max(evidence.end - 1, start))
        if first == last:
            return _("%(place)s, line %(line)s", place=place, line=first)
        return _("%(place)s, lines %(first)s–%(last)s", place=place, first=first, last=last)
    words = " ".join(step.text[evidence.start : evidence.end].split())
    return f"“{_short(words, 2 * _SHOWN)}”" if words else place


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[:most].rstrip()}…"


def _own_hint(desk: Desk, ends: Spots) -> OwnHint:
    kinds = {"thought", "code", "output", "answer"}
    steps = tuple(at + 1 for at, step in enumerate(desk.path) if step.kind in kinds)
    spots = _spots_near(desk.path, Cut(step=len(desk.path)), ends)
    flaws = desk.taxonomy.flaws
    return OwnHint(steps, flaws, tuple(map(examples_of, flaws)), desk.project.guidelines, spots)


def _judged(desk: Desk) -> Iterator[Judged]:
    by_proposal = {each.proposal_id: each for each in desk.judgements if not each.undone_at}
    for row in desk.proposals:
        if row.id in by_proposal:
            yield _judged_line(desk, row, by_proposal[row.id])


def _judged_line(desk: Desk, row: ProposalRow, judgement: Judgement) -> Judged:
    said = _(_SAID.get(row.state, row.state), name=desk.name_of(judgement.actor))
    proposal = Proposal.model_validate(row.proposal)
    words, trials = judgement.words or proposal.words, trials_view(desk, row.id, proposal)
    undo = judgement.id if may_undo(desk.actor, judgement) else None
    return Judged(desk.flaw(row.flaw).title, words, said, judgement.reason, row.id, trials, undo)


def _look(review: Review) -> str:
    name, notes = review.source.get("name", ""), review.source.get("notes", [])
    if review.failure:
        said = _("%(name)s failed: %(why)s", name=name, why=review.failure)
    elif review.proposed:
        said = ngettext(
            "%(name)s proposed %(num)s hint",
            "%(name)s proposed %(num)s hints",
            review.proposed,
            name=name,
        )
    else:
        said = _("%(name)s found no flaw", name=name)
        said = f"{said}: {review.reasons}" if review.reasons else said
    return f"{said} ({'; '.join(notes)})" if notes else said


def _source(proposal: Proposal) -> str:
    by, sure = _by(proposal.source), proposal.confidence
    return by if sure is None else _("%(by)s, %(sure)s sure", by=by, sure=format(sure, ".0%"))


def _by(source: Source) -> str:
    told = {"rule": _("rule: %(name)s", name=source.name), "recording": _("a recorded hint")}
    return told.get(source.kind) or _("by %(name)s", name=source.name)


def _confirmed(proposal: Proposal) -> str:
    """Who else found it, "" for nobody."""
    kinds = {"rule": N_("rule %(name)s"), "recording": N_("the recording of %(name)s")}
    names = [_(kinds.get(each.kind, "%(name)s"), name=each.name) for each in proposal.confirmed_by]
    return _("also found by %(names)s", names=", ".join(dict.fromkeys(names))) if names else ""


def _judging_refusal(desk: Desk) -> str:
    if desk.branch.trial:
        return translated(TRIAL_REFUSAL)
    if not desk.may_judge:
        return _("You may read here; judging needs the role annotator.")
    if desk.growing:
        return _("The Reasoner is still writing.")
    if desk.facts.verdict:
        return _("The trace has a verdict; reopen it first.")
    if desk.slots.settles:
        return _("All who judge this trace are done: decide which branch is right, and say how.")
    if desk.slots.overlap and not desk.slots.mine:
        return _("Several people judge this trace, each for themselves: hold it first.")
    spent = _("All %(most)s hints are spent.", most=desk.limits.max_hints)
    return spent if desk.facts.budget.spent else ""


def _value(cut: Cut) -> str:
    return f"{cut.step}:{cut.offset}"
