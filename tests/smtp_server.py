"""A real mail server on loopback, which keeps what it is handed, or refuses it as it is told."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class Letterbox:
    """What came; `refuses` is what every receiver is answered with instead of a welcome."""

    def __init__(self, user: str, password: str) -> None:
        self.login = (user.encode(), password.encode())
        self.letters: list[EmailMessage] = []
        self.receivers: list[str] = []
        self.refuses = ""
        self.port = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own protocol
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        letter = message_from_bytes(envelope.content or b"", policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.receivers += envelope.rcpt_tos
        return "250 Taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == self.login, handled=False)


@contextmanager
def mail_server(user: str = "", password: str = "") -> Iterator[Letterbox]:
    """A server that runs while the block does; with a user one can log in there."""
    box = Letterbox(user, password)
    asks = {
        "authenticator": box.authenticate,
        "auth_require_tls": False,  # on loopback
    }
    loop = asyncio.new_event_loop()
    made = partial(SMTP, box, loop=loop, **(asks if user else {}))
    server = loop.run_until_complete(loop.create_server(made, "127.0.0.1", 0))
    box.port = server.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(server.wait_closed())
        loop.close()
