"""The migrations make exactly the tables that `app/db/tables` describes, on both engines."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import sqlalchemy as sa
from alembic import command

from app.actions.verify_history import verify_history
from app.core.certainty import OpenHint, certainty
from app.core.search import parse_query
from app.db.migrate import config_for, upgrade
from app.db.queries.search import hits_of
from app.db.search.documents import Kind
from app.db.session import make_engine, reading, snapshot
from app.db.types import Json, Moment, now
from tests.conftest import postgresql_database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a schema, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'calm.db'}"
        return
    with postgresql_database(request.getfixturevalue("postgresql_server")) as url:
        yield url


def test_migrations_and_tables_agree(database_url: str) -> None:
    command.check(config_for(database_url))


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    command.check(config_for(database_url))


def test_what_a_reasoner_was_told_moves_to_the_prompts(empty_database_url: str) -> None:
    command.upgrade(config_for(empty_database_url), "0004")
    engine = make_engine(empty_database_url)
    names = ("taxonomy", "reasoner", "intervener", "limits", "prices")
    projects = sa.table(
        "projects",
        *(sa.column(name) for name in ("id", "slug", "name", "guidelines")),
        sa.column("created_at", Moment),
        *(sa.column(name, Json) for name in (*names, "prompts")),
    )
    row = {name: {} for name in names} | {"guidelines": "", "created_at": now()}
    told = {"name": "openai", "model": "m", "system": "Think in rows."}
    with engine.begin() as connection:
        for at, reasoner in enumerate((told, {"name": "scripted"})):
            values = row | {"slug": f"p{at}", "name": "P", "reasoner": reasoner}
            connection.execute(sa.insert(projects).values(**values))
    upgrade(empty_database_url)
    with engine.connect() as connection:
        found = connection.execute(sa.select(projects).order_by(projects.c.id)).all()
    engine.dispose()
    assert [one.prompts for one in found] == [{"reasoner": "Think in rows."}, {}]
    assert found[0].reasoner == {"name": "openai", "model": "m"}


def test_what_is_there_can_be_searched(empty_database_url: str) -> None:
    command.upgrade(config_for(empty_database_url), "0007")
    engine = make_engine(empty_database_url)
    with engine.begin() as connection:
        for statement in THERE:
            connection.execute(sa.text(statement), {"at": now().isoformat(sep=" ")})
    upgrade(empty_database_url)
    query = parse_query("3,710 cars")
    with reading(engine) as session:
        found = {
            kind: [hit.subject_id for hit in hits_of(session, query, kind, [1], most=9)]
            for kind in get_args(Kind)
        }
    engine.dispose()
    assert found == {"problem": [4], "step": [7], "hint": [8]}


THERE = (
    "INSERT INTO projects (id, slug, name, guidelines, taxonomy, reasoner, intervener, limits,"
    " policy, prompts, prices, created_at)"
    " VALUES (1, 'p', 'P', '', '{}', '{}', '{}', '{}', '{}', '{}', '{}', :at)",
    "INSERT INTO problems (id, project_id, key, question, reference, asks, tags, extra, created_at)"
    " VALUES (4, 1, 'k', 'A ferry for 3,710 cars?', '{}', 'objective', '[]', '{}', :at)",
    "INSERT INTO traces (id, project_id, problem_id, origin, state, revision, created_at)"
    " VALUES (5, 1, 4, 'generated', 'review', 0, :at)",
    "INSERT INTO branches (id, trace_id, number, detail, diverged, set_aside, settings, seed,"
    " tokens, kept_tokens, created_at)"
    " VALUES (6, 5, 1, '', false, false, '{}', 0, 0, 0, :at)",
    "INSERT INTO steps (id, branch_id, number, kind, author, text, created_at)"
    " VALUES (7, 6, 0, 'thought', 'reasoner', 'There are 3710.0 cars.', :at)",
    "INSERT INTO proposals (id, trace_id, branch_id, flaw, taxonomy_version, proposal, key, state,"
    " created_at) VALUES (8, 5, 6, 'f', '1',"
    " '{\"words\": \"Cars: 3710, not one.\"}', 'k', 'open', :at)",
)


def test_how_settled_traces_are_is_what_the_queue_would_say(empty_database_url: str) -> None:
    command.upgrade(config_for(empty_database_url), "0011")
    engine = make_engine(empty_database_url)
    with engine.begin() as connection:
        for row in THERE:
            connection.execute(sa.text(row), {"at": now().isoformat(sep=" ")})
        connection.execute(sa.text("UPDATE branches SET outcome = 'answered'"))
        words = '\'{"confidence"\\: 0.9, "words"\\: "No."}\''
        connection.execute(sa.text(f"UPDATE proposals SET proposal = {words}"))
    command.upgrade(config_for(empty_database_url), "0012")
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT certainty FROM traces")).scalars().all()
    engine.dispose()
    assert found == [certainty("answered", None, [OpenHint(confidence=0.9)])] == [80]


def test_branches_that_were_closed_before_are_measured(empty_database_url: str) -> None:
    command.upgrade(config_for(empty_database_url), "0016")
    engine = make_engine(empty_database_url)
    at = f"'{now():%Y-%m-%d %H:%M:%S}+00:00'"
    branch = "INSERT INTO branches (id, trace_id, number, parent_id, cut_step, cut_offset, outcome,"
    branch += (
        " detail, diverged, set_aside, settings, seed, tokens, kept_tokens, created_at) VALUES"
    )
    rest = f"'', false, false, '{{}}', 0, 0, 0, {at})"
    step = "INSERT INTO steps (branch_id, number, kind, author, text, tokens, created_at) VALUES"
    many = range(1, 450)  # more than are measured together
    traces = ", ".join(f"({n}, 1, 1, 'generated', 'review', 0, {at})" for n in many)
    rows = (
        "INSERT INTO projects (id, slug, name, guidelines, taxonomy, reasoner, intervener, limits,"
        f" policy, prompts, prices, created_at) VALUES (1, 'p', 'P', '', '{{}}', '{{}}', '{{}}',"
        f" '{{}}', '{{}}', '{{}}', '{{}}', {at})",
        "INSERT INTO problems (id, project_id, key, question, reference, asks, tags, extra,"
        f" created_at) VALUES (1, 1, 'k', 'q', '{{}}', 'objective', '[]', '{{}}', {at})",
        "INSERT INTO traces (id, project_id, problem_id, origin, state, revision, created_at)"
        f" VALUES {traces}",
        f"{branch} (1, 1, 1, NULL, NULL, NULL, 'answered', {rest}",
        f"{branch} (2, 1, 2, 1, 0, 4, NULL, {rest}",
        f"{branch} (3, 1, 3, 1, 0, 4, 'answered', {rest}",
        f"{branch} (4, 449, 1, NULL, NULL, NULL, 'answered', {rest}",
        f"{step} (4, 0, 'answer', 'reasoner', 'z', 7, {at})",
        f"{step} (1, 0, 'thought', 'reasoner', 'abcdefgh', 6, {at})",
        f"{step} (1, 1, 'code', 'reasoner', 'x', 10, {at})",
        f"{step} (1, 2, 'output', 'sandbox', 'a long output', 99, {at})",
        f"{step} (3, 0, 'hint', 'human', 'Look again.', NULL, {at})",
        f"{step} (3, 1, 'answer', 'reasoner', 'y', 5, {at})",
    )
    with engine.begin() as connection:
        for row in rows:
            connection.execute(sa.text(row.replace(":", "\\:")))
    upgrade(empty_database_url)
    counts = "SELECT code_calls, hints, hint_tokens, path_tokens FROM branches ORDER BY id"
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sa.text(counts))]
    engine.dispose()
    # Half of the first step, the hint's eleven bytes as three tokens, and the answer.
    assert found == [(1, 0, 0, 16), (None, None, None, None), (0, 1, 3, 3 + 3 + 5), (0, 0, 0, 7)]


def test_events_that_were_there_become_a_whole_chain(empty_database_url: str) -> None:
    command.upgrade(config_for(empty_database_url), "0019")
    engine = make_engine(empty_database_url)
    columns = (sa.column("id"), sa.column("verb"), sa.column("subject"), sa.column("at", Moment))
    events = sa.table("events", *columns, sa.column("actor", Json), sa.column("data", Json))
    person = {"kind": "person", "name": "Anna", "id": 7}
    with engine.begin() as connection:
        for at in range(2500):
            actor = person if at % 2 else {"kind": "worker", "name": "worker", "id": None}
            values = {"id": 2 * at + 1, "verb": "do", "subject": "x:1", "at": now()}
            told = {"n": at, "share": 1e22, "why": "三 é"}
            connection.execute(sa.insert(events).values(**values, actor=actor, data=told))
    upgrade(empty_database_url)
    with snapshot(engine) as session:
        found = verify_history(session)
    with reading(engine) as session:
        channels = session.execute(sa.text("SELECT DISTINCT channel FROM events")).scalars().all()
    engine.dispose()
    assert (found.fault, found.links) == ("", 2500)
    assert set(channels) == {"", "worker"}
