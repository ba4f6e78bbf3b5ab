"""What is told of files that a program left, and what is not."""

import hashlib
from pathlib import Path

import pytest

from app.backends.sandboxes.jail import artefacts


def test_files_are_told_from_the_folder_on(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "model.lp").write_bytes(b"x")
    (tmp_path / "a").write_bytes(b"")
    digest = hashlib.sha256(b"x").hexdigest()
    told = artefacts.found(tmp_path)
    assert [(it["name"], it["bytes"]) for it in told] == [("a", 0), ("in/model.lp", 1)]
    assert told[1]["sha256"] == digest


def test_no_link_is_followed_whenever_it_came(tmp_path: Path) -> None:
    secret, own = tmp_path / "secret", tmp_path / "own"
    for folder in (secret, own, own / "in"):
        folder.mkdir()
    (secret / "file").write_text("a secret")
    (own / "in" / "file").write_text("mine")
    (own / "link").symlink_to(secret / "file")
    (own / "folder").symlink_to(secret)
    assert [it["name"] for it in artefacts.found(own)] == ["in/file"]
    (seen,) = artefacts._names(own, "")
    (own / "in").rename(own / "out")  # and now the program swaps the folder
    (own / "in").symlink_to(secret)
    with pytest.raises(OSError, match=r"Not a directory|symbolic links"):
        artefacts._read(own, seen, 100)
