"""Overlap: each judges for themselves and sees nothing of the others; together they settle it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.claims import claim_next, claim_trace, free_trace, release_claim, seconds_held
from app.actions.close_branch import regrade
from app.actions.facts import current_branch, open_proposals
from app.actions.judge_branch import judge_branch
from app.actions.judge_proposal import judge_proposal
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project, limits_of
from app.actions.propose_own import propose_own
from app.actions.record_reference import record_reference
from app.actions.save_proposals import save_proposal
from app.actions.slots import slots_of
from app.actions.start_trace import start_trace
from app.actions.undo import reopen, undo
from app.core.errors import Conflict, NotFound, Refused
from app.core.options import DatasetOptions
from app.core.proposal import Evidence, Proposal, Source
from app.core.roles import SCRIPT, Actor
from app.core.trace import Cut, Step
from app.db.convert import add_steps
from app.db.queries.insights.overlap import opinions
from app.db.session import transaction
from app.db.tables import Branch, Claim, Event, Project, ProposalRow, Trace, Verdict
from app.db.types import now
from tests.actions.chosen import chosen_rows

Person = Callable[..., Actor]
HINT = Proposal(
    flaw="wrong-objective",
    evidence=(Evidence(step=0, start=0, end=9, note="is it?"),),
    cut=Cut(step=0),
    words="Let me look again.",
    source=Source(kind="rule", name="test"),
)


@pytest.fixture
def trace(ports: Ports, project: Project, problem: Callable[..., int]) -> int:
    """A trace that three judge: it ended with the right answer 7, and has an open hint."""
    problem_id = problem("What is the most?", 7)
    with transaction(ports.engine) as session:
        limits = limits_of(project).model_copy(update={"overlap": 3})
        change_project(session, SCRIPT, project.id, ProjectChange(limits=limits))
        made = start_trace(session, SCRIPT, problem_id)
        (branch,) = made.branches
        _end(session, branch)
        made.state = "review"
        save_proposal(session, branch, HINT, project)
        return made.id


@pytest.fixture
def three(ports: Ports, trace: int, person: Person) -> list[Actor]:
    """Three people, who hold the trace."""
    people = [person(name) for name in ("ann", "bob", "eve")]
    for each in people:
        with transaction(ports.engine) as session:
            claim_trace(session, each, trace)
    return people


def _end(session: Session, branch: Branch) -> None:
    add_steps(session, branch, [Step(kind="thought", author="reasoner", text="So \\boxed{7}.")])
    branch.outcome = "answered"
    regrade(branch)
    session.flush()


@contextmanager
def found(ports: Ports, trace_id: int) -> Iterator[tuple[Session, Trace]]:
    with transaction(ports.engine) as session:
        yield session, session.get_one(Trace, trace_id)


def discard(ports: Ports, actor: Actor, trace_id: int, decision: str = "discard") -> None:
    """Give a verdict on where the actor's work goes on."""
    with transaction(ports.engine) as session:
        if decision == "golden":
            for row in open_proposals(session, current_branch(session, trace_id), actor.id):
                judge_proposal(session, actor, row.id, "reject", reason="no")
        branch = current_branch(session, trace_id, actor.id)
        judge_branch(session, actor, branch.id, decision, "why")  # type: ignore[arg-type]


def test_exactly_three_different_people_get_it(
    ports: Ports, project: Project, trace: int, person: Person
) -> None:
    given = []
    for actor in [person(name) for name in ("ann", "bob", "eve", "dan")]:
        with transaction(ports.engine) as session:
            given.append(claim_next(session, actor, project.id))
            assert claim_next(session, actor, project.id) == given[-1]  # what one holds, no second
    assert given == [trace, trace, trace, None]
    ida = person("ida")
    with transaction(ports.engine) as session, pytest.raises(Conflict):
        claim_trace(session, ida, trace)


def test_each_judges_the_same_hint_and_goes_on_alone(
    ports: Ports, trace: int, three: list[Actor]
) -> None:
    ann, bob, _eve = three
    with transaction(ports.engine) as session:
        hint = session.scalars(select(ProposalRow.id)).one()
        begun = judge_proposal(session, ann, hint, "accept").branch_id
        with pytest.raises(Conflict):
            judge_proposal(session, ann, hint, "reject", reason="no")
    with found(ports, trace) as (session, row):
        judge_proposal(session, bob, hint, "reject", reason="no")
        native = current_branch(session, trace)
        assert [branch.owner_id for branch in row.branches] == [None, ann.id]
        assert current_branch(session, trace, ann.id).id == begun
        assert current_branch(session, trace, bob.id) == native
        seen = [slots_of(session, who, row).shows(row.branches[1]) for who in three]
        assert seen == [True, False, False]
        waiting = [len(open_proposals(session, native, who.id)) for who in three]
        assert waiting == [0, 0, 1]
        with pytest.raises(NotFound):
            judge_branch(session, bob, begun or 0, "discard", "why")


def test_ones_own_hint_is_no_card_of_the_others(
    ports: Ports, trace: int, three: list[Actor]
) -> None:
    ann, bob, _eve = three
    with transaction(ports.engine) as session:
        native = current_branch(session, trace)
        propose_own(
            session, ann, native.id, "wrong-objective", step=0, start=0, end=2, words="No, wait."
        )
        cards = [row.proposal["words"] for row in open_proposals(session, native, bob.id)]
    assert cards == ["Let me look again."]


def test_without_a_slot_nothing_is_decided(
    ports: Ports, trace: int, three: list[Actor], person: Person
) -> None:
    dan = person("dan", "lead")
    with transaction(ports.engine) as session:
        hint = session.scalars(select(ProposalRow.id)).one()
        with pytest.raises(Refused, match="hold it first"):
            judge_proposal(session, dan, hint, "accept")
        with pytest.raises(Refused, match="hold it first"):
            judge_branch(session, dan, current_branch(session, trace).id, "discard", "why")


def test_verdicts_that_agree_settle_it(ports: Ports, trace: int, three: list[Actor]) -> None:
    states = []
    for actor in three:
        discard(ports, actor, trace)
        with found(ports, trace) as (_session, row):
            states.append((row.state, row.disputed))
    assert states == [("review", False), ("review", False), ("discarded", False)]


def test_a_slot_that_is_done_is_not_given_again(
    ports: Ports, project: Project, trace: int, three: list[Actor], person: Person
) -> None:
    ann, bob, eve = three
    dan, ida = person("dan"), person("ida", "lead")
    discard(ports, ann, trace)
    with transaction(ports.engine) as session:
        release_claim(session, bob, trace)
        assert claim_next(session, ann, project.id) is None
        assert claim_next(session, dan, project.id) == trace
        free_trace(session, ida, trace)
        holders = session.scalars(select(Claim.user_id).order_by(Claim.slot)).all()
    assert holders == [ann.id, None, None]
    assert seconds_of(ports, eve, trace) == seconds_of(ports, ann, trace) == 0


def seconds_of(ports: Ports, actor: Actor, trace_id: int) -> int:
    with transaction(ports.engine) as session:
        return seconds_held(session, actor, trace_id)


def test_where_they_differ_a_reviewer_decides(
    ports: Ports, project: Project, trace: int, three: list[Actor], person: Person
) -> None:
    ann, bob, eve = three
    dan = person("dan", "reviewer")
    discard(ports, ann, trace)
    with found(ports, trace) as (session, row), pytest.raises(Refused):
        judge_branch(session, dan, current_branch(session, trace).id, "golden")
    discard(ports, bob, trace, "golden")
    discard(ports, eve, trace)
    with found(ports, trace) as (session, row):
        assert (row.state, row.disputed) == ("review", True)
        assert chosen_rows(session, project, DatasetOptions()) == []
        with pytest.raises(Conflict):  # who judged it does not decide it
            judge_branch(session, ann, current_branch(session, trace).id, "golden")
        judge_branch(session, dan, current_branch(session, trace).id, "golden")
        assert (row.state, row.disputed) == ("golden", False)
        assert len(chosen_rows(session, project, DatasetOptions())) == 1


def test_a_verdict_taken_back_is_to_be_given_again(
    ports: Ports, trace: int, three: list[Actor]
) -> None:
    ann = three[0]
    for actor in three:
        discard(ports, actor, trace)
    with found(ports, trace) as (session, row):
        undo(session, ann, trace)
        assert (row.state, slots_of(session, ann, row).mine) == ("review", "held")
        assert slots_of(session, ann, row).blind
        reopen(session, three[1], trace, "look again")
        assert slots_of(session, three[1], row).mine == "held"
    discard(ports, ann, trace)
    assert seconds_of(ports, three[1], trace) > 0


def test_a_verdict_given_anew_after_the_others_were_seen_is_no_agreement(
    ports: Ports, project: Project, trace: int, three: list[Actor]
) -> None:
    ann = three[0]

    def anew() -> bool:
        with found(ports, trace) as (session, _row):
            undo(session, ann, trace)
        discard(ports, ann, trace)
        with found(ports, trace) as (session, _row):
            told = session.scalars(select(Event).order_by(Event.id.desc())).first()
            last = session.scalars(select(Verdict).order_by(Verdict.id.desc())).first()
            assert told
            assert last
            assert told.data.get("informed", False) == last.informed
            return last.informed

    discard(ports, ann, trace)
    assert not anew()  # nobody else had decided anything
    for actor in three[1:]:
        discard(ports, actor, trace)
    assert anew()
    assert anew()
    with found(ports, trace) as (session, row):
        assert row.state == "discarded"
        assert [each.person for each in opinions(session, project.id)] == ["bob", "eve"]


def test_a_changed_reference_takes_every_golden_verdict_back(
    ports: Ports, trace: int, three: list[Actor]
) -> None:
    for actor in three:
        discard(ports, actor, trace, "golden")
    with found(ports, trace) as (session, row):
        assert row.state == "golden"
        record_reference(session, SCRIPT, row.problem_id, "9", "was wrong")
        assert row.state == "review"
        assert [slots_of(session, actor, row).mine for actor in three] == ["held"] * 3


def test_a_page_that_is_worked_on_keeps_the_claim(
    ports: Ports, trace: int, three: list[Actor], person: Person
) -> None:
    ann, dan = three[0], person("dan")
    with transaction(ports.engine) as session:
        mine = (Claim.trace_id == trace, Claim.user_id == ann.id)
        session.execute(update(Claim).where(*mine).values(until=now()))
        assert seconds_held(session, ann, trace) == 0
        assert seconds_held(session, ann, trace, keep=True) > 60
        session.execute(update(Claim).where(*mine).values(until=now()))
    with transaction(ports.engine) as session:
        claim_trace(session, dan, trace)
        assert seconds_held(session, ann, trace, keep=True) == 0


def test_a_share_of_the_traces_overlaps(
    ports: Ports, project: Project, problem: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([0.2, 0.3, 0.0])
    monkeypatch.setattr("random.random", lambda: next(drawn))
    problems = [problem(f"{n}?") for n in range(3)]
    with transaction(ports.engine) as session:
        limits = limits_of(project).model_copy(update={"overlap": 2, "overlap_share": 0.25})
        change_project(session, SCRIPT, project.id, ProjectChange(limits=limits))
        made = [start_trace(session, SCRIPT, each).overlap for each in problems]
    assert made == [2, 1, 2]
