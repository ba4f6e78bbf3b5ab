"""Every command as a program of its own: what it prints, its exit code, and never a stack trace."""

import json
from pathlib import Path

import pytest
from pyarrow import parquet

from tests.cli.conftest import Run

PROBLEMS = '{"question": "How many boats?", "answer": 12}\n{"answer": 3}\n'
NOT_DONE = [
    ["import", "nothing.jsonl", "--project", "boats", "--as", "problems"],
    ["import", "nothing.jsonl", "--project", "nowhere", "--as", "problems"],
    ["export", "--project", "boats", "--format", "messages"],
    ["export", "--project", "boats", "--format", "xml"],
    ["export", "--project", "boats", "--format", "trl-rl", "--name", "../up"],
    ["export", "--project", "boats", "--format", "trl-rl", "--by", "nobody"],
    ["export", "--project", "boats", "--format", "trl-rl", "--test", "2"],
    ["export", "--project", "boats", "--format", "sft-tokenized"],
    ["export", "--project", "boats", "--format", "kto", "--tokenizer", "nowhere/at-all"],
    ["user", "login", "nobody"],
    ["sandbox", "run", "nothing.py"],
    ["nonsense"],
]


@pytest.fixture
def boats(calm: Run, tmp_path: Path) -> Path:
    """A project with one problem, and the file that it was imported from."""
    assert calm("project", "create", "Boats").returncode == 0
    file = tmp_path / "boats.jsonl"
    file.write_text(PROBLEMS.splitlines()[0])
    done = calm("import", str(file), "--project", "boats", "--as", "problems")
    assert (done.returncode, done.stdout) == (0, "1 imported, 0 unchanged\n")
    assert done.stderr == ""
    return file


def test_an_import_reports_rows_that_failed(calm: Run, boats: Path) -> None:
    boats.write_text(PROBLEMS)
    done = calm("import", str(boats), "--project", "Boats", "--as", "problems", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert (report["imported"], report["unchanged"]) == (0, 1)
    assert [failed["row"] for failed in report["failed"]] == [2]


def test_columns_are_named_by_hand(calm: Run, boats: Path) -> None:
    boats.write_text('{"text": "How many cars?", "sum": 4}')
    arguments = ["import", str(boats), "--project", "boats", "--as", "problems", "--json"]
    done = calm(*arguments, "--map", "question=text", "--map", "answer=sum")
    assert json.loads(done.stdout)["imported"] == 1
    assert calm(*arguments, "--map", "colour=text").returncode == 2


def test_an_export_prints_its_manifest_and_copies_its_files(
    calm: Run, boats: Path, tmp_path: Path
) -> None:
    ask = ["export", "--project", "boats", "--format", "trl-rl", "--json"]
    assert json.loads(calm(*ask, "--preview").stdout)["total"] == 0
    arguments = [*ask, "--unchecked"]
    assert json.loads(calm(*arguments, "--preview").stdout)["splits"] == {"train": 1}
    out = tmp_path / "out"
    done = calm(*arguments, "--out", str(out))
    manifest = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert manifest["folder"] == str(out)
    assert manifest["counts"]["rows"] == 1
    assert {file["name"] for file in manifest["files"]} < {file.name for file in out.iterdir()}
    assert parquet.read_table(out / "train.parquet")["answer"].to_pylist() == ["12"]
    again = calm(*arguments)
    assert json.loads(again.stdout)["fingerprint"] == manifest["fingerprint"]
    assert calm(*arguments, "--out", str(out)).returncode == 2


@pytest.mark.usefixtures("boats")
def test_what_can_not_be_done_is_said_plainly(calm: Run) -> None:
    for arguments in NOT_DONE:
        done = calm(*arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert done.stderr.strip()
        assert "Traceback" not in done.stderr


def test_a_database_that_is_not_there_is_said(calm: Run) -> None:
    done = calm("project", "list", DATABASE_URL="postgresql://u:hidden@127.0.0.1:1/x")
    assert done.returncode == 2
    assert "database" in done.stderr
    assert "hidden" not in done.stderr
    assert "Traceback" not in done.stderr


def test_people_get_accounts_and_log_in_once(calm: Run, boats: Path) -> None:
    assert calm("user", "create", "ada", "--admin").returncode == 0
    assert calm("user", "role", "ada", "--project", "boats", "--as", "lead").returncode == 0
    address = json.loads(calm("user", "login", "ada", "--json").stdout)["address"]
    assert address.startswith("http://127.0.0.1:8321/login/once?token=")
    secret = "correct horse battery"
    assert calm("user", "password", "ada", stdin=f"{secret}\n{secret}\n").returncode == 0
    assert calm("user", "password", "ada", "--password", "short").returncode == 2


def test_the_doctor_lists_every_check(calm: Run) -> None:
    calm("migrate")
    done = calm("doctor", "--json")
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    assert {"isolation", "broker", "database", "solver highspy", "front-end packages"} <= set(
        checks
    )
    assert done.returncode == (0 if all(check["ok"] for check in checks.values()) else 1)
    assert checks["database"]["ok"]


@pytest.mark.parametrize("address", ["", "postgresql://me:secret@127.0.0.1:1/calm"])
def test_the_doctor_lists_every_check_where_the_database_is_not_ready(
    calm: Run, address: str
) -> None:
    done = calm("doctor", "--json", DATABASE_URL=address)
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    assert (done.returncode, checks["database"]["ok"]) == (1, False)
    assert "front-end packages" in checks
    assert "secret" not in done.stdout


@pytest.mark.parametrize(
    "option",
    [("--timeout", "0"), ("--timeout", "nan"), ("--timeout", "31536000"), ("--memory", "0")],
)
def test_limits_out_of_bounds_are_one_line(calm: Run, option: tuple[str, str]) -> None:
    done = calm("sandbox", "run", "-", *option, stdin="print(1)")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert option[0] in line


def test_a_program_runs_in_the_sandbox(calm: Run) -> None:
    done = calm("sandbox", "run", "-", "--json", stdin="print(6 * 7)")
    execution = json.loads(done.stdout)
    assert (done.returncode, execution["status"], execution["output"]) == (0, "ok", "42\n")
    promised = {"status", "stdout", "stderr", "wall_s", "isolation", "solves"}
    assert promised <= execution.keys()
    assert (execution["stdout"], execution["stderr"], execution["solves"]) == ("42\n", "", [])
    assert execution["isolation"]["level"] in ("full", "landlock", "none")
    assert execution["wall_s"] > 0
    broken = calm("sandbox", "run", "-", stdin="print(1 / 0)")
    assert broken.returncode == 1
    assert "ZeroDivisionError" in broken.stdout


def test_a_program_that_is_no_utf_8_is_executed(calm: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_bytes(b"print('caf\xe9')")
    done = calm("sandbox", "run", str(tmp_path / "odd.py"))
    assert (done.returncode, done.stdout) == (0, "caf\ufffd\n")


def test_a_name_that_two_projects_share_is_not_guessed(calm: Run, tmp_path: Path) -> None:
    calm("migrate")
    for name in ("Boats", "Boats", "boats-2"):
        calm("project", "create", name)
    file = tmp_path / "problems.jsonl"
    file.write_text('{"question": "How many?", "answer": 1}')
    done = calm("import", str(file), "--project", "Boats", "--as", "problems")
    assert (done.returncode, done.stdout) == (2, "")
    assert "boats, boats-2" in done.stderr
    assert calm("import", str(file), "--project", "boats-2", "--as", "problems").returncode == 0


def test_another_database_is_refused_in_a_line(calm: Run) -> None:
    done = calm("doctor", DATABASE_URL="mysql://me:secret@localhost/x")
    assert (done.returncode, done.stdout) == (2, "")
    assert "neither" in done.stderr
    assert "secret" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_setting_that_can_not_be_read_is_said(calm: Run) -> None:
    done = calm("project", "list", CALM_PORT="harbour")
    assert (done.returncode, done.stdout) == (2, "")
    assert "port" in done.stderr
    assert "Traceback" not in done.stderr
