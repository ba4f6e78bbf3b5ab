"""Removing a person: the name is nowhere any more, what they did is, and the chain verifies."""

from collections.abc import Callable

import pytest
from sqlalchemy import inspect, select, text

from app.actions.accounts import create_user, open_login, user_of_token
from app.actions.administer import set_admin
from app.actions.batches import start_batch
from app.actions.claims import claim_trace
from app.actions.datasets import create_dataset
from app.actions.doubt_reference import doubt_reference
from app.actions.facts import current_branch
from app.actions.judge_branch import judge_branch
from app.actions.notes import try_code
from app.actions.ports import Ports
from app.actions.preferences import choose_keys
from app.actions.projects import create_project
from app.actions.propose_own import propose_own
from app.actions.record_reference import record_reference
from app.actions.remove_person import removal_of, remove_person
from app.actions.start_trace import start_trace
from app.actions.talk import begin_thread
from app.actions.verify_history import verify_history
from app.actions.working_time import report_time
from app.core.annotation import Annotation
from app.core.errors import Invalid, NotAllowed, Refused
from app.core.options import DatasetOptions
from app.core.roles import SCRIPT, Actor
from app.core.trace import Step
from app.db.convert import add_steps, annotation_row
from app.db.session import reading, snapshot, transaction
from app.db.tables import Comment, Event, Judgement, Project, ProposalRow, Trace, User, Verdict
from tests.actions.test_history import behind

NAME = "Zyxwina"


def busy_person(
    ports: Ports, project: Project, problem: Callable[..., int], work: Callable[[], int]
) -> Actor:
    """Somebody who left their name wherever it can be left."""
    with transaction(ports.engine) as session:
        user = create_user(session, SCRIPT, NAME, "a long password", admin=True)
        actor = Actor(kind="person", name=NAME, id=user.id, admin=True)
        user.email = f"{NAME}@example.org"
        open_login(session, user, "session")
        create_project(session, actor, "Theirs")
        choose_keys(session, actor, {"accept": "q"})
    known = problem("How many ducks?", 12)
    start_batch(ports, actor, project.id, "generate", [known])
    work()
    with transaction(ports.engine) as session:
        trace = session.scalars(select(Trace)).one()
        claim_trace(session, actor, trace.id)
        report_time(session, actor, trace.id, 10)
        branch = current_branch(session, trace.id)
        [step] = add_steps(session, branch, [Step(kind="thought", author="reasoner", text="So.")])
        branch.outcome = "answered"
        try_code(session, actor, branch.id, step.id, "print(1)")
        place = {"step": 0, "start": 0, "end": 1}
        propose_own(session, actor, branch.id, "wrong-objective", **place, words="Look again.")
        doubt_reference(session, actor, known, "It seems off.")
        record_reference(session, actor, known, "13", "counted")
        create_dataset(session, actor, project.id, "d", "trl-rl", DatasetOptions(unchecked=True))
    work()
    with transaction(ports.engine) as session:
        trace_id = session.scalars(select(Trace.id)).one()
        for who in (NAME, f"{NAME}@EXAMPLE.org"):
            said = Annotation(peer="Label Studio", who=who, name="verdict", value="golden")
            session.add(annotation_row(said, trace_id))
        branch = current_branch(session, trace_id)
        judge_branch(session, actor, branch.id, "unsure", "no idea")
    return actor


def everything(ports: Ports) -> str:
    """All that any table holds, as text."""
    with reading(ports.engine) as session:
        named = inspect(session.connection()).get_table_names()
        tables = [name for name in named if not name.startswith("search_words")]
        quoted = [f'SELECT * FROM "{name}"' for name in tables]
        return "\n".join(str(row) for each in quoted for row in session.execute(text(each)))


def test_the_name_is_nowhere_and_what_was_done_stays(
    ports: Ports, project: Project, problem: Callable[..., int], work: Callable[[], int]
) -> None:
    actor = busy_person(ports, project, problem, work)
    assert NAME in everything(ports)
    with transaction(ports.engine) as session:
        create_user(session, SCRIPT, "another", None, admin=True)
        before = removal_of(session, SCRIPT, actor.id or 0)
        events = session.scalars(select(Event.id)).all()
        assert min(before.events, before.decisions, before.sessions, before.claims) > 0
    with transaction(ports.engine) as session:
        assert remove_person(session, SCRIPT, actor.id or 0, f" {NAME} ") == before
    assert NAME not in everything(ports)
    with reading(ports.engine) as session:
        user = session.get_one(User, actor.id)
        assert (user.name, user.active, user.admin) == (before.becomes, False, False)
        assert user.password_hash is None
        assert set(events) < set(session.scalars(select(Event.id)))
        assert session.scalars(select(Verdict)).one().user_id == actor.id
        assert {each.user_id for each in session.scalars(select(Judgement))} <= {actor.id, None}
        [proposal] = [row.proposal for row in session.scalars(select(ProposalRow))]
        assert proposal["source"]["name"] == before.becomes
    with snapshot(ports.engine) as session:
        found = verify_history(session)
    assert (found.fault, found.erased) == ("", before.events)


@pytest.fixture
def removed(ports: Ports, project: Project, person: Callable[..., Actor]) -> Actor:
    """Somebody who did one thing and was removed."""
    anna = person("anna")
    with transaction(ports.engine) as session:
        choose_keys(session, anna, {"accept": "q"})
    with transaction(ports.engine) as session:
        remove_person(session, SCRIPT, anna.id or 0, "anna")
    return anna


def test_another_name_in_the_place_of_a_removed_one_is_found(ports: Ports, removed: Actor) -> None:
    forged = f'{{"kind": "person", "name": "eve", "id": {removed.id}}}'
    behind(ports, f"UPDATE events SET actor = '{forged}' WHERE name_salt IS NULL")
    with snapshot(ports.engine) as session:
        assert "no event says that it was erased" in verify_history(session).fault


def test_it_can_be_done_again_for_what_came_in_between(ports: Ports, removed: Actor) -> None:
    with transaction(ports.engine) as session:
        choose_keys(session, removed, {})
    assert "anna" in everything(ports)
    with transaction(ports.engine) as session:
        remove_person(session, SCRIPT, removed.id or 0, f"removed person {removed.id}")
    assert "anna" not in everything(ports)
    with snapshot(ports.engine) as session:
        assert verify_history(session).fault == ""


def test_a_mention_names_nobody_any_more(
    ports: Ports, problem: Callable[..., int], person: Callable[..., Actor]
) -> None:
    anna, bob = person("Anna"), person("bob")
    with transaction(ports.engine) as session:
        trace = start_trace(session, SCRIPT, problem("How many?", 1))
        begin_thread(session, bob, trace.id, "@anna, @annabel and (@Anna) anna@x.org?")
        remove_person(session, SCRIPT, anna.id or 0, "Anna")
        text = session.scalars(select(Comment.text)).one()
    nobody = f"@removed person {anna.id}"
    assert text == f"{nobody}, @annabel and ({nobody}) anna@x.org?"


def test_nobody_is_removed_by_accident(ports: Ports, person: Callable[..., Actor]) -> None:
    with transaction(ports.engine) as session:
        boss = create_user(session, SCRIPT, "boss", None, admin=True)
        admin = Actor(kind="person", name="boss", id=boss.id, admin=True)
    anna = person("anna")
    with transaction(ports.engine) as session:
        with pytest.raises(Refused, match="yourself"):
            remove_person(session, admin, boss.id, "boss")
        with pytest.raises(Refused, match="last administrator"):
            remove_person(session, SCRIPT, boss.id, "boss")
        with pytest.raises(Invalid, match="exactly"):
            remove_person(session, admin, anna.id or 0, "Anna")
        with pytest.raises(NotAllowed):
            remove_person(session, anna, boss.id, "boss")
        set_admin(session, admin, anna.id or 0, True)
        remove_person(session, admin, anna.id or 0, "anna")


def test_whoever_is_removed_is_out(ports: Ports, person: Callable[..., Actor]) -> None:
    anna = person("anna")
    with transaction(ports.engine) as session:
        token = open_login(session, session.get_one(User, anna.id), "session")
        remove_person(session, SCRIPT, anna.id or 0, "anna")
    with reading(ports.engine) as session:
        assert user_of_token(session, token) is None


@pytest.mark.parametrize("name", ["calm", "worker", "auto mode", "import", "removed person 9"])
def test_nobody_can_take_a_name_that_stands_for_no_person(ports: Ports, name: str) -> None:
    with transaction(ports.engine) as session, pytest.raises(Invalid, match="no person"):
        create_user(session, SCRIPT, name, None)
