"""The page of two branches: what each came to, and who may see it."""

import re
from collections.abc import Callable

import pytest

from app.core.trace import Step
from app.db.convert import add_steps
from app.db.session import transaction
from app.db.tables import Branch
from app.web import side_by_side
from tests.web.conftest import Browser
from tests.web.test_workbench import Desk, desk

__all__ = ["desk"]  # a fixture


@pytest.fixture
def annotator(browser_of: Callable[..., Browser]) -> Browser:
    """Somebody who may judge."""
    return browser_of("annotator")


def hinted(desk: Desk, annotator: Browser) -> int:
    """The branch that goes on from the accepted hint, ended."""
    desk.deed(annotator, f"proposals/{desk.proposal}", decision="accept")
    with transaction(desk.engine) as session:
        branch = max(session.query(Branch), key=lambda each: each.id)
        branch.outcome, branch.answer = "answered", "12"
        branch.grade = {"correct": True, "reason": "equals 12", "rule": "strict"}
        return branch.id


def test_a_branch_beside_the_one_it_was_cut_from(desk: Desk, annotator: Browser) -> None:
    right = hinted(desk, annotator)
    text = annotator.get(f"{desk.at}/compare?right={right}").text
    assert "<script>alert" not in text
    assert "Both begin with the same 1 step" in text
    assert re.search(r"<ins>\s*Ships are whole, so I should say so in the model.", text)
    assert re.search(r"<del>[^<]*print", text)
    calls = '<tr class="differs"><td>1</td><th scope="row">code calls</th><td>0</td></tr>'
    assert calls in text
    assert f"{desk.at}/compare?right={right}" in annotator.get(f"{desk.at}?branch={right}").text


def test_what_was_not_compared_word_for_word_says_so(
    desk: Desk, annotator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side_by_side, "MOST", 1)
    right = hinted(desk, annotator)
    with transaction(desk.engine) as session:
        branch = session.get_one(Branch, right)
        branch.cut_step, branch.cut_offset = 0, 0
        text = "Other words altogether.\nAnd a line.\n"
        add_steps(session, branch, [Step(kind="thought", author="reasoner", text=text)])
    text = annotator.get(f"{desk.at}/compare?right={right}").text
    assert "Too much to compare: these two stand whole." in text


def test_any_two_and_one_with_itself(desk: Desk, annotator: Browser) -> None:
    right = hinted(desk, annotator)
    swapped = annotator.get(f"{desk.at}/compare?left={right}&right={desk.branch}").text
    assert re.search(r"<del>\s*Ships are whole", swapped)
    assert (
        "The same to the last word" in annotator.get(f"{desk.at}/compare?right={desk.branch}").text
    )


def test_a_branch_of_another_trace_is_not_found(desk: Desk, annotator: Browser) -> None:
    assert annotator.get(f"{desk.at}/compare?right=99999").status_code == 404
