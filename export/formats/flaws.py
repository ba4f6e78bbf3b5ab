"""`flaws`: traces with their first flaw, for whoever trains or measures a finder of flaws.

One record for each text that a hint corrected, with the flaw, the words that it shows in, and the
hint; and one, with no flaw, for each golden path.
"""

from collections.abc import Iterator
from typing import Any

from export.formats.base import Format, Record
from export.formats.texts import forks
from export.rows import Correction, Row, text_of

_FLAWLESS: Record = {"flaw": None, "group": None, "evidence": [], "at": None, "hint": None}


def make() -> Format:
    """The format."""
    return Format("flaws", 1, "path", records, schema)


def records(row: Row, tokens: object = None) -> Iterator[Record]:
    """`question`, `text`, `correct`, `flaw` and `group` (null: flawless), `evidence` (places in
    `text` that a flaw shows in, with what is wrong there), `at` and `hint` (where the hint went in
    and its words), and the `id` of the row."""
    head = {"question": row.problem.question, "id": row.id}
    if row.verdict == "golden":
        yield head | _FLAWLESS | {"text": row.text, "correct": row.grade and row.grade.correct}
    for correction, before, behind in forks(row):
        text = before + text_of(correction.left)
        found = {"at": len(before), "hint": behind[0].text.strip()}
        yield head | found | {"text": text} | _flaw_of(correction)


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    text, number = pa.string(), pa.int64()
    span = pa.struct([("start", number), ("end", number), ("note", text)])
    words = [(name, text) for name in ("question", "text", "flaw", "group", "hint", "id")]
    others = [("correct", pa.bool_()), ("evidence", pa.list_(span)), ("at", number)]
    return pa.schema([*words, *others])


def _flaw_of(correction: Correction) -> Record:
    return {
        "correct": correction.left_correct,
        "flaw": correction.flaw,
        "group": correction.group,
        "evidence": [span.model_dump() for span in correction.evidence],
    }
