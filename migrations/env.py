"""Alembic's entry: migrates the address that `app.db.migrate` hands over."""

from typing import Any

from alembic import context

from app.db.session import make_engine
from app.db.tables import Base


def ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether a table is one of `app.db.tables`: the words of the index are its engine's own."""
    return kind != "table" or not (name or "").startswith("search_words")


def run() -> None:
    """Run the migrations in one transaction, with batch mode for SQLite's sake."""
    engine = make_engine(context.config.get_main_option("sqlalchemy.url") or "")
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=engine.dialect.name == "sqlite",
            compare_type=True,
            include_name=ours,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
