"""What the insights count, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.actions.close_branch import close_branch
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project
from app.actions.start_trace import new_branch, start_trace
from app.core.roles import SCRIPT, Actor
from app.core.trace import Step
from app.db.convert import add_steps
from app.db.session import reading, transaction
from app.db.tables import (
    Branch,
    Judgement,
    ProblemRow,
    Project,
    ProposalRow,
    Review,
    StepRow,
    Trace,
    Verdict,
)
from app.web.views.insights import CHARTS, Chart

Problem = Callable[..., int]
CODE = Step(kind="code", author="reasoner", text="```python\nx\n```\n", tokens=10)


def wrote(session, branch: Branch, answer: int, *more: Step) -> None:  # type: ignore[no-untyped-def]
    """Let a branch end with an answer, and be looked at."""
    last = Step(kind="answer", author="reasoner", text=f"\\boxed{{{answer}}}", tokens=30)
    add_steps(session, branch, [*more, last])
    close_branch(session, branch, "answered")
    session.add(Review(branch_id=branch.id, source={"name": "rules"}, proposed=0))


@pytest.fixture
def filled(ports: Ports, project: Project, problem: Problem, person: Callable[..., Actor]) -> int:
    """A trace that a hint put right, called golden by two people; and one of a trained Reasoner."""
    people = [person("ann"), person("bob")]
    ids = problem("How much?", 340), problem("How many?", 5)
    with transaction(ports.engine) as session:
        session.get_one(ProblemRow, ids[0]).source = "NL4OPT"
        trace = start_trace(session, SCRIPT, ids[0])
        (native,) = trace.branches
        wrote(session, native, 3710, CODE)
        proposal = ProposalRow(
            trace_id=trace.id,
            branch_id=native.id,
            flaw="wrong-objective",
            taxonomy_version="1",
            key="1",
            state="edited",
            proposal={"words": "Which way?", "source": {"kind": "rule", "name": "sense"}},
        )
        session.add(proposal)
        session.flush()
        judged = {"proposal_id": proposal.id, "trace_id": trace.id, "decision": "edit"}
        session.add(Judgement(**judged, user_id=people[0].id, actor={"kind": "person"}))
        later = new_branch(session, trace, seed=1, parent=native, cut_step=1, cut_offset=0)
        hint = Step(kind="hint", author="human", text="Look again.", tokens=1)
        wrote(session, later, 340, hint, CODE)
        for who, withdrawn in zip(people, (True, False), strict=True):
            verdict = Verdict(trace_id=trace.id, branch_id=later.id, user_id=who.id)
            verdict.actor, verdict.decision = {"kind": "person"}, "golden"
            # Late in the evening in UTC is another day in most places.
            verdict.at = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
            if withdrawn:
                verdict.withdrawn_at, verdict.withdrawal = verdict.at, "reopened"
                verdict.withdrawn_reason = "undone"  # a reason that a person gave is no sign
            session.add(verdict)
        trace.state = "golden"
        trained = {"name": "scripted", "stage": "rl"}
        change_project(session, SCRIPT, project.id, ProjectChange(reasoner=trained))
        second = start_trace(session, SCRIPT, ids[1])
        wrote(session, second.branches[0], 4)
    return project.id


def table(ports: Ports, project_id: int, name: str) -> dict[str, tuple[object, ...]]:
    """The rows of a chart by their labels."""
    return {row.label: row.cells for row in chart(ports, project_id, name).rows}


def chart(ports: Ports, project_id: int, name: str) -> Chart:
    with reading(ports.engine) as session:
        return CHARTS[name](session, session.get_one(Project, project_id))


@pytest.mark.parametrize("name", CHARTS)
def test_an_empty_project_says_what_is_missing(ports: Ports, project: Project, name: str) -> None:
    found = chart(ports, project.id, name)
    assert not found.has_data
    assert found.empty


def test_every_chart_has_a_cell_for_each_column(ports: Ports, filled: int) -> None:
    for name in CHARTS:
        found = chart(ports, filled, name)
        assert found.name == name
        assert {len(row.cells) for row in found.rows} <= {len(found.columns)}


def test_flaws_are_counted_by_type_benchmark_and_stage(ports: Ports, filled: int) -> None:
    assert table(ports, filled, "flaws-by-type") == {"Wrong objective": (1, 0, 0)}
    stages = table(ports, filled, "flaws-by-stage")
    assert {stage: cells[:3] for stage, cells in stages.items()} == {
        "native": (0, 100, 1),
        "after hints": (0, 0, 1),
        "after RL": (0, 0, 1),
    }
    assert table(ports, filled, "flaw-types-by-stage") == {"Wrong objective": (100, 0, 0)}
    assert table(ports, filled, "flaws-by-benchmark")["NL4OPT"][:3] == (0, 50, 2)


def test_accuracy_is_told_before_and_after_hints(ports: Ports, filled: int) -> None:
    found = table(ports, filled, "accuracy")
    assert found["NL4OPT"][:3] == (0, 100, 1)
    assert found["no source"][:3] == (0, 0, 1)
    assert found["all"][:3] == (0, 50, 2)
    assert found["all"][5:] == (1, 0, 100)


def test_hints_and_their_tokens_are_held_against_the_budget(ports: Ports, filled: int) -> None:
    assert table(ports, filled, "hints")["1"] == (1, 0)
    shares = chart(ports, filled, "hint-tokens")
    # 1 of 51 tokens: the code before the cut, the hint, the code after it, the answer.
    assert [row.cells for row in shares.rows][:4] == [(0, 0), (0, 0), (0, 0), (1, 0)]
    assert shares.note.startswith("Golden paths together: 1.96% of the tokens are hints")


def test_acceptance_is_by_flaw_and_source(ports: Ports, filled: int) -> None:
    assert table(ports, filled, "acceptance-by-flaw")["Wrong objective"][:4] == (0, 1, 0, 100)
    assert list(table(ports, filled, "acceptance-by-source")) == ["rule: sense"]


def test_code_calls_and_length_are_by_stage(ports: Ports, filled: int) -> None:
    assert table(ports, filled, "code-calls") == {
        "0": (0, 0, 100),
        "1": (100, 0, 0),
        "2": (0, 100, 0),
    }
    assert list(table(ports, filled, "length")) == ["0–99"]


def test_days_are_those_of_utc(ports: Ports, filled: int) -> None:
    assert table(ports, filled, "progress") == {"2026-03-09": (1, 0, 0)}


def test_people_who_judged_the_same_branch_are_compared(ports: Ports, filled: int) -> None:
    assert table(ports, filled, "agreement") == {"ann · bob": (100, 1, None)}


def test_the_stage_of_a_reasoner_is_recorded_on_each_branch(ports: Ports, filled: int) -> None:
    with reading(ports.engine) as session:
        stages = session.scalars(select(Branch.stage).order_by(Branch.id)).all()
    assert stages == ["base", "base", "rl"]


def test_no_text_of_a_trace_is_read(ports: Ports, filled: int) -> None:
    with transaction(ports.engine) as session:
        session.query(StepRow).delete()
        assert session.scalars(select(Trace.id)).all()
    assert table(ports, filled, "code-calls")["2"] == (0, 100, 0)
