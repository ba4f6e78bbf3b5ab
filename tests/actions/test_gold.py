"""Gold standards: they measure who judges, look like any other trace, and change nothing."""

import random
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.choose_rows import choose_paths
from app.actions.claims import claim_next, claim_trace, free_trace, put_off, release_claim
from app.actions.dataset_sources import people_of
from app.actions.facts import current_branch, open_proposals
from app.actions.gold import mark_gold, unmark_gold
from app.actions.judge_branch import judge_branch
from app.actions.judge_proposal import judge_proposal
from app.actions.people_labels import labelled_by_people
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project, limits_of
from app.actions.save_proposals import save_proposal
from app.actions.slots import slots_of
from app.actions.start_trace import start_trace
from app.actions.undo import reopen, undo
from app.core.errors import Conflict, Invalid, NotAllowed, Refused
from app.core.interval import wilson
from app.core.proposal import Evidence, Proposal, Source
from app.core.roles import SCRIPT, Actor
from app.core.selection import Selection
from app.core.trace import Cut, Step
from app.db.convert import add_steps
from app.db.queries.gold import scores, standards_of
from app.db.queries.insights.overlap import opinions
from app.db.queries.queue import states_of
from app.db.queries.queue_filters import Filters, matching_ids
from app.db.session import transaction
from app.db.tables import Branch, Claim, GoldStandard, Project, ProposalRow, Trace, Verdict

Person = Callable[..., Actor]
HINT = Proposal(
    flaw="wrong-objective",
    evidence=(Evidence(step=0, start=0, end=2, note="is it?"),),
    cut=Cut(step=0),
    words="Let me look again.",
    source=Source(kind="rule", name="test"),
)


@pytest.fixture
def traces(ports: Ports, project: Project, problem: Callable[..., int]) -> list[int]:
    """Six traces that wait, each right, with an open hint."""
    with transaction(ports.engine) as session:
        made = [start_trace(session, SCRIPT, problem_id) for problem_id in _ids(problem)]
        for trace in made:
            (branch,) = trace.branches
            end(session, branch)
            trace.state = "review"
            save_proposal(session, branch, HINT, project)
        share(session, project, 0.5)
        return [trace.id for trace in made]


def end(session: Session, branch: Branch) -> None:
    """Let a branch end with the right answer."""
    add_steps(session, branch, [Step(kind="thought", author="reasoner", text="So \\boxed{7}.")])
    branch.outcome, branch.answer = "answered", "7"
    branch.grade = {"correct": True, "reason": "equals 7", "rule": "strict"}
    session.flush()


def _ids(problem: Callable[..., int]) -> list[int]:
    return [problem(f"What is the most of {n}?", 7) for n in range(6)]


def share(session: Session, project: Project, part: float, overlap: int = 1) -> None:
    """Set how much of what annotators get are gold standards."""
    limits = limits_of(session.get_one(Project, project.id))
    told = limits.model_copy(update={"gold_share": part, "overlap": overlap})
    change_project(session, SCRIPT, project.id, ProjectChange(limits=told))


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever the share allows it, it is a gold standard's turn."""
    monkeypatch.setattr(random, "random", lambda: 0.0)


def verdict(
    session: Session, actor: Actor, trace_id: int, decision: str = "discard", hint: str = ""
) -> Verdict:
    """Judge the hint and give a verdict where the actor's work goes on."""
    owner = slots_of(session, actor, session.get_one(Trace, trace_id)).owner
    branch = current_branch(session, trace_id, owner)
    for row in open_proposals(session, branch, owner) if hint else ():
        judged = judge_proposal(session, actor, row.id, hint, reason="so")  # type: ignore[arg-type]
        if judged.branch_id:
            end(session, session.get_one(Branch, judged.branch_id))
    branch = current_branch(session, trace_id, owner)
    given = judge_branch(session, actor, branch.id, decision, "why")  # type: ignore[arg-type]
    session.flush()
    return given


def test_annotators_are_given_it_among_others_and_it_decides_nothing(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, bob, lead = person("ana"), person("bob"), person("lead", "lead")
    with transaction(ports.engine) as session:
        verdict(session, lead, traces[2], "golden", "reject")
        gold = mark_gold(session, lead, traces[2])
        assert (gold.decision, gold.flaw, gold.seen_by) == ("golden", None, [lead.id])
        for actor, decision in ((ana, "golden"), (bob, "discard")):
            assert claim_next(session, actor, project.id) == traces[2]
            assert claim_next(session, actor, project.id) == traces[2]
            verdict(session, actor, traces[2], decision, "reject")
        assert claim_next(session, lead, project.id) == traces[0]
        assert claim_next(session, ana, project.id) == traces[1]  # each is given it once
        trace = session.get_one(Trace, traces[2])
        assert (trace.state, trace.disputed) == ("review", False)
        assert chosen(session, project)[0] == []
        found = {each.name: (each.right, each.items) for each in scores(session, project.id)}
        assert found == {"ana": (1, 1), "bob": (0, 1)}


def test_all_is_as_it_was_once_the_mark_is_taken_away_and_scores_stay(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, lead = person("ana"), person("lead", "lead")
    with transaction(ports.engine) as session:
        verdict(session, lead, traces[0], "golden", "accept")
        before = facts_of(session, project, traces[0])
        rows = chosen(session, project)
    assert len(rows[0]) == 1
    with transaction(ports.engine) as session:
        gold = mark_gold(session, lead, traces[0])
        assert (gold.decision, gold.flaw, gold.step) == ("golden", "wrong-objective", 0)
        slots = slots_of(session, ana, session.get_one(Trace, traces[0]))
        assert (slots.total, slots.free, slots.done, slots.blind) == (1, 0, 0, True)
        shown = [
            each.id for each in session.get_one(Trace, traces[0]).branches if slots.shows(each)
        ]
        assert shown == [current_branch(session, traces[0]).id]  # what the Reasoner wrote alone
        assert claim_next(session, ana, project.id) == traces[0]
        verdict(session, ana, traces[0], "discard", "accept")
    with transaction(ports.engine) as session:
        unmark_gold(session, lead, traces[0])
        assert facts_of(session, project, traces[0]) == before
        with pytest.raises(Refused):
            unmark_gold(session, lead, traces[0])
    with transaction(ports.engine) as session:
        assert chosen(session, project) == rows
        assert [each.items for each in scores(session, project.id)] == [1]
        assert list(standards_of(session, project.id)) == []
        assert session.scalars(select(GoldStandard)).one().ended_at


def chosen(session: Session, project: Project) -> tuple[list[int], object]:
    """The branches of a dataset of the project now, and how much people decided about them."""
    plan = choose_paths(session, project.id, project.slug, Selection(unchecked=True))
    branches = [each.branch_id for each, _, _ in plan.chosen]  # type: ignore[union-attr]
    return branches, people_of(session, plan)


def facts_of(session: Session, project: Project, trace_id: int) -> object:
    """Where a trace stands, but for what was done on it as a gold standard."""
    session.flush()
    trace = session.get_one(Trace, trace_id)
    finals = select(Verdict.id).where(Verdict.trace_id == trace_id, Verdict.final)
    hints = select(ProposalRow.state).where(ProposalRow.trace_id == trace_id)
    slots = select(Claim.slot).where(Claim.trace_id == trace_id, Claim.gold_id.is_(None))
    owners = select(Branch.owner_id).where(Branch.trace_id == trace_id)
    return (
        trace.state,
        trace.certainty,
        session.scalars(finals).all(),
        session.scalars(hints).all(),
        session.scalars(slots).all(),
        session.scalars(owners.order_by(Branch.id)).first(),
        current_branch(session, trace_id).id,
        [each.id for each in labelled_by_people(session, project)],
    )


def test_a_trace_that_nobody_judged_is_marked_with_what_is_known_of_it(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, bob, lead = person("ana"), person("bob"), person("lead", "lead")
    with transaction(ports.engine) as session:
        with pytest.raises(NotAllowed):
            mark_gold(session, ana, traces[0], "discard")
        with pytest.raises(Invalid):
            mark_gold(session, lead, traces[0])
        with pytest.raises(Invalid):
            mark_gold(session, lead, traces[0], "discard", "no-such-flaw")
        with pytest.raises(Invalid):
            mark_gold(session, lead, traces[0], "great")  # type: ignore[arg-type]
        claim_trace(session, bob, traces[1])
        with pytest.raises(Refused):
            mark_gold(session, lead, traces[1], "discard")
        mark_gold(session, lead, traces[0], "discard", "wrong-objective", 0)
        with pytest.raises(Refused):
            mark_gold(session, lead, traces[0], "discard")
        assert claim_next(session, ana, project.id) == traces[0]
        verdict(session, ana, traces[0], "discard", "accept")
        (score,) = scores(session, project.id)
        assert score[2:] == (1, 1, 1, 1, 1, 1)
        for deed in (claim_trace, free_trace):
            with pytest.raises((Refused, Conflict)):
                deed(session, lead, traces[0])
        with pytest.raises(Refused, match="gold standard"):
            judge_branch(session, lead, current_branch(session, traces[0]).id, "discard", "x")


def test_who_knew_the_trace_is_never_given_it(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, bob, lead = person("ana"), person("bob"), person("lead", "lead")
    with transaction(ports.engine) as session:
        assert claim_next(session, ana, project.id) == traces[0]
        release_claim(session, ana, traces[0])
        mark_gold(session, lead, traces[0], "discard")
        assert claim_next(session, ana, project.id) == traces[1]
        assert claim_next(session, bob, project.id) == traces[0]
        put_off(session, bob, traces[0])
        assert claim_next(session, bob, project.id) == traces[2]


def test_alone_it_is_not_given_for_it_would_be_known(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, lead = person("ana"), person("lead", "lead")
    with transaction(ports.engine) as session:
        for trace_id in traces[1:]:
            verdict(session, lead, trace_id)
        mark_gold(session, lead, traces[0], "discard")
        assert claim_next(session, ana, project.id) is None
        share(session, project, 0)
        undo(session, lead, traces[5])
        release_claim(session, lead, traces[5])
        session.flush()
        assert claim_next(session, ana, project.id) == traces[5]


def test_undone_and_reopened_it_waits_for_the_person_again(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, lead = person("ana"), person("lead", "lead")
    with transaction(ports.engine) as session:
        mark_gold(session, lead, traces[0], "discard")
        claim_next(session, ana, project.id)
        verdict(session, ana, traces[0], "unsure")
        undo(session, ana, traces[0])
        session.flush()
        assert scores(session, project.id) == []
        assert claim_next(session, ana, project.id) == traces[0]
        verdict(session, ana, traces[0], "unsure")
        reopen(session, ana, traces[0], "I erred")
        session.flush()
        verdict(session, ana, traces[0], "discard")
        assert [each[2:4] for each in scores(session, project.id)] == [(1, 1)]
        assert opinions(session, project.id) == []


def test_to_who_is_measured_it_stands_like_any_other(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, bob, lead = person("ana"), person("bob"), person("lead", "lead")

    def waits(session: Session, actor: Actor) -> list[int]:
        session.flush()
        return matching_ids(session, project.id, Filters(state="review"), actor.id)

    with transaction(ports.engine) as session:
        mark_gold(session, lead, traces[0], "golden")
        verdict(session, ana, traces[0])  # opened in the list, and not held
        assert waits(session, ana) == traces[1:]
        assert waits(session, bob) == waits(session, lead) == traces
        discarded = Filters(state="discarded")
        assert matching_ids(session, project.id, discarded, ana.id) == [traces[0]]
        assert states_of(session, [project.id], ana.id) == {"review": 5, "discarded": 1}
        assert states_of(session, [project.id], bob.id) == {"review": 6}
        held = Filters(held="somebody")
        claim_next(session, bob, project.id)
        session.flush()
        assert matching_ids(session, project.id, held, ana.id) == []
        assert matching_ids(session, project.id, held, bob.id) == [traces[0]]
        told = slots_of(session, bob, session.get_one(Trace, traces[0]))
        assert (told.total, told.done, told.overlap, told.mine) == (1, 0, False, "held")


def test_under_overlap_it_is_one_of_several_too(
    ports: Ports, project: Project, problem: Callable[..., int], traces: list[int], person: Person
) -> None:
    ana, bob, lead = person("ana"), person("bob"), person("lead", "lead")
    with transaction(ports.engine) as session:
        trace = session.get_one(Trace, traces[0])
        trace.overlap = 2
        session.add(Claim(trace_id=trace.id, slot=2))
        session.flush()
        mark_gold(session, lead, trace.id, "discard")
        slots = slots_of(session, ana, trace)
        assert (slots.overlap, slots.total, slots.free) == (True, 2, 2)
        branch = current_branch(session, trace.id)
        with pytest.raises(Refused, match="hold it first"):
            judge_branch(session, ana, branch.id, "discard", "x")
        for actor in (ana, bob):
            assert claim_next(session, actor, project.id) == trace.id
            verdict(session, actor, trace.id)
        slots = slots_of(session, ana, trace)
        assert (slots.done, slots.blind) == (1, True)
        assert trace.state == "review"
        unmark_gold(session, lead, trace.id)
        session.flush()
        free = select(func.count()).where(Claim.trace_id == trace.id, Claim.user_id.is_(None))
        assert session.scalar(free) == 2


@pytest.mark.parametrize(
    ("right", "of"), [(0, 1), (1, 1), (7, 10), (50, 100), (0, 30), (999, 1000)]
)
def test_the_interval_is_wilsons(right: int, of: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    known = stats.binomtest(right, of).proportion_ci(method="wilson")
    assert wilson(right, of) == pytest.approx((known.low, known.high))
    assert wilson(0, 0) == (0, 1)
