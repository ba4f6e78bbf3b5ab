"""Who is mentioned in a comment."""

import pytest

from app.core.mentions import mentioned

NAMES = ["ann", "Ann Lee", "annabel", "o'neil", "李雷"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@ann look", {"ann"}),
        ("@annabel, look", {"annabel"}),
        ("@Ann Lee: look, and @ANN", {"Ann Lee", "ann"}),
        ("ask @o'neil.", {"o'neil"}),
        ("请看 @李雷 的提示", {"李雷"}),
        ("mail ann@ann.example", set()),
        ("ann", set()),
        ("@anna", set()),
        ("(.*)@(.*)", set()),
    ],
)
def test_a_name_behind_an_at(text: str, found: set[str]) -> None:
    assert mentioned(text, NAMES) == found


def test_nobody_is_mentioned_where_nobody_is() -> None:
    assert mentioned("@ann", []) == set()
