"""What a person reads of a trace: the rail, text, folds, and the threads between the columns."""

import re

import pytest

from app.core.trace import Step
from app.web.views.steps import shown_span
from tests.web.conftest import Browser
from tests.web.test_workbench import Desk, annotator, desk

__all__ = ["annotator", "desk"]


def rail(text: str) -> list[tuple[str, str]]:
    """The rail's items: their classes and their words."""
    return re.findall(r'<li class="([^"]*)"><a href="#step-\d+" title="([^"]*)"', text)


def test_the_rail_has_every_step_by_kind_and_says_what_waits(
    desk: Desk, annotator: Browser
) -> None:
    items = rail(annotator.get(desk.at).text)
    kinds = [re.findall(r"of-(\w+)", names)[0] for names, _ in items]
    assert kinds == ["thought", "code", "output", "output", "answer"]
    assert {"flawed", "expertise", "open"} <= set(items[0][0].split())
    assert "a flaw is proposed here, an open hint would stand here" in items[0][1]
    assert items[2][1] == "Step 3: output, error"
    assert "bad" in items[4][0].split()


def test_the_rail_leads_to_the_first_hint_until_a_verdict(desk: Desk, annotator: Browser) -> None:
    link = f'href="#proposal-{desk.proposal}" data-key="n" data-next'
    assert link in annotator.get(desk.at).text
    desk.deed(annotator, "verdict", decision="discard", reason="bad")
    assert link not in annotator.get(desk.at).text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("```python\nx = 1\n```\n", "x = 1"),
        ("```python\nx = 1\n\n \t```  \n\n", "x = 1\n"),
        ("```output\n9", "9"),
        ("```output\n", ""),
        ("```output\n" + " " * 40_000 + "9\n", " " * 40_000 + "9\n"),
    ],
)
def test_what_is_read_of_a_program_is_between_its_fences(text: str, shown: str) -> None:
    start, end = shown_span(Step(kind="code", author="reasoner", text=text))
    assert text[start:end] == shown
