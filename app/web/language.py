"""In which language a request is answered: the person's own, else the browser's, else English.

Promises: what runs for a request, a refusal before any route too, speaks one language.
Asynchronous because ASGI is; it awaits nothing but the next application.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.language import speak, speaking
from app.db.tables import User
from app.locale import accepted, languages


class Speaking:
    """ASGI middleware: begin in the language that the browser asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with speaking(accepted(Headers(scope=scope).get("accept-language", ""))):
            await self.app(scope, receive, send)


def speak_with(user: User) -> None:
    """Go on in the language that the person chose; one that is gone is as none."""
    if chosen := languages().get(user.language):
        speak(chosen)
