"""What a browser keeps for us and can't read: encrypted, and good for so long.

Promises: how old it is is told by the database's clock (`app.db.clock`), so it matters not which
web server made it and which one it comes back to.
"""

from sqlalchemy import Engine

from app.actions.secrets import cipher
from app.db.clock import keep_time, now


def seal(engine: Engine, kept: str) -> str:
    """What a cookie says of it. Raises Refused where nothing can be encrypted."""
    return cipher().encrypt_at_time(kept.encode(), _seconds(engine)).decode()


def unseal(engine: Engine, cookie: str, seconds: int) -> str:
    """What was kept. Raises InvalidToken where it is not ours, or older than `seconds`."""
    return cipher().decrypt_at_time(cookie, seconds, _seconds(engine)).decode()


def _seconds(engine: Engine) -> int:
    keep_time(engine)
    return int(now().timestamp())
