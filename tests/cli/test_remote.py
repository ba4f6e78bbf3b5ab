"""`calm` and a server: a server process and a worker on one data folder, asked over HTTP."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.actions.accounts import create_user
from app.actions.tokens import create_token
from app.cli import COMMANDS, REMOTE
from app.core.roles import SCOPES, SCRIPT, Scope
from app.db.session import make_engine, transaction
from benchmarks.server import ROOT, Server, serving
from tests.cli.conftest import Run, environment

ROWS = [{"question": f"How many of {n} boats?", "answer": n} for n in range(1, 1100)]
VERDICT = {"from_name": "verdict", "type": "choices", "value": {"choices": ["golden"]}}
TASKS = [
    {
        "id": number,
        "data": {"question": f"How many of {number} boats?", "trace": "It is \\boxed{5}."},
        "annotations": [{"id": number, "completed_by": 1, "result": [VERDICT]}],
        "drafts": [{}] * (number - 1),
    }
    for number in (1, 2)
]
ELSEWHERE = [name for name in COMMANDS if name not in REMOTE]


class Remote:
    """A server, and `calm` asking it from a home without a data folder."""

    def __init__(self, server: Server, there: Path, home: Path, local: Run) -> None:
        self.server, self.there, self.home, self._run = server, there, home, local

    def token(self, *scopes: Scope) -> str:
        """A token of an administrator."""
        with transaction(make_engine(f"sqlite:///{self.there / 'calm.db'}")) as session:
            user = create_user(session, SCRIPT, f"ada {scopes}", None, admin=True)
            return create_token(session, SCRIPT, user.id, "ci", scopes or SCOPES, 7)

    def __call__(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        told = {"CALM_SERVER": self.server.place, "HOME": str(self.home)}
        told["XDG_CONFIG_HOME"] = str(self.home)
        return self._run(*arguments, **{**told, **more})


@pytest.fixture
def remote(calm: Run, tmp_path: Path, broker_url: str) -> Iterator[Remote]:
    there, home = tmp_path / "there", tmp_path / "home"
    home.mkdir()
    assert calm("--data", str(there), "migrate").returncode == 0
    outside = environment(there, REDIS_URL=broker_url)
    command = [sys.executable, "-P", "-m", "celery", "-A", "workers.app", "worker"]
    command += ["--queues", "model,execution", "--pool", "threads", "--loglevel", "ERROR"]
    with (
        serving("app.main:app", outside, tmp_path / "web.log") as server,
        (tmp_path / "worker.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, env=outside, stdout=log, stderr=log) as worker,
    ):
        yield Remote(server, there, home, calm)
        worker.terminate()


def test_a_project_goes_in_and_comes_out(remote: Remote, calm: Run, tmp_path: Path) -> None:
    bearer = remote.token()
    piped = remote("login", stdin=f"{bearer}\n")
    assert (piped.returncode, piped.stdout[:13]) == (0, "Logged in as "), piped.stderr
    [kept] = remote.home.rglob("tokens.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert remote("project", "create", "Boats", "--json").stdout == (
        calm("project", "create", "Boats", "--json").stdout
    )
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join([*map(json.dumps, ROWS), "{", '{"question": "?"}']))
    given = ["import", str(file), "--project", "Boats", "--as", "problems", "--json"]
    for _again in range(2):
        here, there = calm(*given), remote(*given)
        assert (here.returncode, here.stdout) == (there.returncode, there.stdout), there.stderr
    file.write_text("\n".join(map(json.dumps, [*TASKS, {"data": {}, "annotations": []}])))
    given = ["import", str(file), "--project", "Boats", "--as", "traces", "--json"]
    for imported in (2, 0):
        here, there = calm(*given), remote(*given)
        assert (here.returncode, here.stdout) == (there.returncode, there.stdout), there.stderr
        told = json.loads(here.stdout)
        assert (told["imported"], [row["row"] for row in told["failed"]]) == (imported, [3])
        assert [(each["row"], each["what"]) for each in told["left_out"]] == [(2, "drafts")]
    assert remote("project", "list").stdout == calm("project", "list").stdout
    out = ["export", "--project", "boats", "--format", "trl-rl", "--unchecked", "--json", "--name"]
    here = json.loads(calm(*out, "first", "--out", str(tmp_path / "here")).stdout)
    fetched = remote(*out, "first", "--out", str(tmp_path / "fetched"))
    there = json.loads(fetched.stdout)
    assert there["fingerprint"] == here["fingerprint"]
    names = {each.name for each in (tmp_path / "here").iterdir()}
    assert {each.name for each in (tmp_path / "fetched").iterdir()} == names
    left = json.loads(remote(*out, "second").stdout)
    assert left["address"].startswith(f"{remote.server.place}/p/boats/datasets/")
    preview = [*out[:-1], "--preview"]
    assert remote(*preview).stdout == calm(*preview).stdout
    again = remote(*out, "third", "--out", str(tmp_path / "fetched"))
    assert (again.returncode, again.stdout) == (2, "")
    assert not (remote.home / "data").exists()
    kept.chmod(0o644)
    assert "Others can read" in remote("project", "list").stderr
    kept.chmod(0o600)
    assert remote("logout").returncode == 0
    assert "calm login" in remote("project", "list").stderr


def test_what_goes_wrong_is_one_plain_line(remote: Remote, tmp_path: Path) -> None:
    bearer = remote.token("read")
    wrong: list[tuple[dict[str, str], list[str], str]] = [
        ({"CALM_TOKEN": "calm_x"}, ["project", "list"], "token"),
        ({"CALM_TOKEN": ""}, ["project", "list"], "CALM_TOKEN"),
        ({"CALM_TOKEN": bearer}, ["project", "create", "x"], ""),
        ({"CALM_TOKEN": bearer}, ["export", "--project", "no", "--format", "x"], "no project"),
        ({"CALM_TOKEN": bearer, "CALM_SERVER": "nonsense"}, ["project", "list"], "http(s)://"),
        (
            {"CALM_TOKEN": bearer, "CALM_SERVER": f"{remote.server.place}/login"},
            ["project", "list"],
            "no CALM Studio server",
        ),
        ({"CALM_SERVER": ""}, ["login"], "Name the server"),
        ({}, ["up"], "about this machine"),
    ]
    for more, arguments, told in wrong:
        done = remote(*arguments, **more)
        assert (done.returncode, done.stdout) == (2, ""), (arguments, done.stderr)
        assert told in done.stderr
        assert done.stderr.count("\n") == 1
        assert bearer not in done.stderr
    assert remote("login", stdin="calm_wrong\n").returncode == 2
    assert list(remote.home.rglob("tokens.json")) == []


@pytest.mark.parametrize("command", ELSEWHERE)
def test_a_command_about_this_machine_refuses(calm: Run, command: str) -> None:
    done = calm("--server", "http://127.0.0.1:1", command)
    assert (done.returncode, done.stdout) == (2, "")
    assert "about this machine" in done.stderr
