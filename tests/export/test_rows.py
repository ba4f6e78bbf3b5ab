"""The canonical row keeps a path to the byte, and its hash is over content alone."""

import hashlib
import json

from app.core.answer import parse_reference
from app.core.masks import MaskPolicy
from app.core.trace import text_of
from export.rows import Row
from export.upgrade import row_from
from tests.export.sample_rows import PATH, bare_row, discarded_row, make_row


def test_the_segments_joined_are_the_path() -> None:
    assert make_row().text.encode() == text_of(PATH).encode()


def test_the_hash_survives_a_round_trip_and_tells_rows_apart() -> None:
    row = make_row()
    assert Row.model_validate_json(row.model_dump_json()).hash == row.hash
    others = [make_row(2), bare_row(), make_row(masks=MaskPolicy(hints=False)), discarded_row()]
    assert len({row.hash, *(other.hash for other in others)}) == 5


def test_no_id_of_an_installation_is_in_the_hash() -> None:
    row = make_row()
    assert row.lineage
    elsewhere = row.lineage.model_copy(update={"problem_id": 99, "project": "other"})
    moved = Row.model_validate(row.model_dump() | {"lineage": elsewhere.model_dump()})
    assert moved.id == row.id
    assert row.hash.startswith(row.id)


def test_what_rows_exports_is_read_back_as_the_row() -> None:
    for row in (make_row(), bare_row(), discarded_row()):
        stored = json.loads(json.dumps({"id": row.id, **row.content}))
        assert row_from(stored).hash == row.hash
        written = json.dumps(row.content, ensure_ascii=False, separators=(",", ":"))
        assert hashlib.sha256(written.encode()).hexdigest() == row.hash


def test_the_answer_is_read_back_as_the_reference() -> None:
    for row in (make_row(), bare_row()):
        assert parse_reference(row.answer) == row.reference
