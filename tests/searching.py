"""What a search finds, in as few words as possible: both databases are held to it."""

from app.core.search import LONGEST_PHRASE, begins, parse_query, words_of


def matches(asked: str, text: str) -> bool:
    """Whether a text has everything that was asked for, and something was."""
    words = [word.text for word in words_of(text)]
    ahead = [words[at : at + LONGEST_PHRASE] for at in range(len(words))]
    query = parse_query(asked)
    return bool(query) and all(
        any(begins(way, term, each) for way in term.ways for each in ahead) for term in query
    )
