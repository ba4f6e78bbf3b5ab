"""A repository of datasets on a hub (Hugging Face's, or one that speaks its API): its own client.

One that is not there is made, and is private. All files go in by one commit, so that nobody ever
sees half of them; large ones are sent before it, and are not sent again where that broke off.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2

from app.backends.stores.base import Keys, failed, forbidden, unreachable

_OF_THE_HUB = {".gitattributes"}
_MESSAGE = "Dataset of CALM Studio"


class Hub:
    """The dataset repository OWNER/NAME."""

    def __init__(self, place: str, keys: Keys) -> None:
        from huggingface_hub import HfApi
        from huggingface_hub.utils.tqdm import disable_progress_bars

        disable_progress_bars()  # a worker's log is no terminal
        self._api = HfApi(endpoint=keys.endpoint or None, token=keys.key)
        self._repo: dict[str, Any] = {"repo_id": place, "repo_type": "dataset"}
        self._keys = keys
        with self._plain():
            self._api.create_repo(**self._repo, private=True, exist_ok=True)
            self._head = self._api.repo_info(**self._repo).sha

    @cached_property
    def _there(self) -> dict[str, Any]:
        with self._plain():
            found = self._api.list_repo_tree(**self._repo, recursive=True)
            return {each.path: each for each in found if hasattr(each, "blob_id")}

    def names(self) -> set[str]:
        """The files there, but for the hub's own."""
        return set(self._there) - _OF_THE_HUB

    def same(self, file: Path) -> bool:
        """By the SHA-256 of a large file, by Git's hash of a small one."""
        there = self._there[file.name]
        if there.lfs:
            with file.open("rb") as content:
                return bool(hashlib.file_digest(content, "sha256").hexdigest() == there.lfs.sha256)
        text = file.read_bytes()
        blob = hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False)
        return bool(blob.hexdigest() == there.blob_id)

    def put(self, files: Sequence[Path], sent: Callable[[int], None]) -> None:
        """Send what is large, then commit all at once, on what was there when we looked."""
        from huggingface_hub import CommitOperationAdd

        adds = [CommitOperationAdd(path_in_repo=file.name, path_or_fileobj=file) for file in files]
        with self._plain():
            for add, file in zip(adds, files, strict=True):
                self._api.preupload_lfs_files(**self._repo, additions=[add])
                sent(file.stat().st_size)
            self._api.create_commit(
                **self._repo, operations=adds, commit_message=_MESSAGE, parent_commit=self._head
            )

    @contextmanager
    def _plain(self) -> Iterator[None]:
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError

        try:
            yield
        except HfHubHTTPError as error:
            raise failed(error, self._keys, _advice(error.response.status_code)) from None
        except httpx2.HTTPError as error:
            raise failed(error, self._keys, unreachable(self._keys)) from None
        except (HFValidationError, RuntimeError, ValueError, OSError) as error:
            raise failed(error, self._keys) from None


def _advice(status: int) -> str:
    return forbidden() if status in (401, 403) else ""
