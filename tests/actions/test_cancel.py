"""Stopping and trying again: never over what a worker finished, never twice, never mid-program."""

from collections.abc import Callable
from threading import Thread

import pytest
from sqlalchemy import select

from app.actions.batches import start_batch, stop_batch
from app.actions.cancel import cancel_branch, retry_branch
from app.actions.close_branch import close_branch
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project, limits_of
from app.actions.start_trace import start_trace
from app.actions.work import hold, let_go
from app.actions.work_on import work_on
from app.core.errors import CalmError, Conflict, Refused
from app.core.roles import SCRIPT, Actor
from app.core.trace import Step, text_of
from app.db.convert import add_steps, path_of
from app.db.session import transaction
from app.db.tables import Branch, Event, ExecutionRow, Job, Project

Problem = Callable[..., int]


@pytest.fixture
def growing(ports: Ports, problem: Problem) -> int:
    """A branch that the Reasoner is to write."""
    with transaction(ports.engine) as session:
        return start_trace(session, SCRIPT, problem("What is the most?", 7)).branches[0].id


def fail_with(ports: Ports, branch_id: int, *texts: tuple[str, str]) -> None:
    """Let a branch end with an error of the model behind these steps."""
    with transaction(ports.engine) as session:
        branch = session.get_one(Branch, branch_id)
        steps = [Step(kind=kind, author="reasoner", text=text) for kind, text in texts]
        add_steps(session, branch, steps)
        close_branch(session, branch, "model_error", "it broke off")


def test_stopping_never_overwrites_what_a_worker_is_just_finishing(
    ports: Ports, growing: int
) -> None:
    with transaction(ports.engine) as session:
        job_id = session.scalars(select(Job.id)).one()
    held = hold(ports, job_id)
    assert held is not None
    said: list[str] = []

    def cancel() -> None:
        try:
            with transaction(ports.engine) as session:
                cancel_branch(session, SCRIPT, growing)
        except CalmError as error:
            said.append(str(error))

    with transaction(ports.engine) as session:
        let_go(session, held, "done")
        close_branch(session, session.get_one(Branch, growing), "answered")
        session.flush()
        person = Thread(target=cancel)
        person.start()
        person.join(0.5)  # it waits for this transaction
    person.join()
    assert said == ["The Reasoner is not writing here any more."]
    with transaction(ports.engine) as session:
        assert session.get_one(Branch, growing).outcome == "answered"
        assert session.get_one(Job, job_id).state == "done"


def test_a_stopped_batch_tells_each_of_its_traces(
    ports: Ports, project: Project, problem: Problem
) -> None:
    stop_batch(
        ports, SCRIPT, start_batch(ports, SCRIPT, project.id, "generate", [problem("Which?")])
    )
    with transaction(ports.engine) as session:
        branch = session.scalars(select(Branch)).one()
        assert branch.outcome == "cancelled"
        told = select(Event.subject).where(Event.verb == "cancel", Event.trace_id.is_not(None))
        assert session.scalars(told).all() == [f"branch:{branch.id}"]


def test_of_two_who_try_again_only_the_first_does(
    ports: Ports, growing: int, person: Callable[..., Actor]
) -> None:
    fail_with(ports, growing, ("thought", "Let me think."))
    with transaction(ports.engine) as session:
        retry_branch(session, person("ann"), growing)
    with transaction(ports.engine) as session, pytest.raises(Conflict):
        retry_branch(session, person("bob"), growing)
    with transaction(ports.engine) as session:
        assert len(session.scalars(select(Branch)).all()) == 2


def test_a_retry_keeps_an_unfinished_thought_and_drops_an_unfinished_program(
    ports: Ports, growing: int
) -> None:
    fail_with(ports, growing, ("thought", "First, "), ("code", "```python\nprint("))
    with transaction(ports.engine) as session:
        again = retry_branch(session, SCRIPT, growing)
        assert text_of(path_of(again)) == "First, "
        again_id = again.id
    fail_with(ports, again_id, ("thought", "we count"))
    with transaction(ports.engine) as session:
        assert text_of(path_of(retry_branch(session, SCRIPT, again_id))) == "First, we count"


def test_what_did_not_fail_is_not_tried_again(ports: Ports, growing: int) -> None:
    with transaction(ports.engine) as session, pytest.raises(Refused):
        retry_branch(session, SCRIPT, growing)


def test_stopping_ends_a_program_that_runs_and_keeps_nothing_of_it(
    ports: Ports, project: Project, growing: int
) -> None:
    with transaction(ports.engine) as session:
        patient = limits_of(project).model_copy(update={"wall_seconds": 3_600})
        change_project(session, SCRIPT, project.id, ProjectChange(limits=patient))
        branch = session.get_one(Branch, growing)
        code = "```python\nwhile True: pass\n```\n"
        add_steps(session, branch, [Step(kind="code", author="reasoner", text=code)])
        job_id = session.scalars(select(Job.id)).one()
    worker = Thread(target=work_on, args=(ports, job_id))
    worker.start()
    worker.join(1)  # it is at the program, or soon will be
    with transaction(ports.engine) as session:
        cancel_branch(session, SCRIPT, growing)
    worker.join()
    with transaction(ports.engine) as session:
        branch = session.get_one(Branch, growing)
        assert branch.outcome == "cancelled"
        assert [step.kind for step in path_of(branch)] == ["code"]
        assert session.scalars(select(ExecutionRow)).all() == []
        assert session.get_one(Job, job_id).state == "cancelled"
