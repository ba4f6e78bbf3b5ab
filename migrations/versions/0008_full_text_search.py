"""Full-text search over problems, steps and hints: FTS5 on SQLite, tsvector and GIN elsewhere."""

import sqlalchemy as sa
from alembic import op

from app.db.search.index import index_all

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema; what is there is indexed."""
    op.create_table(
        "search_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=10), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_texts"),
    )
    if op.get_bind().dialect.name == "sqlite":
        # Only the index is kept: the texts are in their tables, and what is indexed never changes.
        # Words come ready made: whatever is no space, and no sign that a word can't have, is one.
        op.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5("
            "words, content='', columnsize=0, tokenize=\"ascii tokenchars '.@'\")"
        )
    else:
        op.execute("CREATE TABLE search_words (id INTEGER PRIMARY KEY, words tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_search_words ON search_words USING gin (words)")
    index_all(op.get_bind())
