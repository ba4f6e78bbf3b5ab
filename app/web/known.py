"""A browser that its person has logged in with before: others' guesses don't make it wait.

Promises: the cookie says only whose browser it was, encrypted, to the login page alone; it lets
nobody in, and guesses with it are counted for themselves. Where nothing can be encrypted there is
none, and every browser is a strange one.
"""

from cryptography.fernet import InvalidToken
from fastapi import Request, Response

from app.actions.attempts import Guess, by_browser, by_name, by_network
from app.core.visitor import Visitor
from app.db.session import reading
from app.db.tables import User
from app.web.deps import WebPorts
from app.web.sealed import seal, unseal

_COOKIE = "calm_known"
_PATH = "/login"
_SECONDS = 365 * 24 * 3600


def remember(response: Response, ports: WebPorts, user: User) -> None:
    """Let the browser say from now on that this person came in with it."""
    if ports.settings.secret_key:
        response.set_cookie(
            _COOKIE,
            seal(ports.engine, str(user.id)),
            max_age=_SECONDS,
            path=_PATH,
            secure=ports.settings.secure_cookies,
            httponly=True,
            samesite="lax",
        )


def guesses_of(request: Request, ports: WebPorts, visitor: Visitor, name: str) -> tuple[Guess, ...]:
    """What a guess at the password of `name` is counted under."""
    cookie = request.cookies.get(_COOKIE, "")
    if cookie and _is_of(ports, cookie, name):
        return (by_browser(cookie),)
    return by_name(name), by_network(visitor.group)


def _is_of(ports: WebPorts, cookie: str, name: str) -> bool:
    if not ports.settings.secret_key:
        return False
    try:
        user_id = int(unseal(ports.engine, cookie, _SECONDS))
    except (InvalidToken, ValueError):
        return False
    with reading(ports.engine) as session:
        user = session.get(User, user_id)
        return user is not None and user.name == name
