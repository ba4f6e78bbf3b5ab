"""The file system of the jail: an empty tmpfs with read-only binds of what Python needs.

Promise: inside there are the interpreter, its packages, the system's libraries, four devices, a
made-up passwd and an empty /tmp. There is no home, no project, no /proc, no /sys and no shell.
Source: pivot_root(2), the section on `pivot_root(".", ".")`.
"""

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from app.backends.sandboxes.jail import linux

SYSTEM = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache")
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_FILES = {
    "etc/passwd": "calm:x:1000:1000::/tmp:/nonexistent\n",
    "etc/group": "calm:x:1000:\n",
    "etc/hosts": "127.0.0.1 localhost\n",
}


def build(paths: Iterable[str], packages: Mapping[str, str]) -> None:
    """Make the jail and step into it: afterwards `/` is the jail's root for this process.

    `paths` are bound read-only at the place where they are, `packages` (from folder to place)
    elsewhere, so that a traceback does not tell where this project is installed. The caller has
    a mount namespace of its own and may mount in it. Raises OSError where it may not.
    """
    linux.mount("none", Path("/"), "", linux.MS_REC | linux.MS_PRIVATE)
    # Opened first: the new root hides one folder of the old one, and a source may lie in it.
    shown = {place: place for place in (*SYSTEM, *paths) if Path(place).exists()} | dict(packages)
    sources = [(place, os.open(source, os.O_PATH)) for source, place in shown.items()]
    devices = [(place, os.open(place, os.O_PATH)) for place in DEVICES]
    root = Path("/tmp")
    linux.mount("calm", root, "tmpfs", linux.MS_NOSUID, "size=1m,mode=0755")
    _furnish(root)
    for place, source in sources:
        _bind(root, place, source)
    for place, _ in devices:
        (root / place.lstrip("/")).touch()
    linux.make_read_only(root)
    for place, source in devices:  # after that: a device on a nodev mount can't be opened
        _bind(root, place, source)
    for _, source in (*sources, *devices):
        os.close(source)
    _enter(root)


def _furnish(root: Path) -> None:
    for folder in ("tmp", "etc", "dev", "usr"):
        (root / folder).mkdir()
    (root / "dev/shm").symlink_to("/tmp")
    for name, text in _FILES.items():
        (root / name).write_text(text)


def _bind(root: Path, place: str, source: int) -> None:
    target = root / place.lstrip("/")
    if Path(place).is_symlink() and not target.is_symlink():
        target.symlink_to(Path(place).readlink())
    elif target.is_file() and place in DEVICES:
        _bind_onto(target, source)
    elif not target.exists():  # else it came in with a folder above it
        if stat.S_ISDIR(os.fstat(source).st_mode):
            target.mkdir(parents=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        _bind_onto(target, source)


def _bind_onto(target: Path, source: int) -> None:
    linux.mount(f"/proc/self/fd/{source}", target, "", linux.MS_BIND | linux.MS_REC)


def _enter(root: Path) -> None:
    os.chdir(root)
    linux.pivot_root(".", ".")
    linux.unmount(Path())
    os.chdir("/")
