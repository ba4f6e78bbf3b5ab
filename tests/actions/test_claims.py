"""Claims: nobody gets what somebody else holds, and a claim that ran out is free again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.actions.claims import claim_next, claim_trace, put_off, release_claim
from app.actions.ports import Ports
from app.actions.record import lock_trace
from app.core.errors import Conflict
from app.core.roles import Actor
from app.db.session import transaction
from app.db.tables import Branch, Claim, Event, Project, Trace
from app.db.types import now

Problem = Callable[..., int]
Person = Callable[..., Actor]


@pytest.fixture
def traces(ports: Ports, project: Project, problem: Problem) -> list[int]:
    """Six traces that wait for a person."""
    problem_id = problem("How many?")
    with transaction(ports.engine) as session:
        made = []
        for _ in range(6):
            trace = Trace(
                project_id=project.id, problem_id=problem_id, origin="imported", state="review"
            )
            trace.branches.append(Branch(number=1, outcome="imported"))
            session.add(trace)
            session.flush()
            session.add(Claim(trace_id=trace.id, slot=1))
            made.append(trace.id)
        return made


def test_next_gives_the_oldest_and_keeps_ones_own(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ann, bob = person("ann"), person("bob")
    with transaction(ports.engine) as session:
        assert claim_next(session, ann, project.id) == traces[0]
        assert claim_next(session, ann, project.id) == traces[0]
        assert claim_next(session, bob, project.id) == traces[1]
    with transaction(ports.engine) as session:
        told = session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert told is not None
        assert (told.verb, told.trace_id, told.actor["id"]) == ("claim", traces[1], bob.id)


def test_no_trace_is_given_to_two_people_at_once(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    people = [person(f"person {n}") for n in range(8)]

    def take(actor: Actor) -> int | None:
        with transaction(ports.engine) as session:
            return claim_next(session, actor, project.id)

    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(take, people))
    assert sorted(filter(None, given)) == traces
    assert given.count(None) == 2


@pytest.mark.parametrize("deed", ["next", "hold", "release"])
def test_handing_out_waits_for_a_decision_and_never_holds_it_up(
    ports: Ports, project: Project, traces: list[int], person: Person, deed: str
) -> None:
    bob = person("bob")
    with transaction(ports.engine) as session:
        session.execute(update(Trace).where(Trace.id > traces[0]).values(state="discarded"))
        if deed == "release":
            claim_trace(session, bob, traces[0])

    def hand_out() -> None:
        with transaction(ports.engine) as session:
            if deed == "next":
                assert claim_next(session, bob, project.id) == traces[0]
            elif deed == "hold":
                claim_trace(session, bob, traces[0])
            else:
                release_claim(session, bob, traces[0])

    with ThreadPoolExecutor(1) as pool:
        with transaction(ports.engine) as session:
            lock_trace(session, traces[0])
            waiting = pool.submit(hand_out)
            # On PostgreSQL it would hold the claim by now, and wait for the trace: a deadlock.
            wait([waiting], timeout=0.5)
            session.execute(update(Claim).where(Claim.trace_id == traces[0]).values(slot=2))
        waiting.result()


def test_what_somebody_holds_is_refused_until_it_runs_out(
    ports: Ports, traces: list[int], person: Person
) -> None:
    ann, bob = person("ann"), person("bob")
    with transaction(ports.engine) as session:
        claim_trace(session, ann, traces[0])
        with pytest.raises(Conflict):
            claim_trace(session, bob, traces[0])
        session.execute(
            update(Claim).where(Claim.trace_id == traces[0]).values(until=now() - timedelta(1))
        )
        claim_trace(session, bob, traces[0])
        release_claim(session, ann, traces[0])
        holder = select(Claim.user_id).where(Claim.trace_id == traces[0])
        assert session.scalar(holder) == bob.id


def test_what_was_put_off_comes_last(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        first = claim_next(session, ann, project.id)
        assert first == traces[0]
        put_off(session, ann, first)
        order = []
        while (given := claim_next(session, ann, project.id)) not in order:
            order.append(given)
            put_off(session, ann, given)
        assert order[:5] == traces[1:]
