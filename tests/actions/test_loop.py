"""From a problem to a golden branch, by the same verbs as the pages and the workers use."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.cancel import cancel_branch, retry_branch
from app.actions.facts import branch_facts, current_branch
from app.actions.judge_branch import judge_branch
from app.actions.judge_proposal import judge_proposal
from app.actions.ports import Ports
from app.actions.propose_own import propose_own
from app.actions.record_reference import record_reference
from app.actions.start_trace import start_trace
from app.actions.undo import reopen, undo
from app.core.errors import Conflict, NotAllowed, Refused
from app.core.roles import Actor
from app.core.splice import sentence_start
from app.core.trace import text_of
from app.db.convert import path_of
from app.db.session import transaction
from app.db.tables import Branch, Event, ExecutionRow, Judgement, ProposalRow, Trace
from app.settings import ROOT

FERRY = json.loads((ROOT / "examples" / "problems.json").read_text())[0]
Problem = Callable[..., int]
Work = Callable[[], int]


@pytest.fixture
def ferry(ports: Ports, problem: Problem, work: Work, person: Callable[..., Actor]) -> int:
    """A trace of the ferry problem as the recording wrote it, reviewed."""
    problem_id = problem(FERRY["question"], FERRY["answer"])
    with transaction(ports.engine) as session:
        trace_id = start_trace(session, person("starter"), problem_id).id
    work()
    return trace_id


def recorded_hint(session: Session, trace_id: int) -> ProposalRow:
    rows = session.scalars(select(ProposalRow).where(ProposalRow.trace_id == trace_id))
    return next(row for row in rows if row.proposal["source"]["kind"] == "recording")


def reject_others(session: Session, actor: Actor, branch: Branch) -> None:
    for row in branch_facts(session, branch).open_proposals:
        judge_proposal(session, actor, row.id, "reject", reason="not so")


def test_a_wrong_trace_becomes_golden_through_a_hint(
    ports: Ports, ferry: int, work: Work, person: Callable[..., Actor]
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        native = current_branch(session, ferry)
        assert branch_facts(session, native).grade.correct is False
        before = text_of(path_of(native))
        hint = recorded_hint(session, ferry)
        judgement = judge_proposal(session, ann, hint.id, "accept")
        assert session.get_one(Trace, ferry).state == "waiting"
    work()
    with transaction(ports.engine) as session:
        branch = session.get_one(Branch, judgement.branch_id)
        assert text_of(path_of(session.get_one(Branch, native.id))) == before
        assert branch_facts(session, branch).grade.correct is True
        assert [step.kind for step in path_of(branch)][1] == "hint"
        reject_others(session, ann, branch)
        judge_branch(session, ann, branch.id, "golden")
        assert session.get_one(Trace, ferry).state == "golden"
        runs = list(session.scalars(select(ExecutionRow)))
        assert [run.execution["status"] for run in runs] == ["ok", "ok"]
        assert {event.verb for event in session.scalars(select(Event))} >= {"accept", "golden"}


def test_golden_is_refused_while_the_answer_is_wrong(
    ports: Ports, ferry: int, person: Callable[..., Actor]
) -> None:
    with transaction(ports.engine) as session, pytest.raises(Refused, match="wrong"):
        judge_branch(session, person("ann"), current_branch(session, ferry).id, "golden")


def test_of_two_people_judging_one_proposal_the_second_is_told(
    ports: Ports, ferry: int, person: Callable[..., Actor]
) -> None:
    ann, bob = person("ann"), person("bob")
    with transaction(ports.engine) as session:
        hint = recorded_hint(session, ferry)
        judge_proposal(session, ann, hint.id, "reject", reason="I see no flaw")
    with transaction(ports.engine) as session, pytest.raises(Conflict):
        judge_proposal(session, bob, hint.id, "accept")


def test_an_edited_hint_gets_no_other_hints_continuation(
    ports: Ports, ferry: int, work: Work, person: Callable[..., Actor]
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        hint = recorded_hint(session, ferry)
        words = "Wait, 530 counts passengers, not crossings."
        judgement = judge_proposal(session, ann, hint.id, "edit", words=words)
    work()
    with transaction(ports.engine) as session:
        branch = session.get_one(Branch, judgement.branch_id)
        assert branch.outcome == "no_recording"
        assert "connect a model" in branch.detail
        assert [step.kind for step in path_of(branch)][-1] == "hint"
        assert session.get_one(Trace, ferry).state == "failed"
        again = retry_branch(session, ann, branch.id)
        assert text_of(path_of(again)) == text_of(path_of(branch))
    work()


def test_undo_sets_the_branch_aside_and_opens_the_hint_again(
    ports: Ports, ferry: int, work: Work, person: Callable[..., Actor]
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        hint = recorded_hint(session, ferry)
        judgement = judge_proposal(session, ann, hint.id, "accept")
    with transaction(ports.engine) as session:
        undo(session, ann, ferry)
        branch = session.get_one(Branch, judgement.branch_id)
        assert branch.set_aside
        assert branch.outcome == "cancelled"
        assert session.get_one(ProposalRow, hint.id).state == "open"
        assert session.get_one(Trace, ferry).state == "review"
    assert work() == 0
    with transaction(ports.engine) as session, pytest.raises(Refused):
        undo(session, ann, ferry)


def test_a_reopened_trace_is_not_golden_any_more(
    ports: Ports, ferry: int, person: Callable[..., Actor]
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        judge_branch(session, ann, current_branch(session, ferry).id, "discard", "hopeless")
        reopen(session, ann, ferry, "it is not")
        assert session.get_one(Trace, ferry).state == "review"


def test_a_corrected_reference_regrades_and_takes_golden_back(
    ports: Ports, ferry: int, person: Callable[..., Actor]
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        branch = current_branch(session, ferry)
        trace = session.get_one(Trace, ferry)
        record_reference(session, ann, trace.problem_id, "3710", "as the trace says")
        reject_others(session, ann, branch)
        judge_branch(session, ann, branch.id, "golden")
        record_reference(session, ann, trace.problem_id, "340", "solved by hand")
        assert trace.state == "review"
        assert branch.grade is not None
        assert branch.grade["correct"] is False


def test_a_hint_of_ones_own_stands_before_the_selected_sentence(
    ports: Ports, ferry: int, person: Callable[..., Actor]
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        branch = current_branch(session, ferry)
        thought = path_of(branch)[0].text
        at = thought.index("must be 530")
        judgement = propose_own(
            session,
            ann,
            branch.id,
            "wrong-constraints",
            step=0,
            start=at,
            end=at + 11,
            words="530 counts passengers.",
        )
        new = path_of(session.get_one(Branch, judgement.branch_id))
        assert new[0].text == thought[: sentence_start(thought, at)]
        assert "must be 530" not in new[0].text
        assert new[1].text.strip() == "530 counts passengers."


def test_stopping_the_reasoner_closes_the_branch_and_frees_the_job(
    ports: Ports, problem: Problem, work: Work, person: Callable[..., Actor]
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        trace = start_trace(session, ann, problem(FERRY["question"], 340))
        cancel_branch(session, ann, trace.branches[0].id)
        assert trace.state == "failed"
    assert work() == 0


def test_a_viewer_judges_nothing(ports: Ports, ferry: int, person: Callable[..., Actor]) -> None:
    with transaction(ports.engine) as session, pytest.raises(NotAllowed):
        judge_proposal(session, person("eve", "viewer"), recorded_hint(session, ferry).id, "accept")


def test_a_hint_of_ones_own_that_was_undone_stands_in_nobodys_way(
    ports: Ports, ferry: int, person: Callable[..., Actor]
) -> None:
    ann = person("ann")

    def write(session: Session) -> Judgement:
        branch = session.scalars(select(Branch).where(Branch.trace_id == ferry)).first()
        assert branch
        words, place = "Boats carry people.", {"step": 0, "start": 0, "end": 5}
        return propose_own(session, ann, branch.id, "wrong-constraints", words=words, **place)

    with transaction(ports.engine) as session:
        first = write(session)
        before = {
            row.id for row in branch_facts(session, current_branch(session, ferry)).open_proposals
        }
        undo(session, ann, ferry)
        row = session.get_one(ProposalRow, first.proposal_id)
        assert row.state == "withdrawn"
        assert row.id not in before
        native = current_branch(session, ferry)
        assert row.id not in {each.id for each in branch_facts(session, native).open_proposals}
    with transaction(ports.engine) as session:
        assert write(session).proposal_id == first.proposal_id
