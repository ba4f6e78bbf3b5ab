"""The language of a problem: what is sure is said, and nothing else."""

import pytest

from app.core.tongue import language_of, tag_of


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("A factory makes two products. How many of each should it make?", "en"),
        ("Feed has at least $700 \\mathrm{~g}$ of protein and $30 \\mathrm{~g}$ of fat.", "en"),
        ("工厂生产两种产品 A 和 B，怎样使利润最大？", "zh"),
        ("工場は二つの製品を作る。", "ja"),
        ("공장은 두 제품을 만든다.", "ko"),
        ("Eine Fabrik stellt zwei Produkte her und möchte den Gewinn maximieren.", ""),
        ("max 3x + 2y s.t. x + y <= 4", ""),
        ("", ""),
        ("\ud800 123", ""),
    ],
)
def test_a_language_is_found_where_something_says_it(text: str, tag: str) -> None:
    assert language_of(text) == tag


@pytest.mark.parametrize(
    ("word", "tag"),
    [("zh-Hans", "zh"), ("EN", "en"), (" Chinese ", "zh"), ("klingon", ""), ("", ""), ("e1", "")],
)
def test_names_of_languages_are_read(word: str, tag: str) -> None:
    assert tag_of(word) == tag
