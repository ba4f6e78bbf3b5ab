"""What the queue sorts and filters by follows what workers find and people decide."""

from collections.abc import Callable

from app.actions.close_branch import close_branch
from app.actions.facts import refresh_state
from app.actions.judge_branch import judge_branch
from app.actions.ports import Ports
from app.actions.save_proposals import save_proposal
from app.actions.start_trace import start_trace
from app.actions.undo import reopen, undo
from app.core.proposal import Proposal, Source
from app.core.roles import SCRIPT, Actor
from app.core.trace import Cut, Step
from app.db.convert import add_steps
from app.db.session import reading, transaction
from app.db.tables import Project, Trace


def answered(ports: Ports, problem_id: int, answer: int) -> int:
    """A trace that ended with an answer; gives its id."""
    with transaction(ports.engine) as session:
        branch = start_trace(session, SCRIPT, problem_id).branches[0]
        branch.settings = {"model": "qwen"}
        text = f"\\boxed{{{answer}}}"
        add_steps(session, branch, [Step(kind="answer", author="reasoner", text=text)])
        close_branch(session, branch, "answered")
        return branch.trace_id


def trace(ports: Ports, trace_id: int) -> Trace:
    with reading(ports.engine) as session:
        return session.get_one(Trace, trace_id)


def test_certainty_and_model_follow_answers_and_hints(
    ports: Ports, project: Project, problem: Callable[..., int]
) -> None:
    right, wrong = (answered(ports, problem(f"Q{answer}", 1), answer) for answer in (1, 2))
    assert (trace(ports, right).certainty, trace(ports, wrong).certainty) == (100, 0)
    assert trace(ports, right).model == "qwen"
    hint = Proposal(
        flaw="wrong-variables",
        evidence=(),
        cut=Cut(step=0),
        words="Whole ones.",
        source=Source(kind="rule", name="r"),
        confidence=0.9,
    )
    with transaction(ports.engine) as session:
        for trace_id in (right, wrong):
            branch = session.get_one(Trace, trace_id).branches[0]
            save_proposal(session, branch, hint, project)
            refresh_state(session, branch.trace)
    assert (trace(ports, right).certainty, trace(ports, wrong).certainty) == (50, 80)


def test_people_who_disagree_make_a_trace_disputed_until_they_agree(
    ports: Ports, person: Callable[..., Actor], problem: Callable[..., int]
) -> None:
    ada, bo = person("ada"), person("bo")
    trace_id = answered(ports, problem("Q", 1), 1)

    def disputed() -> bool:
        return trace(ports, trace_id).disputed

    def judge(actor: Actor, decision: str) -> None:
        with transaction(ports.engine) as session:
            branch_id = session.get_one(Trace, trace_id).branches[0].id
            judge_branch(session, actor, branch_id, decision, "so")  # type: ignore[arg-type]

    def again(actor: Actor) -> None:
        with transaction(ports.engine) as session:
            reopen(session, actor, trace_id, "look again")

    judge(ada, "golden")
    assert not disputed()
    with transaction(ports.engine) as session:
        undo(session, ada, trace_id)
    judge(ada, "discard")
    again(ada)
    judge(ada, "golden")
    assert not disputed()
    again(bo)
    assert disputed()
    judge(bo, "golden")
    assert not disputed()
    again(ada)
    judge(ada, "unsure")
    assert disputed()
