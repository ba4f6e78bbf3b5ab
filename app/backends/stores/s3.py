"""A folder of a bucket in S3, or in anything that speaks it: by pyarrow."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from app.backends.stores.base import Keys, failed, forbidden, unreachable

_PIECE = 2**20
_WRONG_KEY = (
    "ACCESS_DENIED",
    "INVALID_ACCESS_KEY_ID",
    "SIGNATURE_DOES_NOT_MATCH",
    "HTTP Status 403",
)


class Bucket:
    """The folder BUCKET/FOLDER. Each file is an object, which appears once it is whole."""

    def __init__(self, place: str, keys: Keys) -> None:
        from pyarrow import fs

        self._place, self._keys = place, keys
        with self._plain():
            self._fs = fs.S3FileSystem(
                access_key=keys.key_id,
                secret_key=keys.key,
                region=keys.region or None,
                endpoint_override=keys.endpoint or None,
                background_writes=False,
            )

    @cached_property
    def _sizes(self) -> dict[str, int]:
        from pyarrow import fs

        selector = fs.FileSelector(self._place, recursive=True, allow_not_found=True)
        with self._plain():
            found = self._fs.get_file_info(selector)
        return {
            each.path.removeprefix(f"{self._place}/"): each.size for each in found if each.is_file
        }

    def names(self) -> set[str]:
        """The files there."""
        return set(self._sizes)

    def same(self, file: Path) -> bool:
        """By its size first; S3 tells no hash of a file that went in parts, so it is read."""
        if self._sizes[file.name] != file.stat().st_size:
            return False
        with self._plain(), self._fs.open_input_stream(self._path(file)) as there:
            digest = hashlib.sha256()
            while piece := there.read(_PIECE):
                digest.update(piece)
        with file.open("rb") as here:
            return digest.digest() == hashlib.file_digest(here, "sha256").digest()

    def put(self, files: Sequence[Path], sent: Callable[[int], None]) -> None:
        """One after the other."""
        for file in files:
            self._put(file)
            sent(file.stat().st_size)

    def _put(self, file: Path) -> None:
        path = self._path(file)
        with self._plain(), file.open("rb") as content:
            try:
                with self._fs.open_output_stream(path) as stream:
                    while piece := content.read(_PIECE):
                        stream.write(piece)
            except BaseException:
                # Closing a stream makes an object of what was written so far.
                with suppress(OSError):
                    self._fs.delete_file(path)
                raise

    def _path(self, file: Path) -> str:
        return f"{self._place}/{file.name}"

    @contextmanager
    def _plain(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise failed(error, self._keys, self._advice(str(error))) from None

    def _advice(self, told: Any) -> str:
        if "NETWORK_CONNECTION" in told:
            return unreachable(self._keys)
        if any(each in told for each in _WRONG_KEY):
            return forbidden()
        if "NO_SUCH_BUCKET" in told:
            return "There is no such bucket; make it first."
        return ""
