"""The folder of `calm export --out`: asked for before anything is built, and whole or not there."""

import shutil
import tempfile
from pathlib import Path

from app.core.errors import Conflict, Refused


def make_room(out: Path) -> None:
    """See that `out` can be made. Raises Conflict where something is in it, or OSError."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Conflict(f"{out} is there already, and not empty.")
    out.parent.mkdir(parents=True, exist_ok=True)


def copied(folder: Path, out: Path) -> Path:
    """Let a whole copy appear at `out`. Raises Refused, for the dataset itself is built by then."""
    try:
        with tempfile.TemporaryDirectory(prefix=".calm-", dir=out.parent) as draft:
            copy = shutil.copytree(folder, Path(draft) / "copy")
            if out.exists():
                out.rmdir()
            copy.rename(out)
    except OSError as error:
        why = f"It can't be copied to {out}: {_reason(error)}. It is built: {folder}"
        raise Refused(why) from error
    return out.resolve()


def _reason(error: OSError) -> str:
    """What went wrong; shutil gives all files that failed, with a sentence each, and no number."""
    if isinstance(error, shutil.Error):
        return str(error.args[0][0][2]).split(": ", 1)[0]
    return error.strerror or str(error)
