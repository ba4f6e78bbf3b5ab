"""What lies on a workbench: a trace, one of its branches, and what is known of both.

Promises: read once for a page or a part; the regions' views take it and ask the database nothing
more. It says what is so; the regions' views say it in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.actions.claims import seconds_held
from app.actions.facts import BranchFacts, branch_facts, current_branch
from app.actions.gold_turns import found_as
from app.actions.projects import ProjectLimits, limits_of
from app.actions.slots import Slots, slots_of
from app.actions.spending import cap_refusal
from app.actions.talk import threads_on
from app.actions.why import Why, whys
from app.core.errors import NotFound
from app.core.flaws import Flaw, Taxonomy
from app.core.language import _
from app.core.problem import Problem
from app.core.roles import Actor
from app.core.solved import Examination
from app.core.suspect import Suspicion
from app.core.trace import Step
from app.core.trials import Trial
from app.db.convert import located_path, problem_of
from app.db.queries import workbench as queries
from app.db.queries.suspects import suspects
from app.db.queries.trials import trials_of
from app.db.tables import (
    Branch,
    ExecutionRow,
    ImportedAnnotation,
    Job,
    Judgement,
    Note,
    Project,
    ProposalRow,
    Review,
    SolveRow,
    StepRow,
    Thread,
    Trace,
    User,
    Verdict,
)
from app.web.deps import Place


@dataclass(frozen=True)
class Desk:
    """`located` is the branch's path, each step with its row; `seen` the newest event on it.

    `trials` are by proposal; `cap_refusal` says that no model may be paid for any more;
    `suspicion` is what speaks against the problem's reference. `slots` says how many people judge
    the trace; where they do it blindly, nothing that another decided lies here. `left` are the
    seconds for which the person holds it, `why` says to whom it goes. `found` is
    what is other of the trace to the person (`app.actions.gold.found_as`). `annotations` are what
    people said of it in another tool.
    """

    project: Project
    actor: Actor
    trace: Trace
    branch: Branch
    located: Sequence[tuple[Step, StepRow]]
    facts: BranchFacts
    proposals: Sequence[ProposalRow]
    judgements: Sequence[Judgement]
    verdicts: Sequence[Verdict]
    executions: Sequence[ExecutionRow]
    solves: Sequence[SolveRow]
    notes: Sequence[Note]
    reviews: Sequence[Review]
    jobs: Sequence[Job]
    claimed_by: Sequence[User]
    left: int
    seen: int
    trials: Mapping[int, Sequence[Trial]]
    cap_refusal: str | None
    suspicion: Suspicion | None
    slots: Slots
    threads: Sequence[Thread]
    why: Why | None
    found: Mapping[str, Any]
    annotations: Sequence[ImportedAnnotation]

    @cached_property
    def path(self) -> tuple[Step, ...]:
        """The steps alone."""
        return tuple(step for step, _ in self.located)

    @cached_property
    def examinations(self) -> Mapping[int, Examination]:
        """What was found in the models that were examined, by the id of their row."""
        found = ((row.id, row.examination) for row in self.solves)
        return {id_: Examination.model_validate(each) for id_, each in found if each is not None}

    @cached_property
    def problem(self) -> Problem:
        """The problem as the core's."""
        return problem_of(self.trace.problem)

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The project's flaws."""
        return Taxonomy.model_validate(self.project.taxonomy)

    @cached_property
    def limits(self) -> ProjectLimits:
        """The project's limits."""
        return limits_of(self.project)

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """The trace's branches as they joined its lineage; trials are none of them."""
        shown = filter(self.slots.shows, self.trace.branches)
        numbered = {each.number: each for each in shown if each.number}
        return tuple(numbered[number] for number in sorted(numbered))

    @property
    def growing(self) -> bool:
        """Whether the Reasoner goes on with this branch."""
        return self.branch.outcome is None

    @property
    def may_judge(self) -> bool:
        """Whether the person decides things here; a trial is only read."""
        return self.actor.may("annotator") and not self.branch.trial

    def decides(self, verdict: Verdict) -> bool:
        """Whether a verdict decides the trace, as far as the person may know of it."""
        alone = verdict.gold_id is not None and not self.slots.overlap
        return verdict.final or alone

    def name_of(self, actor: dict[str, object]) -> str:
        """Who did something, as this person reads it."""
        return _("you") if actor.get("id") == self.actor.id else str(actor.get("name"))

    def flaw(self, flaw_id: str) -> Flaw:
        """The flaw of this id; one that the taxonomy has lost keeps its id as its title."""
        lost = Flaw(id=flaw_id, group="expertise", title=flaw_id, definition="")
        return self.taxonomy.get(flaw_id) or lost


Said = TypeVar("Said", Judgement, Verdict, Note)


def _seen(slots: Slots, said: Sequence[Said]) -> Sequence[Said]:
    """What people said of the trace, as far as the person may know of it."""
    return [each for each in said if not slots.blind or each.user_id in (None, slots.user_id)]


def load_desk(session: Session, here: Place, trace_id: int, branch_id: int | None = None) -> Desk:
    """The desk of a trace, at one of its branches or where the work goes on. Raises NotFound."""
    trace = queries.trace_in(session, here.project.id, trace_id)
    if trace is None:
        raise NotFound(_("There is no such trace in this project."))
    slots = slots_of(session, here.actor, trace)
    branch = _branch(session, trace, slots, branch_id)
    located = located_path(branch)
    codes = [row.id for step, row in located if step.kind == "code"]
    executions = queries.executions_of(session, codes)
    proposals = queries.proposals_of(session, trace_id)
    return Desk(
        project=here.project,
        actor=here.actor,
        trace=trace,
        branch=branch,
        located=located,
        facts=branch_facts(session, branch, [step for step, _ in located], slots.owner),
        proposals=proposals,
        judgements=_seen(slots, queries.judgements_of(session, trace_id)),
        verdicts=_seen(slots, queries.verdicts_of(session, trace_id)),
        executions=executions,
        solves=queries.solves_of(session, [row.id for row in executions]),
        notes=_seen(slots, queries.notes_of(session, [row.id for _, row in located])),
        reviews=queries.reviews_of(session, branch.id),
        jobs=queries.active_jobs(session, branch.id),
        claimed_by=_holders(session, slots, trace_id),
        left=seconds_held(session, here.actor, trace_id),
        seen=queries.newest_event(session, trace_id),
        trials=trials_of(session, [row.id for row in proposals]),
        cap_refusal=cap_refusal(session, here.project),
        suspicion=suspects(session, here.project.id, [trace.problem_id]).get(trace.problem_id),
        slots=slots,
        threads=threads_on(session, slots, trace_id),
        why=_why(session, here, trace),
        found=found_as(session, here.actor, [trace]).get(trace_id, {}),
        annotations=() if slots.blind else queries.annotations_of(session, trace),
    )


def _holders(session: Session, slots: Slots, trace_id: int) -> list[User]:
    """Who holds the trace, as far as the person may know: of a gold standard, they themselves."""
    hidden = slots.gold is not None and slots.blind
    found = queries.claimed_by(session, trace_id)
    return [user for user in found if not hidden or user.id == slots.user_id]


def _why(session: Session, here: Place, trace: Trace) -> Why | None:
    """Why the trace waits for the person, where it waits."""
    if trace.state != "review":
        return None
    return whys(session, here.actor.id, here.project.id, [trace.id]).get(trace.id)


def _branch(session: Session, trace: Trace, slots: Slots, branch_id: int | None) -> Branch:
    if branch_id is None:
        return current_branch(session, trace.id, slots.owner)
    branch = next((each for each in trace.branches if each.id == branch_id), None)
    if branch is None or not slots.shows(branch):
        raise NotFound(_("There is no such branch in this trace."))
    return branch
