"""Full-text search, but for the database: what a word is, what was asked for, and an excerpt.

Promises: pure, and the same for what is stored and what is typed, so that two database engines
that are given these words find the same texts.
"""

from app.core.search.excerpt import Piece, excerpt
from app.core.search.query import Query, Term, begins, parse_query
from app.core.search.words import LONGEST_PHRASE, Word, folded, words_of

__all__ = [
    "LONGEST_PHRASE",
    "Piece",
    "Query",
    "Term",
    "Word",
    "begins",
    "excerpt",
    "folded",
    "parse_query",
    "words_of",
]
