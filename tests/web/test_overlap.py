"""Under overlap a page shows its person nothing of what the others did, until they are done."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from app.db.session import transaction
from app.db.tables import Branch, Claim, Project, Trace, Verdict
from tests.web.conftest import Browser
from tests.web.test_workbench import Desk

Browsers = Callable[..., Browser]


@pytest.fixture
def desk(engine: Engine, project: Project) -> Desk:
    """A trace that two people judge."""
    made = Desk(engine, project)
    with transaction(engine) as session:
        session.get_one(Trace, made.trace).overlap = 2
        session.add(Claim(trace_id=made.trace, slot=2))
    return made


@pytest.fixture
def two(desk: Desk, browser_of: Browsers) -> tuple[Browser, Browser]:
    """The two, a lead and an annotator, who hold it."""
    people = browser_of("annotator"), browser_of("lead")
    for each in people:
        assert desk.deed(each, "claim").status_code == 303
    return people


def test_what_one_does_is_not_on_the_others_pages(desk: Desk, two: tuple[Browser, Browser]) -> None:
    one, other = two
    accepted = desk.deed(one, f"proposals/{desk.proposal}", decision="accept")
    begun = desk.rows(Branch)[-1].id
    assert f"branch={begun}" in accepted.headers["location"]
    assert "branch 2" in one.get(desk.at).text
    page = other.get(desk.at).text
    assert "branch 2" not in page
    assert f'data-proposal="{desk.proposal}"' in page
    for hidden in (f"?branch={begun}", f"/trace?branch={begun}", f"/compare?right={begun}"):
        assert other.get(desk.at + hidden).status_code == 404
    # What the other decides now is no stale page's decision: nothing that it shows has changed.
    rejected = desk.deed(other, f"proposals/{desk.proposal}", 0, decision="reject", reason="no")
    assert rejected.status_code == 303
    assert "branch 2" not in other.get(f"{desk.at}/compare").text
    assert f'data-proposal="{desk.proposal}"' not in other.get(desk.at).text


def test_lists_and_search_show_everybodys_branches_alone(
    desk: Desk, two: tuple[Browser, Browser]
) -> None:
    one, other = two
    words = {
        "flaw": "wrong-variables",
        "step": 1,
        "quote": "I round it",
        "words": "Zanzibar ships.",
    }
    assert desk.deed(one, "hint", **words).status_code == 303
    root = desk.at.rpartition("/traces")[0]
    assert "growing" not in other.get(f"{root}/queue").text
    assert "Nothing has all these words" in other.get(f"{root}/search?q=Zanzibar").text


def test_once_done_one_sees_the_others_and_a_third_person_decides(
    desk: Desk, two: tuple[Browser, Browser], browser_of: Browsers
) -> None:
    one, other = two
    reviewer = browser_of("reviewer")
    assert "hold it first" in reviewer.get(desk.at).text
    desk.deed(one, "verdict", decision="discard", reason="Mumbai")
    assert "Mumbai" not in other.get(desk.at).text
    assert "Mumbai" not in other.get(f"{desk.at}/judges").text
    assert "1 of 2 who judge it is done." in other.get(desk.at).text
    desk.deed(other, "verdict", decision="unsure", reason="Nairobi")
    assert [each.final for each in desk.rows(Verdict)] == [False, False]
    assert "after having seen" not in reviewer.get(f"{desk.at}/judges").text
    desk.deed(other, "undo")
    desk.deed(other, "verdict", decision="unsure", reason="Nairobi")
    assert reviewer.get(f"{desk.at}/judges").text.count("after having seen the others") == 1
    assert "They differ: you decide." in reviewer.get(desk.at).text
    page = reviewer.get(f"{desk.at}/judges").text
    assert "Mumbai" in page
    assert "Nairobi" in page
    assert "Open the branch that you hold for right" in page
    assert desk.deed(reviewer, "verdict", decision="discard", reason="so").status_code == 303
    assert [each.final for each in desk.rows(Verdict)] == [False, False, False, True]
    assert "Decided by" in one.get(f"{desk.at}/judges").text


def test_where_they_agree_nobody_is_told_to_decide_and_a_reviewer_still_can(
    desk: Desk, two: tuple[Browser, Browser], browser_of: Browsers
) -> None:
    for each in two:
        desk.deed(each, "verdict", decision="discard", reason="so")
    reviewer = browser_of("reviewer")
    assert "They differ" not in reviewer.get(desk.at).text
    assert "hold for right" not in reviewer.get(f"{desk.at}/judges").text
    desk.deed(reviewer, "verdict", decision="unsure", reason="look again")
    assert desk.rows(Trace)[0].state == "unsure"


def test_a_lead_takes_it_from_whoever_holds_it(desk: Desk, browser_of: Browsers) -> None:
    one, lead = browser_of("annotator"), browser_of("lead")
    desk.deed(one, "claim")
    assert 'id="held"' in one.get(desk.at).text
    assert "/free" not in one.get(desk.at).text
    assert "/free" in lead.get(desk.at).text
    desk.deed(lead, "free")
    assert 'id="held"' not in one.get(desk.at).text


def test_a_report_of_work_says_how_long_the_trace_is_held(desk: Desk, browser_of: Browsers) -> None:
    one = browser_of("annotator")
    report = f"{desk.at}/time"
    assert one.post(report, {"seconds": 5}).headers["Calm-Held"] == "0"
    desk.deed(one, "claim")
    assert int(one.post(report, {"seconds": 5}).headers["Calm-Held"]) > 60
