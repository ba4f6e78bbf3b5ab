"""What the methods of the client are made with.

Promises: fields that this version does not know are left out, so a newer server can be asked.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import Any, BinaryIO, Generic, TypeVar

import httpx2
from pydantic import BaseModel, PrivateAttr, TypeAdapter, ValidationError

from app.client.errors import ApiError, media_type, not_calm
from app.client.transport import Request, Transport
from app.core.model import Frozen

T = TypeVar("T")
Item = TypeVar("Item")
Steps = tuple[str | int, ...]
_JSON = "application/json"


class Shown(Frozen):
    """Something that the server showed, with the tag of what it was then.

    Given as `seen`, a change is made only where nothing changed since, else it is ApiError 412; and
    reading gives `seen` itself where nothing did.
    """

    _etag: str | None = PrivateAttr(None)

    @property
    def etag(self) -> str | None:
        """The tag; None for what has none."""
        return self._etag


class Page(Frozen, Generic[Item]):
    """Some of a list; `next` is where it goes on."""

    items: tuple[Item, ...]
    next: str | None = None


class Operations:
    """The base of the methods, in v1."""

    _transport: Transport

    def _one(
        self,
        kind: type[T],
        method: str,
        path: Steps,
        /,
        body: BaseModel | None = None,
        seen: Shown | None = None,
        **query: Any,
    ) -> T:
        """The thing that a request is answered with."""
        request = _request(method, path, body, seen, query)
        return self._transport.ask(request, lambda it: self._read(kind, it, seen))

    def _maybe(self, kind: type[T], method: str, path: Steps, /, **more: Any) -> T | None:
        """The same where there may be none."""
        request = _request(method, path, more.pop("body", None), more.pop("seen", None), more)
        return self._transport.ask(
            request, lambda it: None if it.status_code == 204 else self._read(kind, it, None)
        )

    def _none(
        self,
        method: str,
        path: Steps,
        /,
        body: BaseModel | None = None,
        seen: Shown | None = None,
        **query: Any,
    ) -> None:
        """A deed that is answered with nothing."""
        self._transport.ask(_request(method, path, body, seen, query), self._drop)

    def _list(self, kind: type[Item], path: Steps, /, **query: Any) -> Iterator[Item]:
        """Everything of a list, a page at a time."""
        cursor: str | None = ""
        while cursor is not None:
            # A page is of what it is asked to be of, which a checker can't follow.
            found = self._one(Page[kind], "GET", path, **query, cursor=cursor)  # type: ignore[valid-type]
            yield from found.items
            cursor = found.next

    def _file(self, path: Steps, to: Path, sha256: str | None, /, **query: Any) -> Path:
        """A file, which appears whole and with this hash or not at all."""
        request = _request("GET", path, None, None, query)
        save: Callable[[httpx2.Response], Path] = lambda it: self._save(it, to, sha256)  # noqa: E731
        return self._transport.ask(request, save)

    def _upload(self, kind: type[T], path: Steps, file: Path, /, **fields: Any) -> T:
        """What sending a file in a form is answered with."""
        request = self._transport.form(path, file, _given(fields))
        return self._transport.ask(request, lambda it: self._read(kind, it, None))

    def _read(self, kind: type[T], response: httpx2.Response, seen: Shown | None) -> T:
        if response.status_code == 304:
            return seen  # type: ignore[return-value] # the thing itself, as it was asked about
        if media_type(response) != _JSON:
            raise not_calm(response, self._transport.server)
        try:
            value: T = TypeAdapter(kind).validate_json(response.read(), extra="ignore")
        except ValidationError as error:
            raise _unknown(error, self._transport.server, response.status_code) from error
        if isinstance(value, Shown):
            value._etag = response.headers.get("etag")
        return value

    def _drop(self, response: httpx2.Response) -> None:
        if response.status_code != 204 and media_type(response) != _JSON:
            raise not_calm(response, self._transport.server)

    def _save(self, response: httpx2.Response, to: Path, sha256: str | None) -> Path:
        if media_type(response) == "text/html":
            raise not_calm(response, self._transport.server)
        with whole(to) as draft:
            hashed = hashlib.sha256()
            for piece in response.iter_bytes():
                hashed.update(piece)
                draft.write(piece)
            if sha256 and hashed.hexdigest() != sha256:
                raise ApiError("damaged", f"{to.name} did not come as its hash says.")
        return to


@contextmanager
def whole(to: Path) -> Iterator[BinaryIO]:
    """A file to write that appears at `to` once it is whole, in the place of what was there."""
    handle, name = mkstemp(prefix=".calm-", dir=to.parent)
    try:
        with os.fdopen(handle, "wb") as draft:
            yield draft
        Path(name).replace(to)
    finally:
        Path(name).unlink(missing_ok=True)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Without what was left out."""
    return {name: value for name, value in values.items() if value not in (None, "")}


def _unknown(error: ValidationError, server: str, status: int) -> ApiError:
    where = ".".join(map(str, error.errors()[0]["loc"]))
    detail = f"{server} answered what this version of calm can't read: {where or 'the whole'}."
    return ApiError("unknown-answer", detail, status)


def _request(
    method: str, path: Steps, body: BaseModel | None, seen: Shown | None, query: dict[str, Any]
) -> Request:
    headers = {}
    if seen is not None and seen.etag:
        headers["If-None-Match" if method == "GET" else "If-Match"] = seen.etag
    content = None
    if body is not None:
        # What was not set is left out: in a change it stays as it is.
        content = body.model_dump_json(exclude_unset=True, by_alias=True).encode()
        headers["Content-Type"] = _JSON
    return Request(method, path, _given(query), content, headers)
