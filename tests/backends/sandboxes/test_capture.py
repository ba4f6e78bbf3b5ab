"""Output within bounds, for any bytes in any pieces."""

from hypothesis import given
from hypothesis import strategies as st

from app.backends.sandboxes.capture import Capture, clean


@given(st.lists(st.binary(max_size=40)), st.integers(1, 30))
def test_head_and_tail_are_kept_and_the_rest_is_counted(pieces: list[bytes], keep: int) -> None:
    capture, whole = Capture(keep), b"".join(pieces)
    for piece in pieces:
        capture.feed(piece)
    assert capture.size == len(whole)
    assert capture.cut == max(0, len(whole) - keep)
    if not capture.cut:
        assert capture.text() == clean(whole.decode("utf-8", "replace"))


def test_what_was_left_out_is_said() -> None:
    capture = Capture(4)
    capture.feed(b"abcdefgh")
    assert capture.text() == "ab\n… 4 bytes left out …\ngh"


def test_text_is_fit_for_a_database() -> None:
    assert clean("a\0b\ud800c") == "a\ufffdb?c"
