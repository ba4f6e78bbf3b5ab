"""Deeds on many traces: said before, done once, by hundreds, each an ordinary change of a trace."""

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.actions.accounts import set_role
from app.actions.batches import progress_of, stop_batch
from app.actions.bulk import confirm_bulk, outlook, plan_bulk, stop_bulk
from app.actions.claims import claim_trace
from app.actions.do_bulk import AT_ONCE
from app.actions.judge_branch import judge_branch
from app.actions.ports import Ports
from app.actions.undo import undo
from app.actions.work_on import work_on
from app.core.bulk import BulkDeed
from app.core.errors import Invalid, NotAllowed, Refused
from app.core.roles import SCRIPT, Actor
from app.db.session import reading, transaction
from app.db.tables import Batch, Branch, Bulk, Claim, Event, Job, Project, Trace, Verdict

People = Callable[..., Actor]


@pytest.fixture
def traces(ports: Ports, project: Project, problem: Callable[..., int]) -> list[int]:
    """Traces in review, some more than a worker does at once; two of the first problem."""
    problem_id, other = problem("Q"), problem("R")
    with transaction(ports.engine) as session:
        made = [
            Trace(
                project_id=project.id,
                problem_id=other if at == 1 else problem_id,
                origin="generated",
                state="review",
            )
            for at in range(AT_ONCE + 5)
        ]
        session.add_all(made)
        session.flush()
        session.add_all(Claim(trace_id=trace.id, slot=1) for trace in made)
        grade = {"correct": False, "reason": "r", "rule": "strict"}
        session.add_all(
            Branch(trace=trace, number=1, outcome="answered", grade=grade) for trace in made
        )
        return [trace.id for trace in made]


def planned(ports: Ports, actor: Actor, project: Project, deed: BulkDeed, ids: list[int]) -> int:
    with transaction(ports.engine) as session:
        return plan_bulk(session, actor, project.id, deed, ids).id


def confirmed(ports: Ports, actor: Actor, bulk_id: int, reason: str = "so") -> None:
    with transaction(ports.engine) as session:
        confirm_bulk(session, actor, bulk_id, reason)


def bulk(ports: Ports, bulk_id: int) -> Bulk:
    with reading(ports.engine) as session:
        return session.get_one(Bulk, bulk_id)


def states(ports: Ports) -> Counter[str]:
    with reading(ports.engine) as session:
        return Counter(session.scalars(select(Trace.state)))


def test_discarding_many_is_said_before_and_done_once(
    ports: Ports, project: Project, person: People, traces: list[int], work: Callable[[], int]
) -> None:
    ada, bo = person("ada"), person("bo")
    with transaction(ports.engine) as session:
        claim_trace(session, bo, traces[0])
        claim_trace(session, ada, traces[1])
        branch = session.get_one(Trace, traces[2]).branches[0]
        judge_branch(session, bo, branch.id, "unsure", "?")
        session.get_one(Trace, traces[3]).state = "waiting"
    bulk_id = planned(ports, ada, project, "discard", [*traces, 10**6])
    with reading(ports.engine) as session:
        ahead = outlook(session, session.get_one(Bulk, bulk_id))
    assert ahead.done == len(traces) - 3
    assert sorted(ahead.left_out) == [
        ("It has a verdict; send it back to the queue first.", 1),
        ("Somebody else is working on it.", 1),
        ("The Reasoner is still writing it.", 1),
    ]
    assert states(ports)["discarded"] == 0
    with pytest.raises(Invalid):
        confirmed(ports, ada, bulk_id, " ")
    with pytest.raises(Refused):
        confirmed(ports, bo, bulk_id)
    confirmed(ports, ada, bulk_id)
    confirmed(ports, ada, bulk_id)
    assert work() == 2
    confirmed(ports, ada, bulk_id)
    assert work() == 0
    done = bulk(ports, bulk_id)
    assert (done.done, done.left_out) == (ahead.done, dict(ahead.left_out))
    assert states(ports)["discarded"] == ahead.done
    with reading(ports.engine) as session:
        own = session.scalars(select(Verdict).where(Verdict.user_id == ada.id)).all()
        assert {(each.decision, each.reason) for each in own} == {("discard", "so")}
        events = select(func.count()).where(Event.verb == "discard")
        assert session.scalar(events) == len(own) == ahead.done
    with transaction(ports.engine) as session:
        undo(session, ada, traces[1])
    assert states(ports)["discarded"] == ahead.done - 1


def test_a_worker_that_is_killed_between_two_hundreds_loses_and_repeats_nothing(
    ports: Ports, project: Project, person: People, traces: list[int], work: Callable[[], int]
) -> None:
    ada = person("ada")
    bulk_id = planned(ports, ada, project, "discard", traces)
    confirmed(ports, ada, bulk_id)
    job_id = bulk(ports, bulk_id).job_id or 0
    work_on(ports, job_id)
    assert bulk(ports, bulk_id).looked_at == states(ports)["discarded"] == AT_ONCE
    work_on(ports, job_id)
    work_on(ports, job_id)
    assert states(ports)["discarded"] == bulk(ports, bulk_id).done == len(traces)


def test_one_that_is_stopped_does_no_more_and_keeps_what_was_done(
    ports: Ports, project: Project, person: People, traces: list[int], work: Callable[[], int]
) -> None:
    ada = person("ada")
    bulk_id = planned(ports, ada, project, "discard", traces)
    confirmed(ports, ada, bulk_id)
    work_on(ports, bulk(ports, bulk_id).job_id or 0)
    with transaction(ports.engine) as session:
        stop_bulk(session, ada, bulk_id)
    assert work() == 0
    assert states(ports)["discarded"] == AT_ONCE
    with pytest.raises(Refused), transaction(ports.engine) as session:
        stop_bulk(session, ada, bulk_id)


def test_what_was_discarded_goes_back_to_the_queue(
    ports: Ports, project: Project, person: People, traces: list[int], work: Callable[[], int]
) -> None:
    ada = person("ada")
    for deed in ("discard", "reopen"):
        bulk_id = planned(ports, ada, project, deed, traces[:3])  # type: ignore[arg-type]
        confirmed(ports, ada, bulk_id, f"because {deed}")
        work()
        assert bulk(ports, bulk_id).done == 3
    assert states(ports) == {"review": len(traces)}
    with reading(ports.engine) as session:
        reasons = set(session.scalars(select(Verdict.withdrawn_reason)))
    assert reasons == {"because reopen"}


def test_leads_release_claims_ask_again_and_have_more_written(
    ports: Ports, project: Project, person: People, traces: list[int]
) -> None:
    lead, ada = person("lead", "lead"), person("ada")
    with transaction(ports.engine) as session:
        claim_trace(session, ada, traces[0])
    for deed, done, left in (
        ("release", 1, {"Nobody holds it.": 2}),
        ("look", 3, {}),
        ("sample", 2, {"Another chosen trace is of the same problem.": 1}),
    ):
        with pytest.raises(NotAllowed):
            planned(ports, ada, project, deed, traces[:3])  # type: ignore[arg-type]
        bulk_id = planned(ports, lead, project, deed, traces[:3])  # type: ignore[arg-type]
        confirmed(ports, lead, bulk_id)
        work_on(ports, bulk(ports, bulk_id).job_id or 0)
        found = bulk(ports, bulk_id)
        assert (found.done, found.left_out) == (done, left), deed
    with transaction(ports.engine) as session:
        kept = session.scalars(select(Batch).order_by(Batch.id)).all()
        assert [batch.kind for batch in kept] == ["propose", "generate"]
        assert [progress_of(session, batch.id).total for batch in kept] == [3, 2]
    with reading(ports.engine) as session:
        assert session.scalar(select(func.count()).where(Claim.user_id.is_not(None))) == 0
        kinds = Counter(session.scalars(select(Job.kind)))
        assert (kinds["review"], kinds["grow"]) == (3, 2)


def test_a_batch_that_is_stopped_begins_no_more(
    ports: Ports, project: Project, person: People, traces: list[int]
) -> None:
    lead = person("lead", "lead")
    bulk_id = planned(ports, lead, project, "look", traces)
    confirmed(ports, lead, bulk_id)
    job_id = bulk(ports, bulk_id).job_id or 0
    work_on(ports, job_id)
    stop_batch(ports, lead, bulk(ports, bulk_id).batch_id or 0)
    work_on(ports, job_id)
    assert bulk(ports, bulk_id).looked_at == AT_ONCE
    with reading(ports.engine) as session:
        assert session.get_one(Job, job_id).state == "cancelled"
        assert set(session.scalars(select(Job.state))) == {"cancelled"}


def test_who_lost_the_role_meanwhile_does_nothing(
    ports: Ports, project: Project, person: People, traces: list[int], work: Callable[[], int]
) -> None:
    ada = person("ada")
    bulk_id = planned(ports, ada, project, "discard", traces[:2])
    confirmed(ports, ada, bulk_id)
    with transaction(ports.engine) as session:
        set_role(session, SCRIPT, project.id, ada.id or 0, "viewer")
    work()
    found = bulk(ports, bulk_id)
    assert (found.done, sum(found.left_out.values())) == (0, 2)


def test_a_plan_needs_traces_of_the_project_and_takes_the_place_of_the_last(
    ports: Ports, project: Project, person: People, traces: list[int]
) -> None:
    ada = person("ada")
    first = planned(ports, ada, project, "discard", traces[:1])
    with pytest.raises(Invalid):
        planned(ports, ada, project, "discard", [10**6])
    second = planned(ports, ada, project, "discard", traces[:2])
    with reading(ports.engine) as session:
        left = session.scalars(select(Bulk)).all()
        assert [len(each.trace_ids) for each in left] == [2]
    assert first <= second
