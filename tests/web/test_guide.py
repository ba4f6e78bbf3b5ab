"""The guided first trace: offered, gone on with, put away, begun again; each person's own."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from app.db.session import transaction
from app.db.tables import Project, ProposalRow, Trace
from tests.web.conftest import Browser

SEEN = {"seen": 10**6}


@pytest.fixture
def ann(browser_of: Callable[..., Browser], engine: Engine) -> Browser:
    """An annotator's browser; a hint waits on the trace."""
    with transaction(engine) as session:
        trace = session.scalars(select(Trace)).one()
        proposal = {
            "flaw": "wrong-objective",
            "evidence": [{"step": 0, "start": 0, "end": 3, "note": "x"}],
            "cut": {"step": 0, "offset": 0},
            "words": "Let me look again.",
            "source": {"kind": "rule", "name": "x"},
        }
        row = ProposalRow(trace_id=trace.id, branch_id=trace.branches[0].id, proposal=proposal)
        row.flaw, row.taxonomy_version, row.key = "wrong-objective", "1", "1"
        session.add(row)
    return browser_of("annotator")


@pytest.fixture
def at(project: Project) -> str:
    """The address of the trace."""
    return f"/p/{project.slug}/traces/1"


def step(browser: Browser, at: str) -> str:
    """The step that the page shows; "" without a guide."""
    found = re.search(r'id="guide" data-at="(\w+)"', browser.get(at).text)
    return found[1] if found else ""


def test_the_guide_moves_on_with_what_is_done(ann: Browser, at: str) -> None:
    assert step(ann, at) == "problem"
    for read, following in (("problem", "trace"), ("trace", "proposal"), ("proposal", "accept")):
        part = ann.post(f"{at}/guide", {"branch": 1, "step": read}, headers={"HX-Request": "true"})
        assert f'data-at="{following}"' in part.text
    ann.post(f"{at}/guide", {"branch": 1, "step": "accept"})
    assert step(ann, at) == "accept"
    ann.post(f"{at}/proposals/1", {**SEEN, "branch": 1, "decision": "reject", "reason": "no"})
    assert step(ann, at) == "verdict"
    ann.post(f"{at}/verdict", {**SEEN, "branch": 1, "decision": "unsure", "reason": "?"})
    assert step(ann, at) == "done"
    ann.post(f"{at}/guide/away", {"branch": 1})
    assert step(ann, at) == ""


def test_the_guide_is_put_away_and_begun_again_from_the_help(ann: Browser, at: str) -> None:
    ann.post(f"{at}/guide", {"branch": 1, "step": "problem"})
    ann.post(f"{at}/guide/away", {"branch": 1})
    assert step(ann, at) == ""
    assert f'action="{at}/guide/again"' in ann.get(at).text
    ann.post(f"{at}/guide/again")
    assert step(ann, at) == "problem"


def test_a_first_page_offers_it_until_a_trace_was_judged(
    ann: Browser, at: str, project: Project
) -> None:
    home = f"/p/{project.slug}"
    offer = f'action="{home}/guide"'
    assert offer in ann.get(home).text
    assert ann.post(f"{home}/guide").url.path == at
    ann.post(f"{at}/verdict", {**SEEN, "branch": 1, "decision": "unsure", "reason": "?"})
    assert offer not in ann.get(home).text


def test_a_viewer_is_not_guided(
    ann: Browser, browser_of: Callable[..., Browser], at: str, project: Project
) -> None:
    viewer = browser_of("viewer")
    assert step(viewer, at) == ""
    assert f"{at}/guide/again" not in viewer.get(at).text
    assert "two minutes" not in viewer.get(f"/p/{project.slug}").text


def test_an_annotator_is_not_sent_where_only_leads_may_go(
    browser_of: Callable[..., Browser], project: Project
) -> None:
    page = browser_of("annotator").get(f"/p/{project.slug}").text
    assert "a lead of this project sees to “Reasoner”" in page
    assert f'href="/p/{project.slug}/settings">' not in page.split('class="stations"')[1]


def test_the_guide_names_ones_own_keys(ann: Browser, at: str) -> None:
    ann.post("/account/keys", {"accept": "q"})
    for read in ("problem", "trace", "proposal"):
        ann.post(f"{at}/guide", {"branch": 1, "step": read})
    assert "press Q: it goes in" in ann.get(at).text
