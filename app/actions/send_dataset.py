"""Sending a dataset's files to a store, as a worker does.

Promises: the manifest comes last, so that half of it never looks whole; what is there already to
the byte is not sent again; where anything else is there, nothing is sent and nothing written over.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import update

from app.actions.datasets import folder_of
from app.actions.ports import Ports
from app.actions.pushes import keys_of, names_of, tell_push
from app.actions.record import WORKER, get
from app.actions.work import Held, Lost, let_go
from app.backends.stores import open_store
from app.backends.stores.base import Keys, Store
from app.core.errors import Refused
from app.core.push import Target, target_of
from app.db.session import reading, transaction
from app.db.tables import Dataset, Push

_TOLD = 3


class _Load(NamedTuple):
    """What is sent, where to, and with which keys."""

    target: Target
    keys: Keys
    files: list[Path]


def send_dataset(ports: Ports, held: Held) -> None:
    """Send the dataset that `held` is about. Raises Refused where the store can't or won't."""
    load = _load(ports, held)
    store = open_store(load.target, load.keys)
    missing = _missing(store, load.files)
    sent = _counting(ports, held, _size(load.files), _size(load.files) - _size(missing))
    if missing:
        store.put(missing, sent)
    with transaction(ports.engine) as session:
        let_go(session, held, "done")
        push = get(session, Push, held.push_id or 0)
        before, push.state, push.done = push.state, "done", push.total
        tell_push(session, WORKER, "finish_push", push, before)


def _load(ports: Ports, held: Held) -> _Load:
    with reading(ports.engine) as session:
        push = get(session, Push, held.push_id or 0)
        dataset, target = get(session, Dataset, push.dataset_id), target_of(push.target)
        keys = keys_of(session, ports.settings, dataset.project_id, target.store)
        folder = folder_of(ports.settings, dataset)
        return _Load(target, keys, [folder / name for name in names_of(dataset)])


def _missing(store: Store, files: list[Path]) -> list[Path]:
    """The files that are not there yet, in their order. Raises Refused where others are."""
    names = store.names()
    others = sorted(names - {file.name for file in files})
    others += [file.name for file in files if file.name in names and not store.same(file)]
    if others:
        raise Refused(
            f"Something else is there already ({', '.join(others[:_TOLD])}); nothing was sent. "
            "Choose another place."
        )
    return [file for file in files if file.name not in names]


def _size(files: Iterable[Path]) -> int:
    return sum(file.stat().st_size for file in files)


def _counting(ports: Ports, held: Held, total: int, there: int) -> Callable[[int], None]:
    """Tells how much is there, file by file. Raises Lost once the job is another's."""
    sizes = [there]

    def sent(size: int) -> None:
        sizes.append(size)
        if held.lost.is_set():
            raise Lost("The job was cancelled or taken over.")
        here = update(Push).where(Push.id == held.push_id, Push.state == "pushing")
        with transaction(ports.engine) as session:
            session.execute(here.values(done=sum(sizes), total=total))

    sent(0)
    return sent
