"""The hash chain: whole after ordinary work and many writers, broken by any change behind it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.actions.accounts import set_password, set_role
from app.actions.doubt_reference import doubt_reference
from app.actions.erase_text import erase_text
from app.actions.ports import Ports
from app.actions.preferences import choose_keys
from app.actions.projects import ProjectChange, change_project
from app.actions.record import WORKER, record
from app.actions.secrets import store_secret
from app.actions.verify_history import Head, Verified, head_of, read_head, verify_history
from app.core.chain import ERASED, salted
from app.core.errors import Invalid, Refused
from app.core.roles import SCRIPT, Actor
from app.db.session import reading, snapshot, transaction
from app.db.tables import Doubt, Event, EventLink, Project

NUMBERS = {"whole": 1.0, "large": 1e22, "minus": -0.0, "small": 1e-7, "text": "三 é", "list": [2.0]}


def verified(ports: Ports, kept: Head | None = None) -> Verified:
    """What `calm audit verify` finds."""
    with snapshot(ports.engine) as session:
        return verify_history(session, kept)


def head(ports: Ports) -> Head:
    """The head now."""
    with reading(ports.engine) as session:
        return head_of(session)


def write(ports: Ports, actor: Actor = SCRIPT, **data: Any) -> int:
    """Record something in a transaction of its own; gives the event's id."""
    with transaction(ports.engine) as session:
        event = record(session, actor, "try_out", "nothing:1", **data)
    return event.id


def write_and_fail(ports: Ports) -> None:
    """Record something in a transaction that does not come to its end."""
    with transaction(ports.engine) as session:
        record(session, SCRIPT, "failed", "nothing:1")
        session.flush()
        session.execute(text("SELECT * FROM not_there"))


def behind(ports: Ports, *statements: str) -> None:
    """Do what somebody can who owns the database: without triggers and keys."""
    sqlite = ports.engine.dialect.name == "sqlite"
    with ports.engine.connect().execution_options(calm_reading=True) as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        connection.rollback()
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        _without_triggers(connection)
        if not sqlite:
            connection.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement.replace(":", "\\:")))
        connection.commit()
        connection.invalidate()


def _without_triggers(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_no\\_%'"
        for name in connection.scalars(text(f"{named} ESCAPE '\\'")).all():
            connection.execute(text(f"DROP TRIGGER {name}"))


def test_ordinary_work_leaves_a_whole_chain(ports: Ports, project: Project) -> None:
    write(ports, WORKER, **NUMBERS)
    found = verified(ports)
    with reading(ports.engine) as session:
        events = session.scalars(select(Event)).all()
    assert (found.fault, found.links, found.head.count) == ("", len(events), len(events))
    assert {event.channel for event in events} == {"command", "worker"}


def test_a_savepoint_that_was_taken_back_leaves_no_link(ports: Ports) -> None:
    with transaction(ports.engine) as session:
        record(session, SCRIPT, "first", "nothing:1")
        inner = session.begin_nested()
        record(session, SCRIPT, "taken_back", "nothing:1")
        session.flush()
        inner.rollback()
        with session.begin_nested():
            record(session, SCRIPT, "second", "nothing:1")
    found = verified(ports)
    assert (found.fault, found.links) == ("", 2)


def test_a_transaction_that_fails_leaves_no_link(ports: Ports) -> None:
    write(ports)
    with pytest.raises(DBAPIError):
        write_and_fail(ports)
    assert (verified(ports).fault, head(ports).count) == ("", 1)


def test_many_writers_make_one_chain(ports: Ports) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: write(ports, number=number), range(80)))
    found = verified(ports)
    assert (found.fault, found.links) == ("", 80)


def test_writers_that_also_wait_for_each_others_rows_do_not_deadlock(
    ports: Ports, problem: Callable[..., int]
) -> None:
    ids = [problem("a"), problem("b")]

    def both_ways(number: int) -> None:
        with transaction(ports.engine) as session:
            record(session, SCRIPT, "before", "nothing:1")
            session.flush()
            lock = text("UPDATE problems SET source = :n WHERE id = :id")
            session.execute(lock, {"n": str(number), "id": ids[number % 2]})
            record(session, SCRIPT, "after", "nothing:1")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(both_ways, range(40)))
    assert verified(ports).fault == ""


CHANGES = {
    "a name": 'UPDATE events SET actor = \'{"kind": "script", "name": "eve", "id": null}\'',
    "an actor": 'UPDATE events SET actor = \'{"kind": "script", "name": "calm", "id": 7}\'',
    "data": "UPDATE events SET data = '{\"number\": 99}'",
    "a verb": "UPDATE events SET verb = 'golden'",
    "a subject": "UPDATE events SET subject = 'verdict:1'",
    "a time": "UPDATE events SET at = '2020-01-01 00:00:00.000000+00:00'",
    "a channel": "UPDATE events SET channel = 'page'",
    "erased data": "UPDATE events SET data = '{}', data_salt = NULL",
    "erased name": "UPDATE events SET name_salt = NULL, actor = "
    '\'{"kind": "script", "name": "removed person 1", "id": null}\'',
    "a deletion": "DELETE FROM events",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_in_the_middle_is_found_and_placed(ports: Ports, change: str) -> None:
    ids = [write(ports, number=number) for number in range(5)]
    behind(ports, f"{CHANGES[change]} WHERE id = {ids[2]}")
    found = verified(ports)
    assert f"Event {ids[2]}, link 3" in found.fault
    assert found.links == 2


def test_data_that_were_changed_with_their_hash_are_found(ports: Ports) -> None:
    ids = [write(ports, number=number) for number in range(3)]
    forged = salted("0" * 32, {"number": 99})
    values = f"data = '{{\"number\": 99}}', data_salt = '{'0' * 32}', data_hash = '{forged}'"
    behind(ports, f"UPDATE events SET {values} WHERE id = {ids[1]}")
    assert f"Event {ids[1]}, link 2: the event was changed" in verified(ports).fault


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["DELETE FROM event_links WHERE number = 3"], "Link 3 is missing"),
        (
            ["DELETE FROM event_links WHERE number = 3", "DELETE FROM events WHERE id = {2}"],
            "Link 3 is missing",
        ),
        (["DELETE FROM event_links WHERE number > 3"], "ends after link 3, but its head says 5"),
        (["UPDATE chain_head SET links = 6"], "ends after link 5, but its head says 6"),
        (["DELETE FROM chain_head"], "its head says 0"),
        (
            [
                "UPDATE event_links SET event_id = -1 WHERE number = 2",
                "UPDATE event_links SET event_id = {1} WHERE number = 3",
                "UPDATE event_links SET event_id = {2} WHERE number = 2",
            ],
            "link 2: the event was changed, or stands in another place",
        ),
        (
            [
                "UPDATE event_links SET number = -1 WHERE number = 2",
                "UPDATE event_links SET number = 2 WHERE number = 3",
                "UPDATE event_links SET number = 3 WHERE number = -1",
            ],
            "link 2: the event was changed, or stands in another place",
        ),
    ],
)
def test_gaps_cut_tails_and_other_orders_are_found(
    ports: Ports, statements: list[str], said: str
) -> None:
    ids = [write(ports, number=number) for number in range(5)]
    behind(ports, *(statement.format(*ids) for statement in statements))
    assert said in verified(ports).fault


def test_an_event_without_a_link_is_found(ports: Ports) -> None:
    write(ports)
    with ports.engine.begin() as connection:
        values = {"actor": SCRIPT.signature, "verb": "golden", "subject": "verdict:1", "data": {}}
        connection.execute(insert(Event).values(**values))
    assert "has no link" in verified(ports).fault


def test_a_kept_head_shows_a_tail_that_was_cut_off_with_the_head(ports: Ports) -> None:
    for number in range(3):
        write(ports, number=number)
    kept = head(ports)
    with reading(ports.engine) as session:
        second = session.get_one(EventLink, 2).hash
    behind(
        ports,
        "DELETE FROM event_links WHERE number = 3",
        "DELETE FROM events WHERE id NOT IN (SELECT event_id FROM event_links)",
        f"UPDATE chain_head SET links = 2, hash = '{second}'",
    )
    assert verified(ports).fault == ""  # all that is there fits: nothing inside can show it
    assert "but there were 3 once" in verified(ports, kept).fault
    write(ports, number="another")
    assert "not the one whose hash was kept" in verified(ports, kept).fault


def test_a_kept_head_holds_while_the_history_grows(ports: Ports) -> None:
    write(ports)
    kept = read_head(str(head(ports)))
    write(ports)
    assert verified(ports, kept).fault == ""
    with pytest.raises(Invalid):
        read_head("5:abc")


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE events SET verb = 'golden'",
        "UPDATE events SET data = '{}'",
        "UPDATE events SET name_salt = NULL, actor = '{}'",
        "DELETE FROM events",
        "UPDATE event_links SET hash = ''",
        "DELETE FROM event_links",
        "DELETE FROM chain_head",
    ],
)
def test_the_database_refuses_to_change_the_history(ports: Ports, deed: str) -> None:
    write(ports, number=1)
    with pytest.raises(DBAPIError, match="appended to, never changed"), Session(ports.engine) as s:
        s.execute(text(deed))
    assert verified(ports).fault == ""


def test_an_erased_text_is_gone_everywhere_and_counted(
    ports: Ports, problem: Callable[..., int]
) -> None:
    secret = "Zyxwina told me so."
    known = problem("How many?", 1)
    with transaction(ports.engine) as session:
        doubt_reference(session, SCRIPT, known, secret)
        event = session.scalars(select(Event).where(Event.verb == "doubt_reference")).one()
    with transaction(ports.engine) as session:
        erase_text(session, SCRIPT, event.id, "It named somebody.")
    with reading(ports.engine) as session:
        assert session.get_one(Event, event.id).data == {}
        assert session.scalars(select(Doubt.reason)).one() == ERASED
        assert secret not in str(session.scalars(select(Event.data)).all())
    found = verified(ports)
    assert (found.fault, found.erased_texts) == ("", 1)
    with transaction(ports.engine) as session, pytest.raises(Refused, match="already"):
        erase_text(session, SCRIPT, event.id, "Again.")


def test_other_contents_in_the_place_of_erased_ones_are_found(ports: Ports) -> None:
    event = write(ports, reason="It was so.")
    with transaction(ports.engine) as session:
        erase_text(session, SCRIPT, event, "Wrong place.")
    behind(ports, f'UPDATE events SET data = \'{{"reason": "x"}}\' WHERE id = {event}')
    assert "its contents are gone, and no event says" in verified(ports).fault


def test_no_secret_is_ever_recorded(
    ports: Ports, project: Project, person: Callable[..., Actor]
) -> None:
    anna, secret = person("anna"), "Zyxwina-1234567"
    server = {"name": "openai", "model": "m", "base_url": f"http://me:{secret}@127.0.0.1:9/v1"}
    with transaction(ports.engine) as session:
        set_password(session, SCRIPT, anna.id or 0, secret)
        change_project(session, SCRIPT, project.id, ProjectChange(reasoner=server))
        store_secret(session, SCRIPT, project.id, "reasoner", secret)
        change_project(session, SCRIPT, project.id, ProjectChange(reasoner={"name": "scripted"}))
    with reading(ports.engine) as session:
        events = session.scalars(select(Event).order_by(Event.id)).all()
    assert secret not in str([(event.data, event.subject) for event in events])
    keys = [event.data for event in events if event.verb == "store_secret"]
    assert [(told["before"]["key"], told["after"]["key"]) for told in keys] == [
        ("none", "stored"),
        ("stored", "none"),
    ]


def test_what_was_changed_says_from_what_to_what(
    ports: Ports, project: Project, person: Callable[..., Actor]
) -> None:
    anna = person("anna")
    with transaction(ports.engine) as session:
        set_role(session, SCRIPT, project.id, anna.id or 0, "lead")
        choose_keys(session, anna, {"accept": "q"})
        change_project(session, SCRIPT, project.id, ProjectChange(name="Quay"))
        newest = select(Event).order_by(Event.id.desc()).limit(3)
        told = [(each.verb, each.data) for each in session.scalars(newest)]
    assert told == [
        ("change_project", {"before": {"name": "Harbour"}, "after": {"name": "Quay"}}),
        ("choose_keys", {"before": {"keys": {}}, "after": {"keys": {"accept": "q"}}}),
        ("set_role", {"before": {"role": "annotator"}, "after": {"role": "lead"}}),
    ]
