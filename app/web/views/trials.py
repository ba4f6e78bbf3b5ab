"""What `try it` found of a proposal, and whether it can be tried now."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.actions.try_proposal import TRIALS, alike, most_trials, trial_refusal
from app.core.language import _, translated
from app.core.proposal import Proposal
from app.core.trace import FAILURES, OUTCOMES, Cut
from app.core.trials import Tally, Trial, compare
from app.db.tables import Branch
from app.web.views.desk import Desk
from app.web.views.workbench import Badge, badge_of

_CHOICES = (1, 2, 4, 8, 16)
_SHOWN = 60


@dataclass(frozen=True)
class TrialLink:
    """A trial to open and read; `branch` is its branch."""

    branch: int
    badge: Badge


@dataclass(frozen=True)
class Side:
    """The trials with the hint, or without it, and what they found in a few words.

    Those that a person stopped are counted, and have no link: there is nothing to read.
    """

    name: str
    said: str
    links: tuple[TrialLink, ...]


@dataclass(frozen=True)
class Tried:
    """A hint as it was tried; `title` says how it differs from the proposed one, "" if it does not.

    `trouble` says why trials did not run.
    """

    title: str
    sides: tuple[Side, Side]
    trouble: str


@dataclass(frozen=True)
class TrialsView:
    """`choices` are how often it can be tried, `refusal` why no hint can be tried now.

    `used_up` says that these words were tried as often as they may be: only others can be. `note`
    says why, or what a trial means with this Reasoner. `shown` is the newest trial on the page.
    """

    tried: tuple[Tried, ...]
    running: int
    tokens: int
    cost: float
    choices: tuple[int, ...]
    chosen: int
    refusal: str
    used_up: bool
    note: str
    shown: int


def trials_view(desk: Desk, proposal_id: int, proposal: Proposal) -> TrialsView:
    """The trials of one proposal."""
    trials = desk.trials.get(proposal_id, [])
    here = compare(trials, proposal.words, proposal.cut)
    standing = here.with_hint.standing
    most = most_trials(desk.project)
    choices = tuple(many for many in _CHOICES if many <= most)
    used_up = trial_refusal(desk.project, standing)
    return TrialsView(
        tried=tuple(_tried(desk, trials, proposal)),
        running=sum(trial.outcome is None for trial in trials),
        tokens=sum(trial.tokens for trial in trials),
        cost=sum(trial.cost for trial in trials),
        choices=choices,
        chosen=max((many for many in choices if many <= TRIALS), default=0),
        refusal=desk.cap_refusal or trial_refusal(desk.project, 0) or "",
        used_up=used_up is not None,
        note=used_up or alike(desk.project),
        shown=max((trial.id for trial in trials), default=0),
    )


def trial_words(desk: Desk) -> str:
    """What is being read where the branch is a trial; "" where it is none."""
    if not desk.branch.trial:
        return ""
    hinted = bool(desk.branch.steps) and desk.branch.steps[0].kind == "hint"
    if hinted:
        return _(
            "A trial: here the Reasoner went on with a hint that was tried. "
            "It is no part of the trace."
        )
    return _("A trial: here the Reasoner went on without the hint. It is no part of the trace.")


def _tried(desk: Desk, trials: Sequence[Trial], proposal: Proposal) -> Iterator[Tried]:
    hinted = [trial for trial in trials if trial.words is not None]
    for words, cut in dict.fromkeys((trial.words or "", trial.cut) for trial in hinted):
        found = compare(trials, words, cut)
        here = [trial for trial in trials if trial.cut == cut]
        ours = [trial for trial in here if trial.words == words]
        others = [trial for trial in here if trial.words is None]
        yield Tried(
            title=_title(words, cut, proposal),
            sides=(
                Side(_("With it"), _said(found.with_hint), _links(desk, ours)),
                Side(_("Without it"), _said(found.without), _links(desk, others)),
            ),
            trouble=_trouble([*ours, *others]),
        )


def _title(words: str, cut: Cut, proposal: Proposal) -> str:
    if words != proposal.words:
        short = words if len(words) <= _SHOWN else f"{words[:_SHOWN].rstrip()}…"
        return _("Tried as edited: “%(words)s”", words=short)
    return "" if cut == proposal.cut else _("Tried in another place")


def _said(tally: Tally) -> str:
    """How trials ended: `3 of 4 right · 1 running`."""
    parts = []
    if tally.ungraded:
        parts.append(_("%(many)s ended; the reference is unknown", many=tally.finished))
    elif tally.finished:
        parts.append(_("%(right)s of %(all)s right", right=tally.right, all=tally.finished))
    if tally.running:
        parts.append(_("%(many)s running", many=tally.running))
    if tally.failed:
        parts.append(_("%(many)s did not run", many=tally.failed))
    return " · ".join(parts) or _("none")


def _trouble(trials: Sequence[Trial]) -> str:
    failed = Counter(trial.outcome for trial in trials if trial.outcome in FAILURES)
    named = ((outcome, many) for outcome, many in failed.items() if outcome)
    told = (f"{many} × {translated(OUTCOMES[outcome])}" for outcome, many in named)
    return "; ".join(told)


def _links(desk: Desk, trials: Sequence[Trial]) -> tuple[TrialLink, ...]:
    by_id: dict[int, Branch] = {branch.id: branch for branch in desk.trace.branches}
    kept = [by_id[each.branch_id] for each in trials if each.outcome != "cancelled"]
    return tuple(TrialLink(branch.id, _badge(branch)) for branch in kept)


def _badge(branch: Branch) -> Badge:
    """How many still run is said beside them: a running one is only a place to go to."""
    badge = badge_of(branch)
    return badge if branch.outcome else replace(badge, text="…")
