"""How long a new user waits: from the clone to the first page, and at the second start.

`make bench` runs it. The clone is of this checkout's newest commit, with no cache of pip's. Beside
it, in the same run: an environment made by hand from the same lock, which is nearly all of it.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

from benchmarks.server import ROOT, free_port

PIP = ["-m", "pip", "install", "--quiet", "--no-cache-dir", "--no-compile", "--require-hashes"]


def main() -> None:
    """Measure everything and print it."""
    with tempfile.TemporaryDirectory(prefix="calm-bench-") as name:
        folder = Path(name)
        clone, plain = folder / "clone", folder / "plain"
        environment = {**os.environ, "CALM_DATA": str(folder / "data")}
        by_hand = timed(
            [sys.executable, "-m", "venv", plain],
            [plain / "bin" / "python", *PIP, "--no-deps", "-r", "requirements/base.lock"],
        )
        cloned = timed(["git", "clone", "--quiet", ROOT, clone])
        set_up = timed(["make", "-C", clone, "--silent", "setup"])
        first = until_first_page(clone, environment)
        second = until_first_page(clone, environment)
        megabytes = size(clone / ".venv") / 1e6
    print("| step | s | times the environment by hand |\n| --- | --- | --- |")
    print(f"| an environment by hand: `venv`, `pip install -r base.lock` | {by_hand:.1f} | 1 |")
    for step, seconds in (
        ("`git clone` and `make setup`", cloned + set_up),
        ("`calm up --no-demo` to the first page", first),
        ("clone to first page", cloned + set_up + first),
        ("the second start", second),
    ):
        print(f"| {step} | {seconds:.1f} | {seconds / by_hand:.2f} |")
    print(f"\n`.venv` holds {megabytes:.0f} MB afterwards.")


def timed(*commands: list[str | Path]) -> float:
    """Seconds that the commands take together."""
    began = time.monotonic()
    for command in commands:
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def until_first_page(clone: Path, environment: Mapping[str, str]) -> float:
    """Seconds from `calm up` to the end of the first page; afterwards it is stopped."""
    began = time.monotonic()
    command = [str(clone / ".venv/bin/calm"), "up", "--no-demo", "--port", str(free_port())]
    with subprocess.Popen(
        command, cwd=clone, env=environment, stdout=subprocess.PIPE, text=True
    ) as studio:
        try:
            with build_opener(HTTPCookieProcessor()).open(_address(studio.stdout or ())) as page:
                page.read()
            return time.monotonic() - began
        finally:
            studio.send_signal(signal.SIGINT)


def _address(printed: Iterable[str]) -> str:
    """The address that a person opens."""
    found = (re.search(r"http\S+", line) for line in printed)
    return next(match[0] for match in found if match)


def size(folder: Path) -> int:
    """Bytes of the files below `folder`."""
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file())


if __name__ == "__main__":
    main()
