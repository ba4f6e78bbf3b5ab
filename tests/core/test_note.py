"""Notes as they are stored: those of every version are read for ever."""

import json
from pathlib import Path

from app.core.note import ASKED, FOUND, Cell, CellFound, ModelFound, OtherModel

GOLDEN = Path(__file__).with_name("golden") / "notes_1.json"


def test_notes_of_version_1_are_read() -> None:
    stored = json.loads(GOLDEN.read_text())
    cell, other = (ASKED.validate_python(each) for each in stored["asked"])
    assert isinstance(cell, Cell)
    assert cell.code == "print(1)\n"
    assert isinstance(other, OtherModel)
    assert other.changes.rows[0].upper == 30
    assert other.differences[0].where == "room"
    ran, solved = (FOUND.validate_python(each) for each in stored["found"])
    assert isinstance(ran, CellFound)
    assert (ran.output, ran.execution.status, list(ran.examinations)) == ("1\n", "ok", [0])
    assert isinstance(solved, ModelFound)
    assert solved.resolved.after
    assert solved.resolved.after.objective == 90
    assert solved.resolved.moved[0].name == "x"


def test_what_is_stored_now_is_what_is_kept() -> None:
    stored = json.loads(GOLDEN.read_text())
    for adapter, kept in ((ASKED, stored["asked"]), (FOUND, stored["found"])):
        for each in kept:
            read = adapter.validate_python(each)
            assert adapter.dump_python(read, mode="json") == each
