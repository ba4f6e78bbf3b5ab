"""Sampling again from a step: a branch like others, without a hint, marked, and undone."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select

from app.actions.facts import branch_facts, current_branch
from app.actions.judge_branch import judge_branch
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project
from app.actions.propose_own import propose_own
from app.actions.sample_again import sample_again
from app.actions.start_trace import start_trace
from app.actions.undo import undo
from app.core.errors import Invalid, NotAllowed, Refused
from app.core.roles import SCRIPT, Actor
from app.core.trace import text_of
from app.db.convert import path_of
from app.db.queries.economy import economy_of
from app.db.session import transaction
from app.db.tables import Branch, Event, Job, Project, Trace, Usage
from tests.openai_stub import Stub, serving

FIRST = "I round.\n```python\nprint(40 + 2)\n```\n"
Person = Callable[..., Actor]
Work = Callable[[], int]


@pytest.fixture
def stub(ports: Ports, project: Project) -> Iterator[Stub]:
    """The project's Reasoner: it computes, ends wrong, and when sampled again ends right."""
    wrong, right = "So 8.\n</think>\n\\boxed{8}", "So 42.\n</think>\n\\boxed{42}"
    with serving(FIRST, wrong, right) as stub:
        reasoner = {"name": "openai", "base_url": stub.url, "model": "m", "mode": "restart"}
        change = ProjectChange(reasoner=reasoner, intervener={"name": "rules"})
        with transaction(ports.engine) as session:
            change_project(session, SCRIPT, project.id, change)
        yield stub


@pytest.fixture
def branch(ports: Ports, stub: Stub, problem: Callable[..., int], work: Work) -> int:
    """A native branch of thought, code, output, thought and answer that ended wrong."""
    with transaction(ports.engine) as session:
        begun = start_trace(session, SCRIPT, problem("What is the most?", 42)).branches[0].id
    work()
    with transaction(ports.engine) as session:
        kinds = [step.kind for step in path_of(session.get_one(Branch, begun))]
    assert kinds == ["thought", "code", "output", "thought", "answer"]
    return begun


def test_a_branch_goes_on_from_a_step_without_a_hint(
    ports: Ports, project: Project, stub: Stub, branch: int, work: Work, person: Person
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        native = session.get_one(Branch, branch)
        before, text = branch_facts(session, native).budget, text_of(path_of(native))
        made = sample_again(session, ann, branch, 3)
        assert session.get_one(Trace, made.trace_id).state == "waiting"
    work()
    with transaction(ports.engine) as session:
        made, native = session.get_one(Branch, made.id), session.get_one(Branch, branch)
        assert (made.number, made.parent_id, made.cut_step) == (2, branch, 3)
        assert (made.outcome, made.answer) == ("answered", "42")
        assert made.sampled == ann.signature
        assert made.seed != native.seed
        assert stub.seen[-1]["seed"] == made.seed
        assert text_of(path_of(made)).startswith(text_of(path_of(native)[:3]))
        assert [step.kind for step in path_of(made)] == [
            *path_kinds(native)[:3],
            "thought",
            "answer",
        ]
        assert current_branch(session, made.trace_id).id == made.id
        assert text_of(path_of(native)) == text
        assert branch_facts(session, made).budget.hints == before.hints == 0
        economy = economy_of(session, project.id)
        assert economy.reused == made.kept_tokens > 0
        assert economy.wasted == native.tokens - made.kept_tokens
        told = session.scalars(select(Event).where(Event.verb == "sample")).one()
        assert told.data == {"step": 3, "branch": made.id, "seed": made.seed}


def path_kinds(branch: Branch) -> list[str]:
    return [step.kind for step in path_of(branch)]


def test_from_the_start_a_new_run_begins(
    ports: Ports, stub: Stub, branch: int, work: Work, person: Person
) -> None:
    with transaction(ports.engine) as session:
        made = sample_again(session, person("ann"), branch, 0)
        assert (made.parent_id, made.cut_step, made.kept_tokens) == (None, None, 0)
    work()
    with transaction(ports.engine) as session:
        assert path_kinds(session.get_one(Branch, made.id)) == ["thought", "answer"]
        assert "I round" not in str(stub.seen[-1]["messages"])


def test_one_page_begins_one_and_a_newer_page_another(
    ports: Ports, branch: int, work: Work, person: Person
) -> None:
    ann, bob = person("ann"), person("bob")
    with transaction(ports.engine) as session:
        first = sample_again(session, ann, branch, 3, known=1).id
    with transaction(ports.engine) as session:
        assert sample_again(session, ann, branch, 3, known=1).id == first
        assert sample_again(session, ann, branch, 1, known=1).id != first
        assert sample_again(session, bob, branch, 3, known=1).id != first
        newest = session.scalars(select(func.max(Branch.number))).one()
        assert sample_again(session, ann, branch, 3, known=newest).id != first
        assert sample_again(session, ann, branch, 0, known=1).parent_id is None
        again = sample_again(session, ann, branch, 0, known=1).id
        roots = select(Branch.id).where(Branch.parent_id.is_(None), Branch.number > 1)
        assert session.scalars(roots).all() == [again]


def test_undo_sets_the_branch_aside_and_stops_it(
    ports: Ports, stub: Stub, branch: int, work: Work, person: Person
) -> None:
    ann, bob = person("ann"), person("bob")
    with transaction(ports.engine) as session:
        made = sample_again(session, ann, branch, 3)
        with pytest.raises(Refused, match="no decision of yours"):
            undo(session, bob, made.trace_id)
        assert "set aside" in undo(session, ann, made.trace_id)
        assert (made.set_aside, made.outcome) == (True, "cancelled")
        assert current_branch(session, made.trace_id).id == branch
        assert session.get_one(Trace, made.trace_id).state == "review"
        jobs = session.scalars(select(Job.state).where(Job.branch_id == made.id)).all()
        assert jobs == ["cancelled"]
        with pytest.raises(Refused, match="no decision of yours"):
            undo(session, ann, made.trace_id)
    asked = len(stub.seen)
    work()
    assert len(stub.seen) == asked


def test_undo_asks_who_it_was_and_not_by_what_they_came(
    ports: Ports, branch: int, person: Person
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        made = sample_again(session, ann, branch, 3)
        by_token = ann.model_copy(update={"channel": "token", "token": 7, "name": "ann renamed"})
        assert "set aside" in undo(session, by_token, made.trace_id)


def test_undo_takes_the_newest_first_and_nothing_that_others_built_on(
    ports: Ports, branch: int, work: Work, person: Person
) -> None:
    ann, bob = person("ann"), person("bob")
    with transaction(ports.engine) as session:
        made = sample_again(session, ann, branch, 3)
    work()
    with transaction(ports.engine) as session:
        own = {"step": 0, "start": 0, "end": 5, "words": "Let me look again."}
        hinted = propose_own(session, bob, made.id, "wrong-objective", **own)
        with pytest.raises(Refused, match="undo them first"):
            undo(session, ann, made.trace_id)
    with transaction(ports.engine) as session:
        assert undo(session, bob, made.trace_id) == "The hint is undone."
        assert session.get_one(Branch, hinted.branch_id).set_aside
        assert not session.get_one(Branch, made.id).set_aside
        undo(session, ann, made.trace_id)
        assert session.get_one(Branch, made.id).set_aside


def test_undo_of_a_hint_leaves_what_somebody_else_sampled_on_it(
    ports: Ports, branch: int, work: Work, person: Person
) -> None:
    ann, bob = person("ann"), person("bob")
    with transaction(ports.engine) as session:
        own = {"step": 0, "start": 0, "end": 5, "words": "Let me look again."}
        hinted = propose_own(session, ann, branch, "wrong-objective", **own).branch_id
    work()
    with transaction(ports.engine) as session:
        made = sample_again(session, bob, hinted, 1)
        with pytest.raises(Refused, match="undo them first"):
            undo(session, ann, made.trace_id)
        assert (made.set_aside, made.outcome) == (False, None)
    with transaction(ports.engine) as session:
        undo(session, bob, made.trace_id)
        assert undo(session, ann, made.trace_id) == "The hint is undone."
        assert session.get_one(Branch, hinted).set_aside


def test_it_is_refused_in_words_where_it_can_not_be(
    ports: Ports, project: Project, branch: int, work: Work, person: Person
) -> None:
    ann = person("ann")

    def refused(branch_id: int, step: int = 3) -> str:
        with transaction(ports.engine) as session, pytest.raises((Refused, Invalid)) as caught:
            sample_again(session, ann, branch_id, step)
        return str(caught.value)

    assert "There is no such step" in refused(branch, 5)
    assert "There is no such step" in refused(branch, -1)
    assert "An output is the sandbox’s" in refused(branch, 2)
    with transaction(ports.engine) as session:
        growing = sample_again(session, ann, branch, 3)
    assert "still writing" in refused(growing.id, 1)
    with transaction(ports.engine) as session:
        undo(session, ann, growing.trace_id)
    assert "set aside" in refused(growing.id, 1)
    with transaction(ports.engine) as session:
        trial = Branch(trace_id=growing.trace_id, outcome="answered", parent_id=branch, cut_step=3)
        session.add(trial)
        session.flush()
    assert "trial of a hint" in refused(trial.id, 1)
    with transaction(ports.engine) as session:
        change_project(session, SCRIPT, project.id, ProjectChange(spending_cap=1))
        cost = {"prompt_tokens": 1, "completion_tokens": 1, "cost": 2.0}
        session.add(Usage(project_id=project.id, role="reasoner", model="m", **cost))
    assert "spending cap" in refused(branch)
    with transaction(ports.engine) as session:
        change = ProjectChange(reasoner={"name": "scripted"}, spending_cap=0)
        change_project(session, SCRIPT, project.id, change)
    assert "Nothing else was recorded" in refused(branch)
    with transaction(ports.engine) as session:
        judge_branch(session, ann, branch, "discard", "hopeless")
    assert "has a verdict" in refused(branch)


def test_viewers_may_not(ports: Ports, branch: int, person: Person) -> None:
    with transaction(ports.engine) as session, pytest.raises(NotAllowed):
        sample_again(session, person("vi", "viewer"), branch, 3)
