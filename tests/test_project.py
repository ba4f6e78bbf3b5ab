"""The house rules that a machine can check: docstrings, sizes, layers, locks and addresses."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
# Joined here, so that this file does not hold what it looks for.
NOT_HERE = ["pypi" + ".org", "python" + "hosted", "npm" + "js.org", "/ro" + "ot/", "/ho" + "me/"]


def project_files() -> list[Path]:
    """Every file that is, or would be, committed."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [file for name in names.split("\0") if name and (file := ROOT / name).is_file()]


def named(file: Path) -> str:
    """A test's id for a file."""
    return str(file.relative_to(ROOT))


FILES = project_files()
MODULES = [file for file in FILES if file.suffix == ".py"]


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_says_what_it_is_and_stays_short(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)) or not text
    # A migration lists a schema, and is never edited again.
    assert text.count("\n") <= 500 or "migrations/versions" in named(module)


@pytest.mark.parametrize("file", [f for f in FILES if f.suffix != ".jsonl"], ids=named)
def test_a_file_names_no_registry_and_no_folder_of_one_machine(file: Path) -> None:
    content = file.read_bytes()
    assert not [word for word in NOT_HERE if word.encode() in content]


def test_the_core_needs_only_the_standard_library_and_pydantic() -> None:
    allowed = sys.stdlib_module_names | {"pydantic", "app"}
    assert {name for file in (ROOT / "app/core").rglob("*.py") for name in imports(file)} <= allowed


def imports(module: Path) -> set[str]:
    """The first names of what a module imports."""
    nodes = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    origins = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | origins}


def test_every_part_of_the_application_has_a_layer() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    [layers] = [c["layers"] for c in contracts if c["type"] == "layers"]
    placed = set(re.findall(r"[\w.]+", " ".join(layers)))
    parts = {f"app.{entry.stem}" for entry in (ROOT / "app").iterdir() if "__" not in entry.name}
    assert parts <= placed


@pytest.mark.parametrize("lock", LOCKS, ids=named)
def test_a_lock_has_versions_and_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(r"\n(?=[\w-])", re.sub(r"^#.*\n", "", text, flags=re.M))
    assert all(re.match(r"[\w.-]+==\S+.*\\\n +--hash=sha256:", entry) for entry in entries)


def test_the_locks_leave_out_torch_and_hold_highspy_back() -> None:
    text = "".join(lock.read_text(encoding="utf-8") for lock in LOCKS)
    assert not re.findall(r"^(torch|nvidia|triton).*", text, flags=re.M)
    assert {v < "1.15" for v in re.findall(r"^highspy==(\S+)", text, flags=re.M)} == {True}


def test_the_npm_lock_has_hashes_and_no_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert all("integrity" in entry for entry in packages.values())
    assert not [name for name, entry in packages.items() if "resolved" in entry]


def test_training_has_the_studios_own_versions() -> None:
    base, training = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text("utf-8"), flags=re.M))
        for name in ("requirements/base.lock", "requirements/training.lock")
    )
    assert base.items() <= training.items()
    torch = (ROOT / "requirements/training.txt").read_text("utf-8").splitlines()[-1]
    assert torch in PROJECT["project"]["optional-dependencies"]["training"]
