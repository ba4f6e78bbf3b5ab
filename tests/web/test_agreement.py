"""The charts of agreement tell of traces that several people judged, each for themselves."""

import csv
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from app.actions.accounts import actor_of, create_user, set_role
from app.actions.claims import claim_trace
from app.actions.judge_branch import judge_branch
from app.actions.judge_proposal import judge_proposal
from app.core.roles import SCRIPT
from app.db.session import transaction
from app.db.tables import Claim, Project, Trace
from tests.web.conftest import Browser
from tests.web.test_workbench import Desk


@pytest.fixture
def judged(engine: Engine, project: Project) -> None:
    """A trace that three people judged: two see the flaw and discard it, one does not."""
    desk = Desk(engine, project)
    with transaction(engine) as session:
        session.get_one(Trace, desk.trace).overlap = 3
        session.add_all(Claim(trace_id=desk.trace, slot=slot) for slot in (2, 3))
        for name, decision in (("ann", "accept"), ("bob", "accept"), ("eve", "reject")):
            user = create_user(session, SCRIPT, name, None)
            set_role(session, SCRIPT, project.id, user.id, "annotator")
            actor = actor_of(session, user, project.id)
            claim_trace(session, actor, desk.trace)
            judge_proposal(session, actor, desk.proposal, decision, reason="so")  # type: ignore[arg-type]
            verdict = "unsure" if name == "eve" else "discard"
            judge_branch(session, actor, desk.branch, verdict, "so")  # type: ignore[arg-type]


def table(browser: Browser, project: Project, chart: str) -> list[list[str]]:
    text = browser.get(f"/p/{project.slug}/insights/{chart}.csv").text
    return list(csv.reader(text.splitlines()))[1:]


@pytest.mark.usefixtures("judged")
def test_what_is_alike_is_counted_over_all_by_pair_by_flaw_and_by_week(
    project: Project, browser_of: Callable[..., Browser]
) -> None:
    viewer = browser_of("viewer")
    verdict, golden, flaw, step = table(viewer, project, "agreement-overall")
    assert [verdict[1], verdict[2]] == ["33.3333", "1"]
    assert golden[1] == "100"
    assert [flaw[1], step[1]] == ["33.3333", "100"]
    pairs = {row[0]: row[1] for row in table(viewer, project, "agreement-by-pair")}
    assert pairs == {"ann · bob": "100", "ann · eve": "0", "bob · eve": "0"}
    ((_title, alike, _traces, alpha, _fleiss),) = table(viewer, project, "agreement-by-flaw")
    assert (alike, float(alpha) < 0.1) == ("33.3333", True)
    assert len(table(viewer, project, "agreement-over-time")) == 1
    page = viewer.get(f"/p/{project.slug}/insights").text
    assert "Krippendorff" in page


@pytest.mark.usefixtures("judged")
def test_nothing_is_told_of_a_trace_that_somebody_has_yet_to_judge(
    project: Project, engine: Engine, browser_of: Callable[..., Browser]
) -> None:
    with transaction(engine) as session:
        trace = session.scalars(select(Trace)).one()
        trace.overlap = 4
        session.add(Claim(trace_id=trace.id, slot=4))
    viewer = browser_of("viewer")
    assert table(viewer, project, "agreement-by-pair") == []
    assert {row[1] for row in table(viewer, project, "agreement-overall")} <= {""}


def test_with_nobody_beside_another_the_charts_say_so(
    project: Project, browser_of: Callable[..., Browser]
) -> None:
    assert (
        "each for themselves, yet" in browser_of("viewer").get(f"/p/{project.slug}/insights").text
    )
