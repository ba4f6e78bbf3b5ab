"""References that people question, confirm and correct, and those that verified answers doubt."""

from collections.abc import Callable

import pytest
from sqlalchemy import event, select

from app.actions.close_branch import close_branch
from app.actions.doubt_reference import doubt_reference, take_doubt_back
from app.actions.facts import current_branch
from app.actions.judge_branch import judge_branch
from app.actions.ports import Ports
from app.actions.record_reference import confirm_reference, record_reference
from app.actions.start_trace import new_branch, start_trace
from app.actions.verify_answer import verify_answer, verify_answers
from app.core.errors import Conflict, Invalid, NotFound
from app.core.roles import SCRIPT, Actor
from app.core.solved import Examination, Optimum
from app.core.suspect import Suspicion
from app.core.trace import Step
from app.db.convert import add_steps
from app.db.queries.problems import doubted, problem_ids
from app.db.queries.suspects import suspects
from app.db.session import transaction
from app.db.tables import (
    Branch,
    Doubt,
    ExecutionRow,
    Job,
    ProblemRow,
    Project,
    ProposalRow,
    ReferenceChange,
    SolveRow,
    Trace,
    Verdict,
)
from tests.actions.test_decisions import meanwhile
from tests.actions.test_loop import FERRY

Problem = Callable[..., int]
Person = Callable[..., Actor]


def solved(ports: Ports, problem_id: int, objective: float, program: str = "") -> int:
    """A finished trace whose answer is the objective of a model solved again; gives its branch."""
    with transaction(ports.engine) as session:
        trace = start_trace(session, SCRIPT, problem_id)
        (branch,) = trace.branches
        code = f"```python\nsolve({program or trace.id})\n```\n"
        texts = {"code": code, "answer": f"\\boxed{{{objective:g}}}"}
        steps = [Step(kind=kind, author="reasoner", text=text) for kind, text in texts.items()]
        rows = add_steps(session, branch, steps)
        execution = ExecutionRow(step_id=rows[0].id, branch_id=branch.id, execution={})
        session.add(execution)
        session.flush()
        close_branch(session, branch, "answered")
        optimum = Optimum(status="Optimal", objective=objective)
        solve = SolveRow(execution_id=execution.id, number=0, format="mps", model="m")
        solve.examination = Examination(solved=optimum).model_dump(mode="json")
        session.add(solve)
        session.flush()
        verify_answers(session, trace.id, rows[0].id, {solve.id: optimum})
        assert branch.verified_by == solve.id
        return branch.id


def asked(ports: Ports, project: Project) -> dict[int, Suspicion]:
    with transaction(ports.engine) as session:
        found = suspects(session, project.id)
        assert problem_ids(session, project.id, "", "suspect") == sorted(found)
        return found


def test_independent_verified_answers_make_a_reference_suspect(
    ports: Ports, project: Project, problem: Problem
) -> None:
    wrong, right = problem("Wrong?", 340), problem("Right?", 5)
    first = solved(ports, wrong, 341)
    assert asked(ports, project) == {}
    second = solved(ports, wrong, 341)
    solved(ports, right, 5)
    solved(ports, right, 5)
    (found,) = asked(ports, project).items()
    assert found[0] == wrong
    assert [each.branch_id for each in found[1].against] == [first, second]


def test_two_runs_of_one_program_are_one(ports: Ports, project: Project, problem: Problem) -> None:
    wrong = problem("Wrong?", 340)
    solved(ports, wrong, 341, "the same")
    solved(ports, wrong, 341, "the same")
    assert asked(ports, project) == {}


def test_a_child_that_shares_the_solve_says_nothing_new(
    ports: Ports, project: Project, problem: Problem
) -> None:
    branch_id = solved(ports, problem("Wrong?", 340), 341)
    with transaction(ports.engine) as session:
        parent = session.get_one(Branch, branch_id)
        place = {"parent": parent, "cut_step": 1, "cut_offset": 0}
        child = new_branch(session, parent.trace, seed=1, **place)
        add_steps(session, child, [Step(kind="answer", author="reasoner", text="\\boxed{341}")])
        close_branch(session, child, "answered")
        assert child.verified_by == parent.verified_by
    assert asked(ports, project) == {}


def test_a_branch_that_needed_a_hint_is_no_witness(
    ports: Ports, project: Project, problem: Problem
) -> None:
    wrong = problem("Wrong?", 340)
    branch_id = solved(ports, wrong, 341)
    solved(ports, wrong, 341)
    with transaction(ports.engine) as session:
        branch = session.get_one(Branch, branch_id)
        place = {"trace_id": branch.trace_id, "branch_id": branch.id}
        told = {"flaw": "wrong-objective", "taxonomy_version": "1", "key": "k"}
        session.add(ProposalRow(**place, **told, proposal={"words": "No."}, state="accepted"))
    assert asked(ports, project) == {}


def test_a_confirmed_reference_is_suspect_again_only_by_new_answers(
    ports: Ports, project: Project, problem: Problem, person: Person
) -> None:
    ann, wrong = person("ann"), problem("Wrong?", 340)
    solved(ports, wrong, 341)
    solved(ports, wrong, 341)
    with transaction(ports.engine) as session:
        confirm_reference(session, ann, wrong, "I counted it by hand.")
    assert asked(ports, project) == {}
    solved(ports, wrong, 341)
    solved(ports, wrong, 341)
    assert list(asked(ports, project)) == [wrong]


def test_only_answers_to_the_objective_are_verified(ports: Ports, problem: Problem) -> None:
    problem_id = problem("How many crates?", 3)
    branch_id = solved(ports, problem_id, 341)
    with transaction(ports.engine) as session:
        branch = session.get_one(Branch, branch_id)
        solve_id, branch.verified_by = branch.verified_by, None
        session.get_one(ProblemRow, problem_id).asks = "crates"
        found = {solve_id: Optimum(status="Optimal", objective=341.0)}
        verify_answers(session, branch.trace_id, branch.steps[0].id, found)
        assert branch.verified_by is None


def test_a_solve_that_is_examined_later_counts_for_paths_that_have_its_step(
    ports: Ports, problem: Problem
) -> None:
    branch_id = solved(ports, problem("Wrong?", 340), 341)
    optimum = Optimum(status="Optimal", objective=341.0)
    asked: list[str] = []
    with transaction(ports.engine) as session:
        branch = session.get_one(Branch, branch_id)
        code, known = branch.steps[0].id, branch.verified_by
        event.listen(ports.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        verify_answers(session, branch.trace_id, code, {known + 1: optimum})
        assert branch.verified_by == known
        verify_answers(session, branch.trace_id, code + 1000, {known - 1: optimum})
        assert branch.verified_by == known
        wrong = optimum.model_copy(update={"objective": 7.0})
        verify_answers(session, branch.trace_id, code, {known - 2: wrong, known - 1: optimum})
        assert branch.verified_by == known - 1
    assert not [each for each in asked if "FROM solves" in each]
    with transaction(ports.engine) as session:
        branch = session.get_one(Branch, branch_id)
        verify_answer(session, branch)
        assert branch.verified_by == known


def test_what_workers_wrote_is_verified(
    ports: Ports, project: Project, problem: Problem, work: Callable[[], int]
) -> None:
    problem_id = problem(FERRY["question"], FERRY["answer"])
    with transaction(ports.engine) as session:
        start_trace(session, SCRIPT, problem_id)
    work()
    with transaction(ports.engine) as session:
        branch = session.scalars(select(Branch)).one()
        assert branch.verified_by == session.scalars(select(SolveRow.id)).first()
        assert {job.state for job in session.scalars(select(Job))} == {"done"}


def test_a_doubt_stays_until_a_reference_is_recorded_or_confirmed(
    ports: Ports, problem: Problem, person: Person
) -> None:
    ann, bob, eve = person("ann"), person("bob"), person("eve")
    problem_id = problem("How much?", 340)
    with transaction(ports.engine) as session:
        doubt_reference(session, ann, problem_id, "The table says 341.")
        doubt_reference(session, bob, problem_id, "It is not whole.")
        with pytest.raises(Conflict):
            doubt_reference(session, ann, problem_id, "Again.")
        with pytest.raises(Invalid):
            doubt_reference(session, eve, problem_id, " ")
        assert doubted(session, [problem_id]) == {problem_id}
        record_reference(session, ann, problem_id, "341", "the table")
        assert doubted(session, [problem_id]) == set()
        changes = session.scalars(select(ReferenceChange.id)).all()
        answers = session.scalars(select(Doubt.answered_by)).all()
        assert answers == [*changes, *changes]


def test_of_two_doubts_of_a_person_at_once_one_stays(
    ports: Ports, problem: Problem, person: Person
) -> None:
    ann, problem_id = person("ann"), problem("How much?", 340)

    def again() -> None:
        with transaction(ports.engine) as session:
            doubt_reference(session, ann, problem_id, "Sent twice.")

    with transaction(ports.engine) as session:
        doubt_reference(session, ann, problem_id, "The table says 341.")
        second = meanwhile(again)
    assert second() == ["You question this reference already."]
    with transaction(ports.engine) as session:
        assert session.scalars(select(Doubt.reason)).all() == ["The table says 341."]


def test_doubts_of_two_people_at_once_both_stay(
    ports: Ports, problem: Problem, person: Person
) -> None:
    ann, bob, problem_id = person("ann"), person("bob"), problem("How much?", 340)

    def other() -> None:
        with transaction(ports.engine) as session:
            doubt_reference(session, bob, problem_id, "It is not whole.")

    with transaction(ports.engine) as session:
        doubt_reference(session, ann, problem_id, "The table says 341.")
        second = meanwhile(other)
    assert second() == []
    with transaction(ports.engine) as session:
        assert len(session.scalars(select(Doubt.id)).all()) == 2


def test_a_doubt_is_taken_back_by_who_had_it_alone(
    ports: Ports, problem: Problem, person: Person
) -> None:
    ann, bob, problem_id = person("ann"), person("bob"), problem("How much?", 340)
    with transaction(ports.engine) as session:
        doubt = doubt_reference(session, ann, problem_id, "The table says 341.")
        with pytest.raises(NotFound):
            take_doubt_back(session, bob, problem_id, doubt.id)
        take_doubt_back(session, ann, problem_id, doubt.id)
        assert doubted(session, [problem_id]) == set()
        second = doubt_reference(session, ann, problem_id, "Still.")
        confirm_reference(session, bob, problem_id, "It is right.")
        with pytest.raises(Conflict):
            take_doubt_back(session, ann, problem_id, second.id)


def test_only_golden_traces_that_a_new_reference_contradicts_come_back(
    ports: Ports, problem: Problem, person: Person
) -> None:
    ann, problem_id = person("ann"), problem("How much?", 341)
    trace_ids = []
    for _ in range(2):
        branch_id = solved(ports, problem_id, 341)
        with transaction(ports.engine) as session:
            branch = session.get_one(Branch, branch_id)
            trace_ids.append(branch.trace_id)
            judge_branch(session, ann, current_branch(session, branch.trace_id).id, "golden")
    with transaction(ports.engine) as session:
        record_reference(session, ann, problem_id, "340 or 341", "both are optimal")
        states = [session.get_one(Trace, each).state for each in trace_ids]
        assert states == ["golden", "golden"]
        record_reference(session, ann, problem_id, "340", "only this one is")
        states = [session.get_one(Trace, each).state for each in trace_ids]
        assert states == ["review", "review"]
        reasons = session.scalars(select(Verdict.withdrawn_reason)).all()
        assert reasons == ["reference changed", "reference changed"]
