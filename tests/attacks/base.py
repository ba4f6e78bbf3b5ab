"""Programs that try to leave the sandbox, to stay in it, or to lie about it.

Each prints `ESCAPED` where it reached what it must not; beside it is what it must come to instead,
at level full and, where that differs, at level landlock. `HOST` stands for a folder outside in
which everybody may write, `VICTIM` for the id of a process outside; `NEIGHBOUR_FOLDER` and
`NEIGHBOUR_ID` are those of another session that lives meanwhile.
"""

from typing import NamedTuple

from app.core.execution import Level, Status


class Outcome(NamedTuple):
    status: Status
    output: str = ""


class Attack(NamedTuple):
    """A program, its status, and words that its output holds."""

    code: str
    status: Status = "ok"
    output: str = ""
    landlock: Outcome | None = None

    def expected(self, level: Level) -> Outcome:
        full = Outcome(self.status, self.output)
        return self.landlock or full if level == "landlock" else full


DENIED = Outcome("error", "Permission denied")
REFUSED = Outcome("error", "not permitted")


def reaches(code: str) -> Attack:
    """For a file outside: full does not show it, landlock does not open it."""
    return Attack(f"import os\n{code}\nprint('ESCAPED')", "error", "No such file", DENIED)


def changes(code: str) -> Attack:
    """For attributes outside, which landlock does not cover: the filter refuses."""
    return Attack(f"import os\n{code}\nprint('ESCAPED')", "error", "No such file", REFUSED)


def libc_refuses(call: str) -> Attack:
    return Attack(libc(call), output="1\n")


def signals(call: str) -> Attack:
    """For a process outside: full does not see it."""
    return Attack(libc(call), output="3\n", landlock=Outcome("ok", "1\n"))


def libc(call: str) -> str:
    return (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        f"print('ESCAPED' if libc.{call} >= 0 else ctypes.get_errno())"
    )
