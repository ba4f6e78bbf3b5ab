"""All rules together: the table is whole, good paths are left alone, hostile text costs no time."""

import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from app.core.flaws import DEFAULT
from app.detectors import RULES, detect, manual_computation
from app.detectors.distrust_of_results import optimum
from app.settings import ROOT
from tests.detectors.cases import SOLVE, case, code, rules

GOOD = code(SOLVE, "Optimal 20 5 23\n") + "So \\boxed{23}."
TABLE = (ROOT / "docs/detectors.md").read_text(encoding="utf-8")


def test_each_flaw_has_two_rules_or_more() -> None:
    for flaw in DEFAULT.flaws:
        assert sum(rule.flaw == flaw.id for rule in RULES) >= 2
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_is_documented(rule: Any) -> None:
    line = re.search(rf"^\| `{rule.name}` \| ([\w-]+) \| (.+) \| ([\d.]+) \|$", TABLE, re.M)
    assert line
    assert line.groups() == (rule.flaw, rule.about, f"{rule.confidence:.2f}")


@pytest.mark.parametrize(
    ("name", "many"),
    [
        ("trial-by-hand", manual_computation._TRIES),
        ("corners-by-hand", manual_computation._CORNERS),
        ("sums-by-hand", manual_computation._SUMS),
        ("worked-again", optimum._SUMS),
    ],
)
def test_a_rule_says_how_many_it_counts_to(name: str, many: int) -> None:
    [about] = [rule.about for rule in RULES if rule.name == name]
    assert about.startswith(f"{many} or more")


def test_a_good_path_is_left_alone() -> None:
    assert rules(GOOD) == []


@pytest.mark.parametrize("text", ["", "\n", "```python\n", "```output\n", "\\boxed{", "```\n" * 99])
def test_odd_paths_do_not_trouble_them(text: str) -> None:
    detect(case(text))


HOSTILE = [
    "1+",
    "1 + 1 ",
    "x = 1, ",
    "(1,",
    "if x = ",
    "a b ",
    "(1, 2) corner ",
    "24x + 10y ",
    "24x + 10y <= 530 ",
    "\\times 3 ",
    "let ",
    "round not ",
    "x_1[",
    "= 1 ",
    "Error ",
    "{",
    "- 1.",
    "\n",
    " \n",
    "Optimal 1.5 ",
    "print(",
    "for i in range(",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_time_in_proportion(piece: str) -> None:
    """Twice the text makes at most about twice the calls, in thoughts, code and outputs alike."""
    short, long = (_calls(_everywhere(piece * count)) for count in (500, 1_000))
    assert long <= 2.5 * short + 2_000


def _everywhere(text: str) -> Callable[[], object]:
    safe = text.replace("`", "'")
    whole = f"{safe}\n{code(SOLVE + safe + chr(10), 'Optimal 1.5' + safe + chr(10))}{safe}\n"
    made = case(whole + "So \\boxed{31}.", question=f"How many at least? {safe[:20_000]}")
    return lambda: detect(made)


def _calls(deed: Callable[[], object]) -> int:
    """The calls of Python and C functions that a deed makes."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        deed()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_line_of_a_hundred_thousand_characters_is_looked_at(piece: str) -> None:
    """Patterns that try again from every place would not end: this is for the whole run's limit."""
    detect(case(f"{piece * (100_000 // len(piece))}\nSo \\boxed{{31}}."))
