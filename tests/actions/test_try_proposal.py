"""Trying a hint: trials run like branches, stand outside everything, and one can be accepted."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.cancel import cancel_branch, retry_branch
from app.actions.close_branch import close_branch
from app.actions.facts import branch_facts, current_branch
from app.actions.judge_branch import judge_branch
from app.actions.judge_proposal import judge_proposal
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, ProjectLimits, change_project
from app.actions.record_reference import record_reference
from app.actions.request_review import request_review
from app.actions.save_proposals import save_proposal
from app.actions.start_trace import start_trace
from app.actions.try_proposal import stop_trials, try_proposal
from app.actions.undo import undo
from app.actions.work_on import work_on
from app.core.errors import Conflict, Invalid, NotAllowed, Refused
from app.core.options import DatasetOptions
from app.core.proposal import Evidence, Proposal, Source
from app.core.roles import SCRIPT, Actor
from app.core.trace import Cut, Step, text_of
from app.core.trials import Comparison, Tally, Trial, compare
from app.db.convert import add_steps, path_of
from app.db.queries.economy import economy_of
from app.db.queries.traces import closed_branch_ids, find_traces, hints_by_trace, newest_branches
from app.db.queries.trials import trials_of
from app.db.session import transaction
from app.db.tables import Branch, Job, Judgement, Project, ProposalRow, Review, Trace
from tests.actions.chosen import chosen_rows
from tests.openai_stub import Stub, serving

HINT, PLACE = "Let me look again.", Cut(step=0, offset=10)
RIGHT, WRONG = "So it is.\n</think>\n\\boxed{7}", "So it is.\n</think>\n\\boxed{9}"
Person = Callable[..., Actor]
Work = Callable[[], int]


@pytest.fixture
def stub(ports: Ports, project: Project) -> Iterator[Stub]:
    """The project's Reasoner: right, wrong, right, and wrong for ever."""
    with serving(RIGHT, WRONG, RIGHT, WRONG) as stub:
        reasoner = {"name": "openai", "base_url": stub.url, "model": "m", "mode": "restart"}
        change = ProjectChange(
            reasoner=reasoner, intervener={"name": "rules"}, prices={"completion": 1e6}
        )
        with transaction(ports.engine) as session:
            change_project(session, SCRIPT, project.id, change)
        yield stub


@pytest.fixture
def hint(ports: Ports, project: Project, stub: Stub, problem: Callable[..., int]) -> int:
    """An open hint on a trace that ended wrong."""
    with transaction(ports.engine) as session:
        trace = start_trace(session, SCRIPT, problem("What is the most?", 7))
        (branch,) = trace.branches
        add_steps(session, branch, [step("I round it. It is so."), step("\\boxed{8}", "answer")])
        session.query(Job).delete()
        close_branch(session, branch, "answered")
        proposal = Proposal(
            flaw="wrong-objective",
            evidence=(Evidence(step=0, start=0, end=9, note="is it?"),),
            cut=PLACE,
            words=HINT,
            source=Source(kind="rule", name="test"),
        )
        return save_proposal(session, branch, proposal, project).id


def step(text: str, kind: str = "thought") -> Step:
    return Step.model_validate({"kind": kind, "author": "reasoner", "text": text})


def try_to_the_end(ports: Ports, hint: int, work: Work, person: Person, times: int) -> Actor:
    """Whoever had the hint tried so often, with it and without, once all of it is done."""
    ann = person("ann")
    with transaction(ports.engine) as session:
        try_proposal(session, ann, hint, times)
    work()
    return ann


def trials(session: Session, hint: int) -> list[Trial]:
    return trials_of(session, [hint]).get(hint, [])


def found(ports: Ports, hint: int, words: str = HINT) -> Comparison:
    with transaction(ports.engine) as session:
        return compare(trials(session, hint), words, PLACE)


def test_a_hint_is_tried_with_and_without_it_and_the_trace_stays_as_it_was(
    ports: Ports, hint: int, project: Project, stub: Stub, work: Work, person: Person
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        row = session.get_one(ProposalRow, hint)
        native = current_branch(session, row.trace_id)
        before = branch_facts(session, native).budget
        assert try_proposal(session, ann, hint, 2) == 4
        assert session.get_one(Trace, row.trace_id).state == "review"
    assert found(ports, hint).with_hint == found(ports, hint).without == Tally(running=2)
    work()
    assert found(ports, hint) == Comparison(
        with_hint=Tally(right=1, wrong=1), without=Tally(right=1, wrong=1)
    )
    with transaction(ports.engine) as session:
        trace = session.get_one(Trace, row.trace_id)
        assert trace.state == "review"
        assert current_branch(session, trace.id).id == native.id
        assert branch_facts(session, native).budget == before
        assert newest_branches(session, [trace.id])[trace.id].id == native.id
        assert closed_branch_ids(session, find_traces(project.id)) == [native.id]
        assert hints_by_trace(session, [trace.id]) == {}
        assert session.scalars(select(Review)).all() == []
        economy = economy_of(session, project.id)
        assert (economy.tried, economy.wasted, economy.reused) == (32, 0, 0)
        assert economy.cost == sum(trial.cost for trial in trials(session, hint)) == 80
    assert len({body["seed"] for body in stub.seen}) == 4
    for body, tried in zip(stub.seen, (True, True, False, False), strict=True):
        assert (HINT in str(body["messages"])) is tried
        assert "I round it" in str(body["messages"])
        assert "It is so" not in str(body["messages"])


def test_asking_twice_starts_nothing_twice_and_more_only_when_asked(
    ports: Ports, hint: int, work: Work, person: Person
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        assert try_proposal(session, ann, hint, 2) == 4
    with transaction(ports.engine) as session:
        assert try_proposal(session, ann, hint, 2) == 0
        shown = trials(session, hint)[-1].id
        assert try_proposal(session, ann, hint, 1, shown=shown) == 2
        # Other words start at the same place: what went on without a hint serves them too.
        assert try_proposal(session, ann, hint, 3, words="Look once more.") == 3
    work()
    assert found(ports, hint).with_hint.finished == found(ports, hint).without.finished == 3
    assert found(ports, hint, "Look once more.").with_hint.finished == 3


def test_what_failed_to_run_counts_apart_and_can_be_tried_again(
    ports: Ports, hint: int, stub: Stub, work: Work, person: Person
) -> None:
    ann = person("ann")
    stub.bad = "400"
    with transaction(ports.engine) as session:
        try_proposal(session, ann, hint, 1)
    work()
    assert found(ports, hint).with_hint == Tally(failed=1)
    stub.bad = None
    with transaction(ports.engine) as session:
        shown = trials(session, hint)[-1].id
        assert try_proposal(session, ann, hint, 1, shown=shown) == 2
    work()
    assert found(ports, hint).with_hint == Tally(right=1, failed=1)


def test_an_accepted_hint_goes_on_as_its_first_right_trial(
    ports: Ports, hint: int, project: Project, stub: Stub, work: Work, person: Person
) -> None:
    ann = try_to_the_end(ports, hint, work, person, 2)
    asked = len(stub.seen)
    with transaction(ports.engine) as session:
        chosen = next(trial for trial in trials(session, hint) if trial.correct)
        before = text_of(path_of(session.get_one(Branch, chosen.branch_id)))
        judgement = judge_proposal(session, ann, hint, "accept")
        assert judgement.branch_id == chosen.branch_id
    work()
    assert len(stub.seen) == asked
    with transaction(ports.engine) as session:
        trace = session.get_one(Trace, judgement.trace_id)
        branch = current_branch(session, trace.id)
        assert (branch.id, branch.number, trace.state) == (chosen.branch_id, 2, "review")
        assert text_of(path_of(branch)) == before
        assert branch_facts(session, branch).budget.hints == 1
        assert [review.branch_id for review in session.scalars(select(Review))] == [branch.id]
        for each in branch_facts(session, branch).open_proposals:
            judge_proposal(session, ann, each.id, "reject", reason="it is right")
        judge_branch(session, ann, branch.id, "golden")
        [row] = chosen_rows(session, project, DatasetOptions(all_branches=True))
        assert [segment.kind for segment in row.segments] == [
            "thought",
            "hint",
            "thought",
            "answer",
        ]
        assert row.lineage
        assert row.lineage.branch_ids == (branch.parent_id, branch.id)
    assert found(ports, hint).with_hint == Tally(right=1, wrong=1)


def test_one_that_runs_is_accepted_as_it_is_and_the_rest_is_stopped(
    ports: Ports, hint: int, stub: Stub, work: Work, person: Person
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        try_proposal(session, ann, hint, 2)
        first = trials(session, hint)[0]
        judgement = judge_proposal(session, ann, hint, "accept")
        assert judgement.branch_id == first.branch_id
        assert session.get_one(Trace, judgement.trace_id).state == "waiting"
    work()
    assert len(stub.seen) == 1
    with transaction(ports.engine) as session:
        branch = session.get_one(Branch, first.branch_id)
        assert (branch.outcome, branch.number) == ("answered", 2)
        assert [review.branch_id for review in session.scalars(select(Review))] == [branch.id]
    assert found(ports, hint) == Comparison(
        with_hint=Tally(right=1, failed=1), without=Tally(failed=2)
    )


def test_other_words_or_another_place_are_generated_anew(
    ports: Ports, hint: int, stub: Stub, work: Work, person: Person
) -> None:
    ann = try_to_the_end(ports, hint, work, person, 1)
    with transaction(ports.engine) as session:
        tried = {trial.branch_id for trial in trials(session, hint)}
        judgement = judge_proposal(session, ann, hint, "edit", words="Look once more.")
        assert judgement.branch_id not in tried
        undo(session, ann, judgement.trace_id)
        moved = judge_proposal(session, ann, hint, "accept", cut=Cut(step=0))
        assert moved.branch_id not in tried
        undo(session, ann, judgement.trace_id)
        again = judge_proposal(session, ann, hint, "accept")
        assert again.branch_id in tried


def test_undoing_the_accept_sets_the_branch_aside_and_it_is_not_taken_again(
    ports: Ports, hint: int, work: Work, person: Person
) -> None:
    ann = try_to_the_end(ports, hint, work, person, 1)
    with transaction(ports.engine) as session:
        first = judge_proposal(session, ann, hint, "accept")
        undo(session, ann, first.trace_id)
        branch = session.get_one(Branch, first.branch_id)
        assert (branch.set_aside, branch.number) == (True, 2)
        assert session.get_one(Trace, first.trace_id).state == "review"
        assert current_branch(session, first.trace_id).number == 1
        second = judge_proposal(session, ann, hint, "accept")
        assert second.branch_id != first.branch_id
        assert session.get_one(Branch, second.branch_id).number == 3


@pytest.mark.parametrize("deed", ["reject", "discard", "stop"])
def test_what_nobody_needs_is_stopped(
    ports: Ports, hint: int, stub: Stub, work: Work, person: Person, deed: str
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        try_proposal(session, ann, hint, 2)
        row = session.get_one(ProposalRow, hint)
        if deed == "reject":
            judge_proposal(session, ann, hint, "reject", reason="no")
        elif deed == "discard":
            judge_branch(session, ann, row.branch_id, "discard", "no")
        else:
            assert stop_trials(session, ann, hint) == 4
    assert work() == 0
    assert stub.seen == []
    assert found(ports, hint).with_hint == Tally(failed=2)


def test_a_worker_that_comes_too_late_ends_no_stopped_trial(
    ports: Ports, hint: int, stub: Stub, person: Person
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        try_proposal(session, ann, hint, 1)
        job_id = session.scalars(select(Job.id).order_by(Job.id)).first()
        stop_trials(session, ann, hint)
    work_on(ports, job_id or 0)
    assert stub.seen == []


def test_a_trial_is_only_read(ports: Ports, hint: int, work: Work, person: Person) -> None:
    ann = try_to_the_end(ports, hint, work, person, 1)
    with transaction(ports.engine) as session:
        tried = trials(session, hint)[0].branch_id
        for deed in (
            lambda: judge_branch(session, ann, tried, "discard", "no"),
            lambda: request_review(session, ann, tried),
            lambda: retry_branch(session, ann, tried),
        ):
            with pytest.raises(Refused, match="trial of a hint"):
                deed()
        with pytest.raises(Refused, match="not writing"):
            cancel_branch(session, ann, tried)


def test_a_corrected_reference_changes_what_trials_found(
    ports: Ports, hint: int, work: Work, person: Person
) -> None:
    ann = try_to_the_end(ports, hint, work, person, 2)
    with transaction(ports.engine) as session:
        problem_id = session.get_one(Trace, session.get_one(ProposalRow, hint).trace_id).problem_id
        record_reference(session, ann, problem_id, "11", "solved again")
    assert found(ports, hint).with_hint == Tally(wrong=2)


def test_every_refusal_is_a_sentence_and_starts_nothing(
    ports: Ports, hint: int, project: Project, person: Person
) -> None:
    ann = person("ann")

    def refused(error: type[Exception], match: str, **asked: object) -> None:
        with transaction(ports.engine) as session, pytest.raises(error, match=match):
            try_proposal(session, ann, hint, **asked)  # type: ignore[arg-type]
        with transaction(ports.engine) as session:
            assert trials(session, hint) == []

    def change(**values: object) -> None:
        with transaction(ports.engine) as session:
            change_project(session, SCRIPT, project.id, ProjectChange(**values))  # type: ignore[arg-type]

    refused(Refused, "gives the reference away", words="It must be 7.")
    refused(Invalid, "at least once", k=0)
    refused(Refused, "at most 16 times", k=17)
    change(limits=ProjectLimits(max_trials=2))
    refused(Refused, "at most 2 times", k=3)
    change(limits=ProjectLimits(max_trials=0))
    refused(Refused, "tries no hints", k=1)
    change(limits=ProjectLimits(max_hints=0))
    refused(Refused, "budget of 0 hints")
    change(limits=ProjectLimits(), reasoner={"name": "scripted"})
    refused(Refused, "knows one continuation", k=2)
    change(reasoner={"name": "openai", "temperature": 0})
    refused(Refused, "in one way only", k=2)
    with transaction(ports.engine) as session:
        with pytest.raises(NotAllowed):
            try_proposal(session, person("eve", "viewer"), hint)
        judge_proposal(session, ann, hint, "reject", reason="no")
        with pytest.raises(Conflict, match="judged this hint already"):
            try_proposal(session, ann, hint)
        assert session.scalars(select(Judgement)).one().decision == "reject"


def test_the_spending_cap_holds_for_trials(
    ports: Ports, hint: int, project: Project, work: Work, person: Person
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        change_project(session, SCRIPT, project.id, ProjectChange(spending_cap=30))
        try_proposal(session, ann, hint, 2)
    work()
    assert found(ports, hint) == Comparison(
        with_hint=Tally(right=1, wrong=1), without=Tally(failed=2)
    )
    with transaction(ports.engine) as session:
        shown = trials(session, hint)[-1].id
        with pytest.raises(Refused, match="spending cap of 30 is reached"):
            try_proposal(session, ann, hint, 1, shown=shown)
