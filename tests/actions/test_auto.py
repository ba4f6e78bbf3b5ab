"""Auto mode: what passes goes on without a person, everything else is handed to the queue."""

import json
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.auto import go_on_by_policy
from app.actions.claims import claim_trace
from app.actions.facts import current_branch
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, ProjectLimits, change_project
from app.actions.request_review import request_review
from app.actions.save_proposals import save_proposal
from app.actions.start_trace import start_trace
from app.actions.undo import undo
from app.actions.work_on import work_on
from app.backends.reasoners.recordings import EXAMPLES
from app.core.budget import MAX_HINTS, measure
from app.core.flaws import DEFAULT
from app.core.policy import Policy
from app.core.proposal import Evidence, Proposal, Source
from app.core.roles import POLICY, SCRIPT, Actor
from app.core.trace import Cut
from app.db.convert import path_of
from app.db.session import transaction
from app.db.tables import Event, Job, Judgement, Project, ProposalRow, Trace, Verdict

PROBLEMS = {it["id"]: it for it in json.loads((EXAMPLES / "problems.json").read_text())}
ALL = Policy(on=True, flaws=tuple(flaw.id for flaw in DEFAULT.flaws))
Problem = Callable[..., int]
Work = Callable[[], int]


@pytest.fixture
def begun(ports: Ports, project: Project, problem: Problem) -> Callable[..., int]:
    """Starts a trace of the ferry or another problem under a policy."""

    def start(policy: Policy, name: str = "ferry") -> int:
        problem_id = problem(PROBLEMS[name]["question"], PROBLEMS[name]["answer"])
        with transaction(ports.engine) as session:
            change_project(session, SCRIPT, project.id, ProjectChange(policy=policy))
            return start_trace(session, SCRIPT, problem_id).id

    return start


def judged(session: Session) -> Sequence[Judgement]:
    return session.scalars(select(Judgement).order_by(Judgement.id)).all()


def handed_over(session: Session) -> list[str]:
    events = session.scalars(select(Event).where(Event.verb == "hand_over").order_by(Event.id))
    return [event.data["reason"] for event in events]


def test_hints_that_pass_are_put_in_and_the_trace_is_handed_over(
    ports: Ports, begun: Callable[[Policy], int], work: Work
) -> None:
    trace_id = begun(ALL)
    work()
    with transaction(ports.engine) as session:
        assert {each.actor["kind"] for each in judged(session)} == {"policy"}
        assert measure(path_of(current_branch(session, trace_id))).hints == len(judged(session))
        assert len(handed_over(session)) == 1
        assert session.scalars(select(Verdict)).all() == []
        assert session.get_one(Trace, trace_id).state != "waiting"


def test_it_ends_where_the_reasoner_can_not_go_on(
    ports: Ports, begun: Callable[..., int], work: Work
) -> None:
    begun(ALL, "feed")
    work()
    with transaction(ports.engine) as session:
        assert 0 < len(judged(session)) <= MAX_HINTS
        assert handed_over(session) == ["The branch ended in a failure."]


def test_a_hint_that_would_replace_the_last_one_allowed_waits_for_a_person(
    ports: Ports, project: Project, begun: Callable[..., int], work: Work
) -> None:
    with transaction(ports.engine) as session:
        limits = ProjectChange(limits=ProjectLimits(max_hints=1))
        change_project(session, SCRIPT, project.id, limits)
    trace_id = begun(ALL)
    work()
    earlier = Proposal(
        flaw=DEFAULT.flaws[0].id,
        evidence=(Evidence(step=0, start=0, end=1, note="again"),),
        cut=Cut(step=0),
        words="Let me think again.",
        source=Source(kind="rule", name="again"),
    )
    with transaction(ports.engine) as session:
        branch = current_branch(session, trace_id)
        save_proposal(session, branch, earlier, session.get_one(Project, project.id))
        go_on_by_policy(session, branch)
        assert len(judged(session)) == 1
        told = "Auto mode has put in as many hints here as a path may have."
        assert handed_over(session)[-1] == told


def test_without_auto_mode_nothing_is_decided(
    ports: Ports, begun: Callable[[Policy], int], work: Work
) -> None:
    begun(ALL.model_copy(update={"on": False}))
    work()
    with transaction(ports.engine) as session:
        assert (judged(session), handed_over(session)) == ([], [])


def test_a_hint_that_does_not_pass_waits_for_a_person(
    ports: Ports, begun: Callable[[Policy], int], work: Work
) -> None:
    trace_id = begun(Policy(on=True, confidence=1.0))
    work()
    with transaction(ports.engine) as session:
        assert judged(session) == []
        assert handed_over(session) == ["The first hint needs a person."]
        assert session.get_one(Trace, trace_id).state == "review"


def test_a_trace_that_somebody_holds_is_left_alone(
    ports: Ports, begun: Callable[[Policy], int], work: Work, person: Callable[..., Actor]
) -> None:
    trace_id = begun(ALL)
    ann = person("ann")
    with transaction(ports.engine) as session:
        claim_trace(session, ann, trace_id)
    work()
    with transaction(ports.engine) as session:
        assert judged(session) == []
        assert handed_over(session) == ["A person works on this trace."]


def test_a_hint_that_is_refused_stays_open(
    ports: Ports, project: Project, begun: Callable[[Policy], int], work: Work
) -> None:
    begun(ALL)
    while True:  # until the branch is to be looked at
        with transaction(ports.engine) as session:
            waiting = session.scalars(select(Job).where(Job.state == "queued")).all()
        if not any(job.kind == "grow" for job in waiting):
            break
        for job in waiting:
            if job.kind != "review":
                work_on(ports, job.id)
    with transaction(ports.engine) as session:
        limits = ProjectChange(limits=ProjectLimits(max_hints=0))
        change_project(session, SCRIPT, project.id, limits)
    work()
    with transaction(ports.engine) as session:
        assert judged(session) == []
        assert set(session.scalars(select(ProposalRow.state))) <= {"open"}


def test_what_the_policy_did_can_be_undone_by_a_person(
    ports: Ports, begun: Callable[[Policy], int], work: Work, person: Callable[..., Actor]
) -> None:
    trace_id = begun(ALL)
    work()
    ann = person("ann")
    with transaction(ports.engine) as session:
        first = len([each for each in judged(session) if not each.undone_at])
        undo(session, ann, trace_id)
        assert len([each for each in judged(session) if not each.undone_at]) == first - 1
        event = session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert event is not None
        assert (event.verb, event.actor["name"]) == ("undo", "ann")
        request_review(session, SCRIPT, current_branch(session, trace_id).id)
    assert POLICY.id is None
    work()
    with transaction(ports.engine) as session:
        assert len([each for each in judged(session) if not each.undone_at]) == first - 1
        assert handed_over(session)[-1] == "A person took back what auto mode decided."
