"""Where `calm export` and `calm dataset push` put a dataset, and what is said where they can't."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyarrow import fs

from app.cli.copying import copied
from app.core.errors import Refused
from tests.cli.conftest import Run
from tests.s3_server import KEY, running_s3, store_at

EXPORT = ["export", "--project", "boats", "--format", "trl-rl", "--unchecked", "--name"]


@pytest.fixture
def boats(calm: Run, tmp_path: Path) -> None:
    """A project with one problem."""
    assert calm("project", "create", "Boats").returncode == 0
    file = tmp_path / "boats.jsonl"
    file.write_text('{"question": "How many boats?", "answer": 12}')
    assert calm("import", str(file), "--project", "boats", "--as", "problems").returncode == 0


@pytest.fixture
def s3() -> Iterator[dict[str, str]]:
    """The settings of a store with an empty bucket in it."""
    with running_s3() as address:
        store_at(address).create_dir("ponds")
        yield {
            "AWS_ENDPOINT_URL": address,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "ID",
            "AWS_SECRET_ACCESS_KEY": KEY,
        }


def names_in(s3: dict[str, str], folder: str) -> set[str]:
    """The files of a folder of the bucket."""
    chosen = fs.FileSelector(f"ponds/{folder}", allow_not_found=True)
    return {each.base_name for each in store_at(s3["AWS_ENDPOINT_URL"]).get_file_info(chosen)}


@pytest.mark.usefixtures("boats")
def test_a_dataset_that_is_built_is_pushed_to_a_store(calm: Run, s3: dict[str, str]) -> None:
    manifest = json.loads(calm(*EXPORT, "first", "--json").stdout)
    push = ["dataset", "push", "first", "s3://ponds/first", "--project", "boats"]
    done = calm(*push, **s3)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("first is at s3://ponds/first, ")
    assert names_in(s3, "first") == {each["name"] for each in manifest["files"]} | {"manifest.json"}
    assert calm(*push).returncode == 2, "without a key"


@pytest.mark.usefixtures("boats")
def test_an_export_pushes_what_it_builds(calm: Run, s3: dict[str, str]) -> None:
    done = calm(*EXPORT, "first", "--push", "s3://ponds/sets/first", **s3)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().endswith("; pushed to s3://ponds/sets/first")
    assert {"manifest.json", "train.parquet"} <= names_in(s3, "sets/first")
    failed = calm(*EXPORT, "second", "--push", "s3://nowhere/first", **s3)
    again = "calm dataset push 'second' s3://nowhere/first --project boats"
    assert (failed.returncode, again in failed.stderr) == (2, True)


@pytest.mark.usefixtures("boats")
def test_a_folder_that_can_not_be_made_is_refused_before_anything_is_built(
    calm: Run, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    refused = calm(*EXPORT, "first", "--out", str(file / "out"))
    assert (refused.returncode, refused.stderr) == (2, f"calm: {file}: File exists\n")
    assert calm(*EXPORT, "first", "--out", str(tmp_path / "out")).returncode == 0


def test_a_disk_that_is_full_leaves_no_half_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = tmp_path / "built"
    built.mkdir()
    (built / "manifest.json").write_text("{}")

    def full(source: Path, target: Path) -> None:
        target.mkdir()
        said = f"[Errno 28] No space left on device: '{target}'"
        raise shutil.Error([(str(source), str(target), said)])

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(
        Refused, match=r"to .*out: \[Errno 28\] No space left on device\. It is built: .*built$"
    ):
        copied(built, tmp_path / "out")
    assert [each.name for each in tmp_path.iterdir()] == ["built"]


@pytest.mark.usefixtures("boats")
def test_shares_that_leave_nothing_to_train_on_are_told_in_a_sentence(calm: Run) -> None:
    refused = calm(*EXPORT, "first", "--validation", "0.6", "--test", "0.5")
    said = "calm: the shares of validation and test leave less than a tenth to train\n"
    assert (refused.returncode, refused.stderr) == (2, said)
