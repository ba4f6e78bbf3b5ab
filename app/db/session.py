"""Engines and transactions, alike on SQLite and PostgreSQL.

Promises: a transaction on SQLite that may write begins with BEGIN IMMEDIATE, so it waits its turn
instead of failing halfway, and those of one process wait for each other without polling; what is to
be told after a commit is told after the outer commit and never after a rollback. No transaction may
stay open over a model or sandbox call.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import CursorResult, Engine, UpdateBase, create_engine, event, text
from sqlalchemy.orm import Session

from app.core.errors import Invalid
from app.db.chain import link_new, seal_new
from app.db.clock import keep_time
from app.db.search.index import index_new

BUSY_SECONDS = 30
_AFTER_COMMIT = "after_commit"
_log = logging.getLogger(__name__)


def make_engine(url: str) -> Engine:
    """An engine for `url`, a SQLAlchemy address of SQLite or PostgreSQL; Invalid for another."""
    if not url.startswith(("sqlite:", "postgres:", "postgresql:", "postgresql+psycopg:")):
        raise Invalid("DATABASE_URL is the address of neither a SQLite nor a PostgreSQL database.")
    if not url.startswith("sqlite"):
        return create_engine(_psycopg(url), pool_pre_ping=True, pool_size=10, max_overflow=20)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    _take_turns(engine)
    return engine


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One transaction that commits at the end of the block, then tells what waits to be told.

    What it inserts can be searched for from then on, and its events are links of the chain.
    """
    keep_time(engine)
    with Session(engine, expire_on_commit=False) as session:
        event.listen(session, "before_flush", seal_new)
        event.listen(session, "before_commit", link_new)
        event.listen(session, "after_flush", index_new)
        with session.begin():
            yield session
        told = session.info.pop(_AFTER_COMMIT, [])
    _tell_all(told)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads: on SQLite it takes no write lock; it never commits."""
    keep_time(engine)
    with (
        engine.connect().execution_options(calm_reading=True) as connection,
        Session(connection, expire_on_commit=False, autoflush=False) as session,
    ):
        yield session
        abandon(session)


def abandon(session: Session) -> None:
    """End a transaction at once, with nothing written; what was read in it stays readable."""
    # A rollback alone would empty the objects that outlive it.
    session.expunge_all()
    session.rollback()


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """A session that reads the database as it is now, however long it takes and whoever writes."""
    with reading(engine) as session:
        if engine.dialect.name == "postgresql":
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        yield session


def rows_changed(session: Session, statement: UpdateBase) -> int:
    """Execute an UPDATE or DELETE and give the number of rows that it changed: a claim's answer."""
    result = session.execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount


def after_commit(session: Session, tell: Callable[[], None]) -> None:
    """Call `tell` once the transaction of `session` is committed; never if it is rolled back."""
    session.info.setdefault(_AFTER_COMMIT, []).append(tell)


def _tell_all(told: Iterable[Callable[[], None]]) -> None:
    # The commit stands: a broker that is away must not turn it into an error; the sweep sends it
    # again. After one failure the others are not tried: each would hold up the page as long.
    try:
        for tell in told:
            tell()
    except Exception as error:
        _log.warning("could not tell after a commit, the sweep will: %s", error)


def _psycopg(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # None hands BEGIN over to us: the driver's own would be a deferred one.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _take_turns(engine: Engine) -> None:
    """Let the writers of this process wait for each other, and each only for other processes.

    SQLite itself has those who wait look again and again: of many, one can starve.
    """
    turn = Lock()

    def begin(connection: Any) -> None:
        if connection.get_execution_options().get("calm_reading"):
            connection.exec_driver_sql("BEGIN")
            return
        connection.info["calm_turn"] = turn.acquire(timeout=BUSY_SECONDS)
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            end(connection)
            raise

    def end(connection: Any) -> None:
        if connection.info.pop("calm_turn", False):
            turn.release()

    event.listen(engine, "begin", begin)
    event.listen(engine, "commit", end)
    event.listen(engine, "rollback", end)
