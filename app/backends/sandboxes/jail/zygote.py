"""The fork-server: makes the jail once, imports the solvers in it, then forks sessions.

It is started by `forkserver` as a bare interpreter with a fixed environment and one socket. It
executes no program itself; it ends when the socket does, and with it, as PID 1 of its namespace,
everything that it forked. First it answers one line:
`{"ready": versions}` or `{"refused": reason}`.
"""

import gc
import importlib
import json
import os
import platform
import signal
import site
import socket
import stat
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app.backends.sandboxes.jail import landlock, linux, rootfs, runner, seccomp, session, watchers
from app.backends.sandboxes.jail.server import Server

ROOTS_STAND_IN = 60578
"""Whom a sandbox started by root runs as: RLIMIT_NPROC does not bind host uid 0, and this uid is
one that no distribution hands out."""


def main() -> None:
    """`sys.argv[1]`: {"socket": fd, "level": str, "paths": […], "packages": […], "preload": […]}.

    At level landlock nothing is made here: each program restricts itself, and what serves it
    stays free to watch it.
    """
    request = json.loads(sys.argv[1])
    sock = socket.socket(fileno=request["socket"])
    paths, packages = request["paths"], request["packages"]
    jail = session.Jail(request["level"], None, [])
    try:
        if jail.level == "full":
            places = {folder: f"/packages/{n}" for n, folder in enumerate(packages)}
            jail = jail._replace(proc=_enter_jail(paths, places, sock))
            packages = list(places.values())
        elif jail.level == "landlock":
            shown = [it for it in (*rootfs.SYSTEM, *paths, *packages) if Path(it).exists()]
            jail = jail._replace(shown=shown)
            landlock.abi()
            if os.geteuid() == 0:
                _become(ROOTS_STAND_IN, owner=not _open_to_all(shown))
        _preload(packages, request["preload"])
    except (OSError, ImportError) as problem:
        sock.send(json.dumps({"refused": str(problem)}).encode())
        return
    sock.send(json.dumps({"ready": _versions()}).encode())
    Server(sock, jail).serve()


def _enter_jail(paths: list[str], packages: dict[str, str], sock: socket.socket) -> int:
    """Returns, in a new process that is PID 1, a descriptor of the host's /proc.

    It is needed to write the id maps of later namespaces, and never reaches a program.
    """
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    if os.geteuid() == 0:
        linux.unshare(linux.CLONE_NEWNS)
        rootfs.build(paths, packages)
        _become(ROOTS_STAND_IN)
        session.enter_namespaces(proc)
    else:
        session.enter_namespaces(proc)
        rootfs.build(paths, packages)
    socket.sethostname("calm")
    init = os.fork()
    if init:
        sock.close()
        os.waitpid(init, 0)
        os._exit(0)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    return proc


def _open_to_all(places: list[str]) -> bool:
    """Whether any user may come to these, or only root, as with an installation in its home."""
    above = {folder for place in places for folder in (Path(place), *Path(place).parents)}
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in above if folder.is_dir())


def _become(uid: int, owner: bool = False) -> None:
    """Another user; as `owner` only in the count of processes, for root's files stay in reach."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, *(0, 0) if owner else (uid, uid))
    linux.prctl(linux.PR_SET_DUMPABLE, 1)  # else its own /proc files stay root's


def _preload(packages: list[str], modules: list[str]) -> None:
    sys.path += packages
    os.environ["PYTHONPATH"] = os.pathsep.join(packages)  # for a Python that a program starts
    site.sethelper()  # with the next, builtins that programs and gurobipy count on
    site.setquit()
    watchers.watch_imports()
    for name in modules:
        with suppress(Exception):  # a solver that is not installed, or broken, is not an error
            importlib.import_module(name)
    runner.rehearse()
    seccomp.behind_namespaces()
    seccomp.behind_landlock()
    gc.collect()
    gc.freeze()  # else a collection in a session copies every page that it looks at


def _versions() -> dict[str, str]:
    """Of Python and of what was imported beforehand."""
    loaded = {name.partition(".")[0] for name in sys.modules}
    versions = {"python": platform.python_version()}
    for name in sorted(loaded - sys.stdlib_module_names - {"app"}):
        with suppress(PackageNotFoundError, ValueError):  # some name their modules oddly
            versions[name] = version(name)
    return versions
