"""The canonical row keeps a path to the byte, and its hash is over content alone."""

from app.core.answer import parse_reference
from app.core.trace import text_of
from export.masks import MaskPolicy
from export.rows import Row
from tests.export.sample_rows import PATH, bare_row, make_row


def test_the_segments_joined_are_the_path() -> None:
    assert make_row().text.encode() == text_of(PATH).encode()


def test_the_hash_survives_a_round_trip_and_tells_rows_apart() -> None:
    row = make_row()
    assert Row.model_validate_json(row.model_dump_json()).hash == row.hash
    others = [make_row(2), bare_row(), make_row(masks=MaskPolicy(hints=False))]
    assert len({row.hash, *(other.hash for other in others)}) == 4


def test_the_answer_is_read_back_as_the_reference() -> None:
    for row in (make_row(), bare_row()):
        assert parse_reference(row.answer) == row.reference
