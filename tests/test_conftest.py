"""The tests' own ground: fresh databases, a broker that answers, a network that ends here."""

import socket

import pytest
from redis import Redis
from sqlalchemy import inspect

from app.db.migrate import is_current
from app.db.session import make_engine


def test_a_database_is_fresh_and_at_the_newest_schema(database_url: str) -> None:
    assert is_current(database_url)
    engine = make_engine(database_url)
    try:
        with engine.begin() as connection:
            names = inspect(connection).get_table_names()
    finally:
        engine.dispose()
    assert "projects" in names


def test_a_broker_answers(broker_url: str) -> None:
    with Redis.from_url(broker_url) as client:
        assert client.ping()


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 80)])
def test_no_socket_leaves_the_machine(address: tuple[str, int]) -> None:
    with socket.socket() as far, pytest.raises(RuntimeError, match="leave the machine"):
        far.connect(address)
