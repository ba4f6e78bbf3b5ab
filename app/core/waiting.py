"""How long to wait for a server that can't answer now, and how often.

Promises: pure; the pauses double from two seconds to five minutes, or as long as one says, each
shortened by chance, so that what failed together does not come back together; a server that says
when is obeyed.
"""

from datetime import datetime

MOST_WAITS = 10
"""Tries beyond the first, about twenty minutes of them; then a person decides."""
_FIRST = 2.0
LONGEST = 300.0
_LONGEST_ASKED = 3600.0


def pause(waits: int, asked: float | None, chance: float, longest: float = LONGEST) -> float:
    """Seconds until the next try after `waits` pauses; `chance` is drawn from 0 to 1.

    From half to the whole of the doubled pause; at least what the server `asked` for, up to an hour
    of it, and up to a quarter more. Source: "equal jitter" and `Retry-After` (RFC 9110, 10.2.3).
    """
    doubled: float = min(_FIRST * 2**waits, longest) * (1 + chance) / 2
    return max(doubled, min(asked or 0.0, _LONGEST_ASKED) * (1 + chance / 4))


def waiting_words(why: str, until: datetime) -> str:
    """What a person is told meanwhile."""
    return f"Waiting for the model server, trying again at {until:%H:%M:%S} UTC. {why}"
