"""Leading everything below one address to an application of its own.

Promises: whatever stands behind the address, line breaks too, which a `Mount` of Starlette does not
match: a page must never answer there.
"""

from starlette.types import ASGIApp, Receive, Scope, Send


class Below:
    """ASGI middleware: what is asked for below `address` is answered by `other`."""

    def __init__(self, app: ASGIApp, address: str, other: ASGIApp) -> None:
        self.app, self.address, self.other = app, address, other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or not scope["path"].startswith(f"{self.address}/"):
            await self.app(scope, receive, send)
            return
        below = {**scope, "root_path": scope.get("root_path", "") + self.address}
        await self.other(below, receive, send)
