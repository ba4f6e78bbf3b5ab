"""What a page is measured against: the least that a server of this kind can do.

One FastAPI route reads one row of 15 KB with SQLAlchemy from SQLite and sends it as JSON. No
login, no template, no rule. `FLOOR_DATABASE` is the file, which is made at the start.
"""

import os

from fastapi import FastAPI
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine, insert, select

from benchmarks.traces import TRACE_BYTES, TRACES

ROWS = Table("rows", MetaData(), Column("id", Integer, primary_key=True), Column("text", Text))


def app() -> FastAPI:
    """The server, with its rows in place."""
    engine = create_engine(f"sqlite:///{os.environ['FLOOR_DATABASE']}")
    ROWS.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(ROWS), [{"text": "x" * TRACE_BYTES} for _ in range(TRACES)])
    made = FastAPI()

    @made.get("/rows/{row_id}")
    def row(row_id: int) -> dict[str, str]:
        found = select(ROWS.c.text).where(ROWS.c.id == row_id)
        with engine.connect() as connection:
            return {"text": connection.scalars(found).one()}

    return made
