"""Decisions on one trace at the same moment: one comes after the other, and none is lost."""

from collections.abc import Callable
from threading import Thread

import pytest
from sqlalchemy import select

from app.actions.close_branch import close_branch
from app.actions.facts import refresh_state
from app.actions.judge_branch import judge_branch
from app.actions.judge_proposal import judge_proposal
from app.actions.ports import Ports
from app.actions.record import record_on_trace
from app.actions.record_reference import record_reference
from app.actions.save_proposals import save_proposal
from app.actions.start_trace import new_branch, start_trace
from app.actions.undo import undo
from app.core.errors import CalmError
from app.core.proposal import Evidence, Proposal, Source
from app.core.roles import SCRIPT, Actor
from app.core.trace import Cut, Step
from app.db.convert import add_steps
from app.db.session import transaction
from app.db.tables import Branch, Event, Project, ProposalRow, Trace, Verdict

Problem = Callable[..., int]


@pytest.fixture
def trace(ports: Ports, project: Project, problem: Problem) -> int:
    """A trace that ended with the right answer 7, and an open hint in it."""
    with transaction(ports.engine) as session:
        made = start_trace(session, SCRIPT, problem("What is the most?", 7))
        (branch,) = made.branches
        steps = [Step(kind="thought", author="reasoner", text="It is so. \\boxed{7}")]
        add_steps(session, branch, steps)
        branch.outcome = "answered"
        hint = Proposal(
            flaw="wrong-objective",
            evidence=(Evidence(step=0, start=0, end=9, note="is it?"),),
            cut=Cut(step=0),
            words="Let me look again.",
            source=Source(kind="rule", name="test"),
        )
        save_proposal(session, branch, hint, project)
        return made.id


def meanwhile(deed: Callable[[], object]) -> Callable[[], list[str]]:
    """Start a deed that has to wait for this transaction; what it gives waits for its refusals."""
    refused: list[str] = []

    def do() -> None:
        try:
            deed()
        except CalmError as error:
            refused.append(str(error))

    other = Thread(target=do)
    other.start()
    other.join(0.5)

    def end() -> list[str]:
        other.join()
        return refused

    return end


def test_a_hint_is_not_accepted_past_a_verdict_that_is_just_being_given(
    ports: Ports, trace: int, person: Callable[..., Actor]
) -> None:
    ann, bob = person("ann"), person("bob")
    with transaction(ports.engine) as session:
        branch_id = session.scalars(select(Branch.id)).one()
        proposal_id = session.scalars(select(ProposalRow.id)).one()

    def accept() -> None:
        with transaction(ports.engine) as session:
            judge_proposal(session, bob, proposal_id, "accept")

    with transaction(ports.engine) as session:
        judge_branch(session, ann, branch_id, "discard", "hopeless")
        session.flush()
        end = meanwhile(accept)
    assert end() == ["The trace has a verdict; reopen it first."]
    with transaction(ports.engine) as session:
        assert session.get_one(Trace, trace).state == "discarded"
        assert session.scalars(select(Branch.id)).all() == [branch_id]


def test_a_hint_is_not_undone_past_a_verdict_that_is_just_being_given(
    ports: Ports, trace: int, person: Callable[..., Actor]
) -> None:
    ann, bob = person("ann"), person("bob")
    with transaction(ports.engine) as session:
        branch_id = session.scalars(select(Branch.id)).one()
        proposal_id = session.scalars(select(ProposalRow.id)).one()
        judge_proposal(session, bob, proposal_id, "reject", reason="no")

    def take_back() -> None:
        with transaction(ports.engine) as session:
            undo(session, bob, trace)

    with transaction(ports.engine) as session:
        judge_branch(session, ann, branch_id, "discard", "hopeless")
        session.flush()
        end = meanwhile(take_back)
    assert end() == ["There is no decision of yours to undo on this trace."]


def test_a_corrected_reference_takes_back_a_golden_that_is_just_being_given(
    ports: Ports, trace: int, person: Callable[..., Actor]
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        branch_id = session.scalars(select(Branch.id)).one()
        judge_proposal(
            session,
            ann,
            session.scalars(select(ProposalRow.id)).one(),
            "reject",
            reason="it is right",
        )
        problem_id = session.get_one(Trace, trace).problem_id

    def correct() -> None:
        with transaction(ports.engine) as session:
            record_reference(session, SCRIPT, problem_id, "8", "solved again")

    with transaction(ports.engine) as session:
        judge_branch(session, ann, branch_id, "golden")
        session.flush()
        end = meanwhile(correct)
    assert end() == []
    with transaction(ports.engine) as session:
        assert session.get_one(Trace, trace).state == "review"
        assert session.scalars(select(Verdict)).one().withdrawn_reason == "reference changed"
        assert session.scalars(select(Event.verb).order_by(Event.id.desc())).first() == "regrade"


def test_no_change_of_a_trace_is_counted_over(ports: Ports, trace: int) -> None:
    def note() -> None:
        with transaction(ports.engine) as session:
            record_on_trace(
                session, SCRIPT, "look", f"trace:{trace}", session.get_one(Trace, trace)
            )

    with transaction(ports.engine) as session:
        before = session.get_one(Trace, trace).revision
        record_on_trace(session, SCRIPT, "look", f"trace:{trace}", session.get_one(Trace, trace))
        session.flush()
        end = meanwhile(note)
    end()
    with transaction(ports.engine) as session:
        assert session.get_one(Trace, trace).revision == before + 2


def test_a_decision_does_not_hide_that_a_branch_was_just_finished(
    ports: Ports, trace: int, person: Callable[..., Actor]
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        (branch,) = session.get_one(Trace, trace).branches
        proposal_id = session.scalars(select(ProposalRow.id)).one()
        growing = new_branch(session, branch.trace, seed=1, parent=branch, cut_step=1).id
        refresh_state(session, branch.trace)

    def reject() -> None:
        with transaction(ports.engine) as session:
            known = session.get_one(Branch, growing)  # on PostgreSQL before the other ends
            judge_proposal(session, ann, proposal_id, "reject", reason="no")
            assert known.id == growing

    with transaction(ports.engine) as session:
        close_branch(session, session.get_one(Branch, growing), "answered")
        session.flush()
        end = meanwhile(reject)
    assert end() == []
    with transaction(ports.engine) as session:
        assert session.get_one(Trace, trace).state == "review"
