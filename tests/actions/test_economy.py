"""Tokens generated, reused and wasted, and what cached ones cost."""

from collections.abc import Callable

from sqlalchemy import select

from app.actions.close_branch import close_branch
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project
from app.actions.spending import add_usage
from app.actions.start_trace import new_branch, start_trace
from app.backends.reasoners.base import Usage as Tokens
from app.core.roles import SCRIPT
from app.core.trace import Step
from app.db.convert import add_steps
from app.db.queries.economy import Economy, economy_of
from app.db.session import transaction
from app.db.tables import Branch, Project, Usage

Problem = Callable[..., int]


def thought(tokens: int) -> Step:
    return Step(kind="thought", author="reasoner", text="a " * tokens, tokens=tokens)


def written(ports: Ports, problem: Problem) -> None:
    """A trace of 30 and 50 tokens, and a branch that keeps the 30 and writes 20 more."""
    with transaction(ports.engine) as session:
        trace = start_trace(session, SCRIPT, problem("What is the most?", 7))
        (native,) = trace.branches
        add_steps(session, native, [thought(30), thought(50)])
        close_branch(session, native, "answered")
        later = new_branch(session, trace, seed=1, parent=native, cut_step=1, cut_offset=0)
        hint = Step(kind="hint", author="human", text="Look again.", tokens=3)
        add_steps(session, later, [hint, thought(20)])
        close_branch(session, later, "answered")
        for branch, tokens in ((native, 80), (later, 20)):
            used = Tokens(prompt_tokens=40, completion_tokens=tokens, cached_tokens=10)
            add_usage(session, branch, "reasoner", used)


def economy(ports: Ports, project: Project) -> Economy:
    with transaction(ports.engine) as session:
        return economy_of(session, project.id)


def test_a_branch_reuses_what_it_keeps_and_wastes_what_it_leaves(
    ports: Ports, project: Project, problem: Problem
) -> None:
    assert economy(ports, project) == Economy(0, 0, 0, 0, 0, 0, 0, 0.0)
    written(ports, problem)
    found = economy(ports, project)
    assert (found.generated, found.reused, found.wasted) == (100, 30, 50)
    assert (found.prompt, found.cached) == (80, 20)


def test_a_branch_that_is_set_aside_is_waste(
    ports: Ports, project: Project, problem: Problem
) -> None:
    written(ports, problem)
    with transaction(ports.engine) as session:
        session.scalars(select(Branch).order_by(Branch.id.desc())).first().set_aside = True
    assert economy(ports, project).wasted == 20


def test_what_was_paid_for_and_dropped_is_waste(
    ports: Ports, project: Project, problem: Problem
) -> None:
    with transaction(ports.engine) as session:
        (native,) = start_trace(session, SCRIPT, problem("What is the most?", 7)).branches
        add_steps(session, native, [thought(30)])
        close_branch(session, native, "cancelled")
        for tokens in (30, 45):
            used = Tokens(prompt_tokens=40, completion_tokens=tokens)
            add_usage(session, native, "reasoner", used)
    found = economy(ports, project)
    assert (found.generated, found.wasted) == (75, 45)


def test_what_came_from_a_file_was_neither_paid_for_nor_wasted(
    ports: Ports, project: Project, problem: Problem
) -> None:
    with transaction(ports.engine) as session:
        trace = start_trace(session, SCRIPT, problem("What is the most?", 7))
        (imported,) = trace.branches
        add_steps(session, imported, [thought(30), thought(50)])
        close_branch(session, imported, "imported")
        later = new_branch(session, trace, seed=1, parent=imported, cut_step=1, cut_offset=0)
        add_steps(session, later, [thought(20)])
        assert (later.kept_tokens, later.tokens) == (0, 20)
    assert economy(ports, project).wasted == 0


def test_cached_tokens_cost_what_the_project_says(
    ports: Ports, project: Project, problem: Problem
) -> None:
    prices = {"prompt": 1e6, "completion": 2e6, "cached": 0.25e6}
    with transaction(ports.engine) as session:
        change_project(session, SCRIPT, project.id, ProjectChange(prices=prices))
    written(ports, problem)
    with transaction(ports.engine) as session:
        costs = session.scalars(select(Usage.cost).order_by(Usage.id)).all()
    assert costs == [30 + 10 * 0.25 + 80 * 2, 30 + 10 * 0.25 + 20 * 2]
