"""A receiver of webhooks on loopback: it keeps what it was sent, and answers as a test says."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import NamedTuple


class Got(NamedTuple):
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        """What the message is called."""
        return self.headers["webhook-id"]


class Receiver(ThreadingHTTPServer):
    """Answers with `status`, `headers` and `body`; `endless` sends on until it is hung up on.

    With `waits` an answer comes only once `go_on` is set.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[Got] = []
        self.status, self.body, self.headers = 204, b"", dict[str, str]()
        self.endless = self.waits = False
        self.came, self.go_on, self.hung_up = Event(), Event(), Event()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}/hook"

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever hangs up is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(Got(self.path, dict(self.headers.items()), body))
        self.server.came.set()
        if self.server.waits:
            self.server.go_on.wait(30)
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)
        with suppress(OSError):
            while self.server.endless:
                self.wfile.write(b"x" * 65536)
        self.server.hung_up.set()

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver for as long as the block runs."""
    with Receiver() as receiver:
        thread = Thread(target=receiver.serve_forever)
        thread.start()
        yield receiver
        receiver.go_on.set()
        receiver.shutdown()
        thread.join()


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
