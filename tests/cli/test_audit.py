"""`calm audit` and `calm user remove`, as whoever owns the machine runs them."""

import json
import sqlite3
from pathlib import Path

from tests.cli.conftest import Run


def test_a_history_is_verified_kept_and_found_broken(calm: Run, tmp_path: Path) -> None:
    calm("user", "create", "anna")
    calm("user", "create", "boss", "--admin")
    head = calm("audit", "head").stdout.strip()
    assert head.startswith("2:")
    refused = calm("user", "remove", "anna", stdin="n\n")
    assert "becomes removed person 1" in refused.stderr
    assert refused.returncode == 2
    assert calm("user", "remove", "anna", "--yes").stdout == "anna is now removed person 1.\n"
    whole = calm("audit", "verify", "--head", head)
    assert (whole.returncode, whole.stdout.splitlines()[0]) == (
        0,
        "The history is whole: 3 events.",
    )
    erased = calm("audit", "erase", "1", "--why", "a test", "--yes")
    assert erased.returncode == 0
    assert json.loads(calm("audit", "verify", "--json").stdout)["erased_texts"] == 1
    with sqlite3.connect(tmp_path / "data" / "calm.db") as database:
        database.execute("DROP TRIGGER events_no_update")
        database.execute("UPDATE events SET verb = 'golden' WHERE id = 2")
    broken = calm("audit", "verify")
    assert broken.returncode == 1
    assert "Event 2, link 2: the event was changed" in broken.stdout
