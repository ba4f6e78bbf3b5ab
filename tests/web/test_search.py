"""The search page: what it shows, to whom, and how hostile texts and queries fare."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from app.actions.projects import create_project
from app.core.roles import SCRIPT
from app.core.trace import Step
from app.db.convert import add_steps
from app.db.session import transaction
from app.db.tables import Branch, ProblemRow, Project, ProposalRow, Trace
from app.web.views.search import FEW
from tests.web.conftest import HOSTILE, Browser


@pytest.fixture
def viewer(browser_of: Callable[..., Browser]) -> Browser:
    """Somebody who may look."""
    return browser_of("viewer")


def test_a_problem_and_a_step_are_found_with_their_words_marked(
    viewer: Browser, project: Project, engine: Engine
) -> None:
    with transaction(engine) as session:
        branch = session.scalars(select(Branch)).one()
        told = Step(kind="thought", author="reasoner", text="Twelve ducks swim & rest.")
        add_steps(session, branch, [told])
        address = f"/p/{project.slug}/traces/{branch.trace_id}?branch={branch.id}#step-3"
    page = viewer.get(f"/p/{project.slug}/search?q=DUCKS").text
    assert "How many &lt;b&gt;<mark>ducks</mark>&lt;/b&gt; &amp; geese" in page
    assert "Twelve <mark>ducks</mark> swim &amp; rest." in page
    assert f'href="{address}"' in page
    assert "thought, step 3 of branch 1" in page
    only = viewer.get(f"/p/{project.slug}/search?q=ducks&kind=step").text
    assert "swim" in only
    assert "geese" not in only


def test_a_hint_is_found_at_its_place(viewer: Browser, project: Project, engine: Engine) -> None:
    with transaction(engine) as session:
        branch = session.scalars(select(Branch)).one()
        session.add(a_hint(branch, f"Ducks are whole {HOSTILE}."))
    page = viewer.get(f"/p/{project.slug}/search?q=%22ducks+are%22").text
    assert "open hint, step 2 of branch 1" in page
    assert "<mark>Ducks are</mark> whole &lt;script&gt;" in page
    assert HOSTILE not in page


def a_hint(branch: Branch, words: str) -> ProposalRow:
    return ProposalRow(
        trace_id=branch.trace_id,
        branch_id=branch.id,
        flaw="wrong-variables",
        taxonomy_version="1",
        key="k",
        proposal={
            "flaw": "wrong-variables",
            "evidence": [{"step": 1, "start": 0, "end": 2, "note": "n"}],
            "cut": {"step": 1, "offset": 0},
            "words": words,
            "source": {"kind": "rule", "name": "r"},
        },
    )


@pytest.mark.parametrize(
    "typed",
    ['"', "*", "a AND", "NEAR(", "'); DROP TABLE x;--", "\x00", "-", "words:x", "x" * 9_000],
)
def test_nothing_that_can_be_typed_is_an_error(
    viewer: Browser, project: Project, typed: str
) -> None:
    for place in ("/search", f"/p/{project.slug}/search"):
        assert viewer.client.get(place, params={"q": typed}).status_code == 200


def test_a_person_finds_what_their_projects_hold_and_nothing_else(
    viewer: Browser, browser_of: Callable[..., Browser], project: Project, engine: Engine
) -> None:
    with transaction(engine) as session:
        other = create_project(session, SCRIPT, "Secret")
        reference = {"kind": "unknown"}
        row = ProblemRow(project_id=other.id, key="s", question="covert ducks", reference=reference)
        session.add(row)
    assert "covert" not in viewer.get("/search?q=ducks").text
    assert "geese" in viewer.get("/search?q=ducks").text
    assert viewer.get("/p/secret/search?q=ducks").status_code == 404
    assert "Nothing has" in browser_of(None).get("/search?q=ducks").text
    everything = browser_of("viewer", admin=True).get("/search?q=ducks").text
    assert "covert <mark>ducks</mark>" in everything
    assert "· Secret" in everything


def test_pages_of_a_kind_follow_each_other(
    viewer: Browser, project: Project, engine: Engine
) -> None:
    with transaction(engine) as session:
        reference = {"kind": "unknown"}
        session.add_all(
            ProblemRow(
                project_id=project.id, key=f"k{at}", question=f"goose {at}.", reference=reference
            )
            for at in range(FEW + 40)
        )
    few = viewer.get(f"/p/{project.slug}/search?q=goose").text
    assert few.count("<mark>") == FEW
    address = f"/p/{project.slug}/search?q=goose&amp;kind=problem"
    assert f'href="{address}" rel="next"' in few
    first = viewer.get(address.replace("&amp;", "&")).text
    assert first.count("<mark>") == 40
    following = first.split('rel="next"')[0].rpartition('href="')[2].split('"')[0]
    second = viewer.get(following.replace("&amp;", "&")).text
    assert second.count("<mark>") == FEW
    assert "goose</mark> 0." in second
    assert "goose</mark> 0." not in first
    assert 'rel="next"' not in second


def test_a_trial_and_a_branch_left_behind_say_so(
    viewer: Browser, project: Project, engine: Engine
) -> None:
    with transaction(engine) as session:
        first = session.scalars(select(Branch)).one()
        place = {"parent": first, "cut_step": 1, "cut_offset": 3, "outcome": "answered"}
        trace = session.scalars(select(Trace)).one()
        for number, words in ((None, "drakes"), (2, "swans")):
            branch = Branch(trace=trace, number=number, set_aside=number == 2, **place)
            session.add(branch)
            session.flush()
            add_steps(session, branch, [Step(kind="code", author="reasoner", text=words)])
    found = viewer.get(f"/p/{project.slug}/search?q=drakes").text
    assert "code, step 3 of a trial" in found
    found = viewer.get(f"/p/{project.slug}/search?q=swans").text
    assert "code, step 3 of branch 2, set aside" in found
