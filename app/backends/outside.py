"""Telling a server that somebody else chose: one POST, to where it may go and nowhere else.

Promises: the address is the one that was looked up and judged: none inside this machine or a
private network, whatever a name leads to, unless the installation allows it. No redirect is
followed and no proxy is asked; no server is waited for longer than a deadline, and what it answers
is read up to some characters. A failure is an answer too, in plain words.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from urllib.parse import urlsplit

import httpcore2

from app.backends.line import Line
from app.core.errors import Invalid
from app.core.language import _
from app.core.model import Frozen

DEADLINE = 10.0
_READ = 2_000
_SHOWN = 500
_LONGEST = 500
_NAT64 = ip_network("64:ff9b::/96")
_GLOBAL = ip_network("2000::/3")
_BROKEN = (httpcore2.NetworkError, httpcore2.ProtocolError, OSError)
_INSIDE = "{} is an address of this machine or of a private network, where webhooks may not go."


class Answer(Frozen):
    """What a server answered; without a status it did not, and `text` says why.

    `after` are the seconds that it asked for.
    """

    status: int | None
    text: str
    after: float | None = None

    @property
    def took_it(self) -> bool:
        """Whether it says that it has the message."""
        return self.status is not None and 200 <= self.status < 300


class _Inside(Exception):
    """The address is one that may not be reached."""


class _Judged(httpcore2.SyncBackend):
    """Connects to an address that was looked up once, judged, and then used."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """To the first address that answers, of two at most: a name can have a thousand."""
        *others, last = _judged(_looked_up(host, port))[:2]
        options = ((timeout or DEADLINE) / (len(others) + 1), local_address, socket_options)
        for address in others:
            with suppress(httpcore2.ConnectError, httpcore2.ConnectTimeout):
                return super().connect_tcp(address, port, *options)
        return super().connect_tcp(last, port, *options)


def checked_address(url: str, inside: bool) -> str:
    """An address to tell, as it is kept. Raises Invalid, in plain words.

    `inside`: whether private addresses and plain http are allowed.
    """
    url = url.strip()
    with suppress(ValueError):
        parts = urlsplit(url)
        plain = parts.scheme == "http" and inside
        fits = url.isascii() and url.isprintable() and " " not in url and len(url) <= _LONGEST
        right = fits and parts.hostname and parts.port != 0 and not parts.fragment
        if right and (parts.scheme == "https" or plain) and "@" not in parts.netloc:
            _require_outside(parts.hostname or "", inside)
            return url
    raise Invalid(_("A webhook’s address begins with https:// and names a server."))


def post(url: str, headers: dict[str, str], body: bytes, inside: bool) -> Answer:
    """Send `body`, and what came of it. Raises nothing."""
    try:
        with _deadline() as line:
            return _answered(url, headers, body, inside, line)
    except _Inside as error:
        return Answer(status=None, text=_INSIDE.format(error))
    except (httpcore2.TimeoutException, TimeoutError):
        return _late()
    except _BROKEN as error:
        return Answer(status=None, text=f"The connection failed: {_clean(str(error))}")


def _answered(url: str, headers: dict[str, str], body: bytes, inside: bool, line: Line) -> Answer:
    plain = {"content-type": "application/json", "user-agent": "CALM-Studio"} | headers
    plain |= {"content-length": str(len(body)), "accept-encoding": "identity"}
    told = list((plain | {"host": urlsplit(url).netloc}).items())
    waits = dict.fromkeys(("connect", "read", "write", "pool"), DEADLINE)
    extensions = {"timeout": waits, "trace": line.watch}
    try:
        asked = _pool(inside).stream("POST", url, headers=told, content=body, extensions=extensions)
        with asked as reply:
            named = {name.lower(): value for name, value in reply.headers}
            after = _seconds(named.get(b"retry-after", b"").decode("latin-1"))
            said = _clean(_beginning(reply).decode(errors="replace"))
            return Answer(status=reply.status, text=said, after=after)
    except _BROKEN:
        if line.is_cut:
            return _late()
        raise


def _late() -> Answer:
    return Answer(status=None, text=f"It had not answered after {DEADLINE:g} seconds.")


@contextmanager
def _deadline() -> Iterator[Line]:
    line = Line()
    late = Timer(DEADLINE, line.cut)
    late.daemon = True
    late.start()
    try:
        yield line
    finally:
        late.cancel()


@cache
def _pool(inside: bool) -> httpcore2.ConnectionPool:
    """No connection is kept for a next message: on one that is, a line could not be cut."""
    return httpcore2.ConnectionPool(
        ssl_context=ssl.create_default_context(),
        max_connections=None,
        max_keepalive_connections=0,
        network_backend=httpcore2.SyncBackend() if inside else _Judged(),
    )


def _looked_up(host: str, port: int) -> list[str]:
    """The addresses of a name, each once, in the order that the system prefers."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise httpcore2.ConnectError(f"There is no server {host}.") from None
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _judged(addresses: list[str]) -> list[str]:
    """The same, where all may be reached: a name that leads inside too is not trusted at all."""
    for address in addresses:
        if not _is_outside(address):
            raise _Inside(address)
    return addresses


def _require_outside(host: str, inside: bool) -> None:
    """Raises Invalid for a number that may not be reached; a name is judged when it is used."""
    with suppress(ValueError):
        ip_address(host)
        if not inside and not _is_outside(host):
            raise Invalid(_INSIDE.format(host))


def _is_outside(address: str) -> bool:
    """Whether an address is of the public internet; of one that holds another, that one."""
    at: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(at, IPv4Address):
        return at.is_global and not at.is_multicast
    held = IPv4Address(int(at) & 0xFFFFFFFF) if at in _NAT64 else at.ipv4_mapped
    if held:
        return _is_outside(str(held))
    return at in _GLOBAL and at.is_global and not at.sixtofour


def _beginning(reply: httpcore2.Response) -> bytes:
    """Of an answer, however long it is; that it broke off changes nothing about its status."""
    read = b""
    with suppress(*_BROKEN, httpcore2.TimeoutException):
        for piece in reply.iter_stream():
            read += piece
            if len(read) >= _READ:
                break
    return read[:_READ]


def _clean(said: str) -> str:
    """Somebody else's words, short and without what is no sign."""
    shown = "".join(sign if sign.isprintable() else " " for sign in said)
    return " ".join(shown.split())[:_SHOWN]


def _seconds(said: str) -> float | None:
    """What `Retry-After` says, a number or a date."""
    if said.isdecimal() and len(said) < 9:
        return float(said)
    with suppress(ValueError, OverflowError):
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    return None
