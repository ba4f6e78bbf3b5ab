"""How often a token may ask: counted in Valkey, over a minute that slides.

Promises: every answer says how much is left, as `RateLimit` and `RateLimit-Policy`. Where Valkey is
away nobody is held back: what the API does needs only the database.
"""

import logging
import time
from functools import cache

from limits import RateLimitItemPerMinute
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis import Redis, RedisError

from app.core.errors import TooMany
from app.core.language import ngettext
from app.live import broker

_log = logging.getLogger(__name__)


def count_request(subject: str, most: int) -> dict[str, str]:
    """Count a request of `subject`, of which `most` a minute are answered; gives the headers.

    Raises TooMany. With `most` of 0 there is no limit.
    """
    if not most:
        return {}
    item = RateLimitItemPerMinute(most)
    try:
        free = _counter().hit(item, "api", subject)
        stats = _counter().get_window_stats(item, "api", subject)
    except RedisError as error:
        _log.warning("requests are not counted: %s", error)
        return {}
    wait = max(1, round(stats.reset_time - time.time()))
    if not free:
        raise TooMany(
            ngettext(
                "There were too many requests. Try again in %(num)s second.",
                "There were too many requests. Try again in %(num)s seconds.",
                wait,
            ),
            wait,
        )
    policy, left = f'"token";q={most};w=60', f'"token";r={stats.remaining};t={wait}'
    return {"RateLimit-Policy": policy, "RateLimit": left}


def _counter() -> SlidingWindowCounterRateLimiter:
    # By the client, not once for all: settings may name another broker.
    return _counter_of(broker())


@cache
def _counter_of(client: Redis) -> SlidingWindowCounterRateLimiter:
    # The cache keeps the client too: one that is let go closes the connections that it shares.
    pool = client.connection_pool
    return SlidingWindowCounterRateLimiter(RedisStorage("redis://", connection_pool=pool))
