"""The client of model servers: one request each, and a line that can be cut."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from app.backends.http import client, failures
from app.backends.line import Line, on_line
from app.core.errors import ModelError

BEGUN = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    b'data: {"choices": [{"index": 0, "text": "One", "finish_reason": null}]}\n\n'
)


class Raw:
    """A server that answers each connection with the same bytes, and keeps it open or not."""

    def __init__(self, reply: bytes, *, stays: bool) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.reply, self.stays = reply, stays
        self.asked = 0
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1"

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        if connection.recv(65536):
            self.asked += 1
            connection.sendall(self.reply)
        while self.stays and connection.recv(65536):
            pass  # until the client hangs up


@contextmanager
def raw(reply: bytes, *, stays: bool = False) -> Iterator[Raw]:
    server = Raw(reply, stays=stays)
    thread = Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()
        thread.join()


def ask(url: str) -> str:
    """Stream a completion; what came of it."""
    with failures("", ModelError, 60) as line, on_line(line):
        stream = client(url, "", 60).completions.create(model="m", prompt="", stream=True)
        return "".join(event.choices[0].text for event in stream)


def refusal(headers: str) -> bytes:
    return f"HTTP/1.1 429 No\r\n{headers}content-length: 2\r\n\r\n{{}}".encode()


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ("retry-after: 7\r\n", 7),
        ("retry-after: Wed, 21 Oct 2015 07:28:00 GMT\r\n", 0),
        ("retry-after: soon\r\n", None),
        ("retry-after: nan\r\n", None),
        ("", None),
    ],
)
def test_a_failed_request_is_sent_once_and_says_when_to_come_back(
    headers: str, after: float | None
) -> None:
    with raw(refusal(headers)) as server, pytest.raises(ModelError, match="429") as caught:
        ask(server.url)
    assert server.asked == 1
    assert (caught.value.retryable, caught.value.after) == (True, after)


@pytest.mark.parametrize(("reply", "cut"), [(b"", "failed"), (BEGUN, "One")])
def test_a_cut_line_ends_a_silent_request_at_once(reply: bytes, cut: str) -> None:
    line, ended = Line(), []

    def work() -> None:
        with on_line(line), suppress(ModelError):
            ended.append(ask(server.url))  # a body without a length just ends
            return
        ended.append("failed")

    with raw(reply, stays=True) as server:
        thread = Thread(target=work)
        thread.start()
        while not server.asked:
            pass
        line.cut()
        thread.join(30)
        assert ended == [cut]


def test_nothing_is_sent_on_a_line_that_was_cut() -> None:
    line = Line()
    line.cut()
    with raw(b"", stays=True) as server, on_line(line), pytest.raises(ModelError):
        ask(server.url)
    assert server.asked == 0


def test_what_is_waited_for_is_ended_when_the_line_is_cut_and_not_afterwards() -> None:
    line, ended = Line(), []
    with line.ending(lambda: ended.append("before")):
        pass
    with line.ending(lambda: ended.append("during")):
        line.cut()
    with line.ending(lambda: ended.append("after")):
        assert ended == ["during", "after"]
