"""What differs between the engines: how words are stored, and how a query is said.

A word holds letters, digits and points, a mark begins with `@`: nothing of either language's own
signs comes through, so nothing that somebody typed can be an error or more than words.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, TextClause, text

from app.core.search import Query

Marks = Sequence[str]
"""Marks of which an entry has at least one."""
Say = Callable[[Sequence[str], bool], str]
"""Words side by side in the engine's language, the last a prefix or not."""


def insert_words(connection: Connection) -> TextClause:
    """The statement that stores `words` as the entry `id`."""
    if connection.dialect.name == "sqlite":
        return text("INSERT INTO search_words (rowid, words) VALUES (:id, :words)")
    return text("INSERT INTO search_words (id, words) VALUES (:id, CAST(:words AS tsvector))")


def stored(connection: Connection, words: Sequence[str]) -> str:
    """An entry's words as its engine takes them."""
    if connection.dialect.name == "sqlite":
        return " ".join(words)
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words, 1):
        places.setdefault(word, []).append(str(place))
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())


def found(dialect: str) -> str:
    """SQL for the ids of the `:most` newest entries before `:before` that match `:asked`."""
    if dialect == "sqlite":
        matching = "SELECT rowid FROM search_words WHERE search_words MATCH :asked"
        return f"{matching} AND rowid < :before ORDER BY rowid DESC LIMIT :most"
    matching = "SELECT id FROM search_words WHERE words @@ CAST(:asked AS tsquery)"
    return f"{matching} AND id < :before ORDER BY id DESC LIMIT :most"


def asked(dialect: str, query: Query, *marks: Marks) -> str:
    """A query for entries that have one of each of `marks`, in the engine's language."""
    if dialect == "sqlite":
        return _joined(query, marks, _fts5, " AND ", " OR ")
    return _joined(query, marks, _tsquery, " & ", " | ")


def _joined(query: Query, marks: Sequence[Marks], say: Say, both: str, either: str) -> str:
    marked = [[say((mark,), False) for mark in each] for each in marks]
    terms = [[say(way, term.prefix) for way in term.ways] for term in query]
    return both.join(f"({either.join(ways)})" for ways in (*marked, *terms))


def _fts5(way: Sequence[str], prefix: bool) -> str:
    return f'"{" ".join(way)}"' + " *" * prefix


def _tsquery(way: Sequence[str], prefix: bool) -> str:
    return "(" + " <-> ".join(f"'{word}'" for word in way) + ":*" * prefix + ")"
