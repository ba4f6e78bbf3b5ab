"""Datasets go to a hub or to S3 whole, once, and only where they may."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.core.authorization import enable_iam_authentication
from moto.moto_api._internal import moto_api_backend
from pyarrow import fs
from sqlalchemy import select

from app.actions.benchmarks import BenchmarkTerms, add_benchmark
from app.actions.datasets import create_dataset, folder_of
from app.actions.ports import Ports, open_ports
from app.actions.pushes import push_dataset
from app.actions.secrets import store_secret
from app.core.errors import Conflict, Invalid, NotAllowed, Refused
from app.core.options import DatasetOptions
from app.core.roles import SCRIPT, Actor
from app.db.session import transaction
from app.db.tables import Dataset, Event, Job, ProblemRow, Project, Push
from app.settings import Settings
from tests.hub import TOKEN, Hub, running_hub
from tests.s3_server import KEY, running_s3, store_at

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=")  # huggingface_hub's own
Work = Callable[[], int]
HUB, S3 = "hf://datasets/crew/ducks", "s3://ponds/sets/ducks"


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """The address of an S3 server on loopback."""
    with running_s3() as address:
        yield address


@pytest.fixture
def bucket(s3_server: str) -> Iterator[fs.S3FileSystem]:
    """The store with an empty bucket in it."""
    moto_api_backend.reset()
    store = store_at(s3_server)
    store.create_dir("ponds")
    yield store
    moto_api_backend.reset()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub, which large files are sent to by Git's protocol, for it has no Xet."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    with running_hub() as started:
        yield started


@pytest.fixture
def ports(database_url: str, tmp_path: Path, hub: Hub, s3_server: str) -> Iterator[Ports]:
    """Open ends onto a fresh database, a data folder of its own and both stores."""
    stores = {
        "hf_endpoint": hub.url,
        "hf_token": TOKEN,
        "aws_endpoint_url": s3_server,
        "aws_region": "us-east-1",
        "aws_access_key_id": "ID",
        "aws_secret_access_key": KEY,
    }
    opened = open_ports(Settings(database_url=database_url, data=tmp_path / "data", **stores))
    yield opened
    opened.engine.dispose()


@pytest.fixture
def dataset(ports: Ports, project: Project, problem: Callable[..., int], work: Work) -> Dataset:
    """A dataset of one problem of the benchmark `ponds`."""
    with transaction(ports.engine) as session:
        session.get_one(ProblemRow, problem("How many ducks?", 7)).source = "ponds"
    return built(ports, project, work, "ducks")


def built(ports: Ports, project: Project, work: Work, name: str, **options: Any) -> Dataset:
    """A dataset that is there."""
    options = {"unchecked": True} | options
    with transaction(ports.engine) as session:
        asked = DatasetOptions(**options)
        made = create_dataset(session, SCRIPT, project.id, name, "trl-rl", asked)
    work()
    with transaction(ports.engine) as session:
        found = session.get_one(Dataset, made.id)
        assert found.state == "ready", found.error
        return found


@pytest.fixture
def push(ports: Ports, work: Work, dataset: Dataset) -> Callable[..., Push]:
    """Asks for a push, and does it."""

    def pushed(target: str, which: Dataset | None = None, **more: Any) -> Push:
        with transaction(ports.engine) as session:
            asked_of = (ports.settings, (which or dataset).id, target)
            push_id = push_dataset(session, SCRIPT, *asked_of, **more).id
        work()
        with transaction(ports.engine) as session:
            return session.get_one(Push, push_id)

    return pushed


def files_of(ports: Ports, dataset: Dataset) -> dict[str, bytes]:
    """What a dataset holds, by name."""
    folder = folder_of(ports.settings, dataset)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def in_bucket(bucket: fs.S3FileSystem, folder: str = "ponds/sets/ducks") -> dict[str, bytes]:
    """The same of a folder in S3."""
    found = bucket.get_file_info(fs.FileSelector(folder, allow_not_found=True))
    return {each.base_name: bucket.open_input_stream(each.path).read() for each in found}


def in_hub(hub: Hub) -> dict[str, bytes]:
    """The same of the repository."""
    return {name: held for name, held in hub.repos["crew/ducks"].items() if name[0] != "."}


def test_a_dataset_goes_to_s3_to_the_byte_and_once(
    ports: Ports, bucket: fs.S3FileSystem, push: Callable[..., Push], dataset: Dataset
) -> None:
    first = push(S3)
    assert (first.state, first.error) == ("done", "")
    assert in_bucket(bucket) == files_of(ports, dataset)
    assert first.done == first.total == sum(map(len, files_of(ports, dataset).values()))
    written = bucket.get_file_info("ponds/sets/ducks/manifest.json").mtime
    assert push(f"{S3}/").state == "done"
    assert bucket.get_file_info("ponds/sets/ducks/manifest.json").mtime == written


def test_a_dataset_goes_to_a_private_repository_by_one_commit_and_once(
    ports: Ports, hub: Hub, push: Callable[..., Push], dataset: Dataset
) -> None:
    for _ in range(2):
        sent = push(HUB)
        assert (sent.state, sent.error, sent.done) == ("done", "", sent.total)
        assert in_hub(hub) == files_of(ports, dataset)
        assert (hub.private, hub.commits) == ({"crew/ducks"}, 1)


def test_half_an_upload_to_s3_has_no_manifest_and_goes_on(
    ports: Ports,
    bucket: fs.S3FileSystem,
    push: Callable[..., Push],
    dataset: Dataset,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, puts = fs.S3FileSystem.open_output_stream, []

    def breaks(self: Any, path: str, **more: Any) -> Any:
        puts.append(path)
        if len(puts) == 3:
            raise OSError("AWS Error NETWORK_CONNECTION during PutObject operation")
        return real(self, path, **more)

    class Breaking(fs.S3FileSystem):
        open_output_stream = breaks

    with monkeypatch.context() as patch:
        patch.setattr(fs, "S3FileSystem", Breaking)
        failed = push(S3)
    assert failed.state == "failed"
    assert "can't be reached" in failed.error
    assert len(in_bucket(bucket)) == 2
    assert "manifest.json" not in in_bucket(bucket)
    assert push(S3).state == "done"
    assert in_bucket(bucket) == files_of(ports, dataset)


def test_a_file_that_can_not_be_read_to_its_end_leaves_no_half_of_it(
    bucket: fs.S3FileSystem, push: Callable[..., Push], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("app.backends.stores.s3._PIECE", "no number")
        assert push(S3).state == "failed"
    assert in_bucket(bucket) == {}


def test_half_an_upload_to_a_hub_is_seen_by_nobody_and_goes_on(
    ports: Ports, hub: Hub, push: Callable[..., Push], dataset: Dataset
) -> None:
    hub.breaks = "/commit/"
    failed = push(HUB)
    assert failed.state == "failed"
    assert "the hub broke" in failed.error
    assert (in_hub(hub), len(hub.large)) == ({}, 1)
    assert push(HUB).state == "done"
    assert in_hub(hub) == files_of(ports, dataset)


@pytest.mark.parametrize("target", [HUB, S3])
def test_a_place_that_holds_something_else_is_left_as_it_is(
    target: str,
    ports: Ports,
    hub: Hub,
    bucket: fs.S3FileSystem,
    push: Callable[..., Push],
    project: Project,
    work: Work,
    problem: Callable[..., int],
) -> None:
    assert push(target).state == "done"
    before = in_bucket(bucket) if target == S3 else in_hub(hub)
    problem("How many geese?", 8)
    refused = push(target, built(ports, project, work, "geese"))
    assert refused.state == "failed"
    assert "Something else is there already (README.md, lineage.jsonl" in refused.error
    assert (in_bucket(bucket) if target == S3 else in_hub(hub)) == before


@pytest.mark.parametrize("target", [HUB, S3])
def test_a_key_that_is_wrong_is_refused_and_never_told(
    target: str, ports: Ports, bucket: fs.S3FileSystem, push: Callable[..., Push], project: Project
) -> None:
    with transaction(ports.engine) as session:
        store_secret(session, SCRIPT, project.id, "hub", "hf_a-wrong-one")
        store_secret(session, SCRIPT, project.id, "s3", "NOBODY:a-wrong-one")
    with enable_iam_authentication():
        refused = push(target)
    assert refused.state == "failed"
    assert "refuses the key" in refused.error
    with transaction(ports.engine) as session:
        told = json.dumps([event.data for event in session.scalars(select(Event))])
        told += "".join(job.error for job in session.scalars(select(Job)))
    assert "a-wrong-one" not in told + refused.error


def test_nobody_else_s_repository(push: Callable[..., Push]) -> None:
    refused = push("hf://datasets/others/ducks")
    assert (refused.state, "refuses the key" in refused.error) == ("failed", True)


def test_a_bucket_that_is_not_there(bucket: fs.S3FileSystem, push: Callable[..., Push]) -> None:
    refused = push("s3://nowhere/ducks")
    assert (refused.state, "no such bucket" in refused.error) == ("failed", True)


@pytest.mark.parametrize("target", [HUB, S3])
def test_a_store_that_is_down(target: str, ports: Ports, push: Callable[..., Push]) -> None:
    ports.settings.hf_endpoint = ports.settings.aws_endpoint_url = "http://127.0.0.1:9"
    refused = push(target)
    assert refused.state == "failed"
    assert "can't be reached (http://127.0.0.1:9)" in refused.error


def test_nothing_is_pushed_without_a_key_a_dataset_or_a_place(
    ports: Ports, dataset: Dataset, person: Callable[..., Actor], project: Project
) -> None:
    ports.settings.hf_token = ""
    with transaction(ports.engine) as session:
        reviewer, lead = person("rev", "reviewer"), person("lia", "lead")
        with pytest.raises(NotAllowed):
            push_dataset(session, reviewer, ports.settings, dataset.id, S3)
        with pytest.raises(Refused, match="no key"):
            push_dataset(session, lead, ports.settings, dataset.id, HUB)
        wrong = (
            "",
            "ducks",
            "hf://crew/ducks",
            "s3://ponds",
            "s3://ponds/../up",
            "s3://ponds/a/.b",
        )
        for text in wrong:
            with pytest.raises(Invalid):
                push_dataset(session, lead, ports.settings, dataset.id, text)
        asked = ("geese", "trl-rl", DatasetOptions(unchecked=True))
        unbuilt = create_dataset(session, SCRIPT, project.id, *asked)
        with pytest.raises(Conflict, match="not built"):
            push_dataset(session, lead, ports.settings, unbuilt.id, S3)
        push_dataset(session, lead, ports.settings, dataset.id, S3)
        with pytest.raises(Conflict, match="on its way"):
            push_dataset(session, lead, ports.settings, dataset.id, S3)


def test_what_a_source_forbids_to_pass_on_goes_where_a_person_says_so(
    ports: Ports, tmp_path: Path, bucket: fs.S3FileSystem, push: Callable[..., Push]
) -> None:
    file = tmp_path / "ponds.jsonl"
    file.write_text('{"question": "Another?", "answer": 1}')
    with transaction(ports.engine) as session:
        add_benchmark(session, SCRIPT, "ponds", file, BenchmarkTerms(redistribution=False))
    with pytest.raises(Refused, match="ponds forbids redistribution"):
        push(S3)
    assert push(S3, pass_on=True).state == "done"
    with transaction(ports.engine) as session:
        [asked] = session.scalars(select(Event).where(Event.verb == "push_dataset"))
        assert asked.data["passed_on_though_forbidden"] == ["ponds"]


def test_the_key_of_s3_has_two_parts(ports: Ports, project: Project) -> None:
    with transaction(ports.engine) as session, pytest.raises(Invalid):
        store_secret(session, SCRIPT, project.id, "s3", "only-one")
