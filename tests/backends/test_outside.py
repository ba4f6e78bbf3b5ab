"""A server that somebody else chose: it is told, but can neither be a way inside nor hold us up."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from app.backends import outside
from app.backends.outside import checked_address, post
from app.core.errors import Invalid
from tests.webhook_receiver import Receiver, closed_port, receiving

INSIDE = [
    *("127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fec0::1"),
    *("ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
    *("2002:7f00:1::", "2001:0:7f00:1::", "fe80::1%lo"),
]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


def leads_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name leads to these."""

    plain = socket.getaddrinfo

    def looked_up(host: str, port: int, *options: Any, **named: Any) -> list[Any]:
        if not host.endswith("example"):
            return plain(host, port, *options, **named)
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    monkeypatch.setattr(outside.socket, "getaddrinfo", looked_up)


@pytest.mark.parametrize("address", INSIDE)
def test_no_name_leads_inside(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver, address: str
) -> None:
    leads_to(monkeypatch, address)
    told = post(f"http://evil.example:{receiver.server_port}/", {}, b"{}", inside=False)
    assert (told.status, receiver.got) == (None, [])
    assert "private network" in told.text


def test_a_name_that_leads_outside_and_inside_is_not_trusted(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    leads_to(monkeypatch, "8.8.8.8", "127.0.0.1")
    told = post(f"http://evil.example:{receiver.server_port}/", {}, b"{}", inside=False)
    assert (told.status, receiver.got) == (None, [])


def test_the_address_that_was_judged_is_the_one_that_is_used(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    """A name that leads elsewhere when it is asked again (DNS rebinding) gains nothing."""
    asked = []

    def looked_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, 1, 6, "", ("127.0.0.1" if asked[1:] else "8.8.8.8", port))]

    connected: list[Any] = []

    def create_connection(address: tuple[str, int], *_: Any, **__: Any) -> Any:
        connected.append(address)
        raise ConnectionRefusedError("closed")

    monkeypatch.setattr(outside.socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(socket, "create_connection", create_connection)
    told = post("https://evil.example/", {}, b"{}", inside=False)
    assert (asked, connected) == (["evil.example"], [("8.8.8.8", 443)])
    assert told.text == "The connection failed: closed"


def test_the_next_address_is_tried_where_one_is_silent(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    leads_to(monkeypatch, "127.0.0.2", "127.0.0.1")
    monkeypatch.setattr(outside, "_is_outside", lambda _address: True)
    told = post(f"http://two.example:{receiver.server_port}/", {}, b"{}", inside=False)
    assert told.took_it
    assert receiver.got[0].headers["host"] == f"two.example:{receiver.server_port}"


def test_a_redirect_is_an_answer_and_not_a_way(receiver: Receiver) -> None:
    with receiving() as secret:
        receiver.status, receiver.headers = 307, {"Location": secret.url}
        told = post(receiver.url, {}, b"{}", inside=True)
        assert (told.status, told.took_it, secret.got) == (307, False, [])


def test_an_endless_answer_is_hung_up_on(receiver: Receiver) -> None:
    receiver.status, receiver.endless = 200, True
    told = post(receiver.url, {}, b"{}", inside=True)
    assert (told.status, told.text) == (200, "x" * 500)
    assert receiver.hung_up.wait(30)


def test_a_silent_server_is_not_waited_for(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "DEADLINE", 0.2)
    receiver.waits = True
    told = post(receiver.url, {}, b"{}", inside=True)
    assert (told.status, told.text) == (None, "It had not answered after 0.2 seconds.")


def test_a_server_that_is_not_there_is_a_failure_in_words() -> None:
    told = post(f"http://127.0.0.1:{closed_port()}/", {}, b"{}", inside=True)
    assert told.status is None
    assert told.text.startswith("The connection failed: ")
    told = post("https://nothing.invalid/", {}, b"{}", inside=False)
    assert told.text == "The connection failed: There is no server nothing.invalid."


def test_what_it_says_is_short_and_holds_only_signs(receiver: Receiver) -> None:
    receiver.status, receiver.body = 500, b"<b>No\0\x1b[31m\xff\r\n  way</b>" + b"y" * 9999
    told = post(receiver.url, {}, b"{}", inside=True)
    assert told.text.startswith("<b>No [31m\ufffd way</b>yyy")
    assert (len(told.text), told.text.isprintable()) == (500, True)


@pytest.mark.parametrize(("said", "after"), [("7", 7.0), ("soon", None), ("9" * 400, None)])
def test_it_can_say_when_to_come_again(receiver: Receiver, said: str, after: float | None) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": said}
    assert post(receiver.url, {}, b"{}", inside=True).after == after


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.org", "http://example.org/", "ftp://example.org", "https://", "https://:1/"),
        *("https://a:b@example.org/", "https://example.org/#x", "https://exa mple.org"),
        *("https://example.org:0/", "https://example.org:99999/", "https://ex\nample.org"),
        *(
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://exämple.org",
            "https://[::1",
            "file:///",
        ),
        "https://example.org/" + "x" * 500,
    ],
)
def test_what_is_no_address_to_tell_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        checked_address(url, inside=False)


def test_an_address_is_kept_as_it_is() -> None:
    assert checked_address(" https://example.org:8443/a?b=c ", inside=False) == (
        "https://example.org:8443/a?b=c"
    )
    assert checked_address("http://10.0.0.1/", inside=True) == "http://10.0.0.1/"
