"""The client: the operations of v1, and what takes more than one of them.

Promises: closed at the end of its `with`; an import of any length goes in parts that the API takes;
a dataset appears in its folder whole, every file as its hash says, or not at all.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Literal, Self

from app.client import v1
from app.client.parts import parts_of
from app.client.transport import Transport
from app.core.errors import Refused

MANIFEST = "manifest.json"


class Client(v1.Everything):
    """Asks one server with one token. `timeout` are the seconds until an answer begins, and that it
    may pause; `retries` is how often a request is tried again.

    A bad address or token raises ApiError at once; whether the server takes the token, any request
    tells.
    """

    def __init__(self, url: str, token: str, *, timeout: float = 60, retries: int = 5) -> None:
        self._transport = Transport(url, token, timeout, retries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.server!r})"

    @property
    def server(self) -> str:
        """The server's address."""
        return self._transport.server

    def close(self) -> None:
        """End its connections."""
        self._transport.close()

    def import_all(
        self,
        slug: str,
        what: Literal["problems", "traces"],
        rows: Iterable[dict[str, Any]],
        mapping: Mapping[str, str] = MappingProxyType({}),
        progress: Callable[[int], None] = lambda done: None,
    ) -> v1.ImportReport:
        """Take in any number of rows; `progress` gets how many are done. For leads.

        What went in stays where it is cut off; the same rows again add only what is missing.
        """
        imported = unchanged = done = 0
        failed: list[v1.FailedRow] = []
        left_out: list[v1.LeftOutOf] = []
        for part in parts_of(rows):
            if isinstance(part, str):
                failed.append(v1.FailedRow(row=done + 1, reason=part))
                done += 1
            else:
                told = self.import_rows(slug, v1.Rows(what=what, rows=part, mapping=dict(mapping)))
                imported, unchanged = imported + told.imported, unchanged + told.unchanged
                failed += (it.model_copy(update={"row": done + it.row}) for it in told.failed)
                left_out += (it.model_copy(update={"row": done + it.row}) for it in told.left_out)
                done += len(part)
            progress(done)
        return v1.ImportReport(
            imported=imported,
            unchanged=unchanged,
            failed=tuple(failed),
            left_out=tuple(left_out),
        )

    def wait_for_dataset(
        self,
        slug: str,
        dataset_id: int,
        every: float = 1,
        progress: Callable[[int], None] = lambda looks: None,
    ) -> v1.DatasetView:
        """A dataset once it is built. Raises Refused with the reason where it failed."""
        dataset, looks = self.get_dataset(slug, dataset_id), 0
        while dataset.state == "building":
            time.sleep(every)
            progress(looks := looks + 1)
            dataset = self.get_dataset(slug, dataset_id, seen=dataset)
        if dataset.state != "ready":
            raise Refused(dataset.error)
        return dataset

    def wait_for_push(
        self,
        slug: str,
        dataset_id: int,
        push_id: int,
        every: float = 1,
        progress: Callable[[int], None] = lambda looks: None,
    ) -> v1.PushView:
        """A push once it is done. Raises Refused with the reason where it failed."""
        push, looks = self.get_push(slug, dataset_id, push_id), 0
        while push.state == "pushing":
            time.sleep(every)
            progress(looks := looks + 1)
            push = self.get_push(slug, dataset_id, push_id)
        if push.state != "done":
            raise Refused(push.error)
        return push

    def fetch_dataset(self, slug: str, dataset: v1.DatasetView, folder: Path) -> Path:
        """All files of a built dataset, in a folder that is not there yet or is empty."""
        assert dataset.manifest, "a dataset has its manifest once it is built"
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".calm-", dir=folder.parent) as draft:
            copy = Path(draft) / "copy"
            copy.mkdir()
            for file in dataset.manifest.files:
                self.get_file(
                    slug, dataset.id, file.name, copy / Path(file.name).name, sha256=file.sha256
                )
            self.get_file(slug, dataset.id, MANIFEST, copy / MANIFEST)
            if folder.exists():
                folder.rmdir()
            copy.rename(folder)
        return folder.resolve()
