"""What is sent twice, sent late, or taken back; and what is told about flaws."""

import re
from collections.abc import Callable
from queue import Queue
from threading import Thread

import pytest
from fastapi import Request
from fastapi.responses import HTMLResponse
from httpx2 import Response
from sqlalchemy import update

from app.actions.judge_branch import judge_branch
from app.core.flaw_examples import EXAMPLES, examples_of
from app.core.flaws import DEFAULT, Flaw
from app.core.roles import SCRIPT
from app.db.session import transaction
from app.db.tables import Branch, Judgement, Project, ProposalRow, Trace, Verdict
from app.web import deps
from app.web.templates import render
from tests.web.conftest import Browser
from tests.web.test_workbench import Desk, desk

__all__ = ["desk"]  # a fixture


@pytest.fixture
def annotator(browser_of: Callable[..., Browser]) -> Browser:
    """Somebody who may judge."""
    return browser_of("annotator")


def seen_by(browser: Browser, desk: Desk) -> int:
    """The newest event that a page of the trace has seen."""
    return int(re.findall(r'name="seen" value="(\d+)"', browser.get(desk.at).text)[0])


def test_a_late_page_is_shown_what_others_did_and_keeps_the_words(
    desk: Desk, annotator: Browser, browser_of: Callable[..., Browser]
) -> None:
    other = browser_of("reviewer")
    seen = seen_by(annotator, desk)
    desk.deed(other, f"proposals/{desk.proposal}", decision="reject", reason="it is fine")
    desk.deed(other, "verdict", decision="unsure", reason="hard")
    late = desk.deed(annotator, "verdict", seen, decision="discard", reason="a bad problem")
    assert late.status_code == 409
    assert "rejected a hint: “Ships are whole, so I should say so in the model.”" in late.text
    assert "“it is fine”" in late.text
    assert "was unsure: “hard”" in late.text
    assert "a bad problem</textarea>" in late.text
    assert [each.decision for each in desk.rows(Verdict)] == ["unsure"]


def test_nobody_waits_for_a_page_that_shows_what_was_done(
    desk: Desk,
    annotator: Browser,
    browser_of: Callable[..., Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen, written = seen_by(annotator, desk), list[str]()

    def rendered(request: Request, template: str, *args: int, **context: object) -> HTMLResponse:
        if request.method == "POST":
            with desk.engine.begin() as other:
                other.execute(update(Trace).where(Trace.id == desk.trace).values(model="another"))
            written.append(template)
        return render(request, template, *args, **context)

    monkeypatch.setattr(deps, "render", rendered)
    other = browser_of("reviewer")
    other.client.headers["HX-Request"] = "true"
    assert desk.deed(other, "verdict", seen, decision="unsure", reason="hard").status_code == 200
    late = desk.deed(annotator, "verdict", seen, decision="discard", reason="a bad problem")
    assert late.status_code == 409
    assert written == ["parts/after_change.html", "pages/overtaken.html"]


def test_a_decision_that_is_just_being_made_is_waited_for(desk: Desk, annotator: Browser) -> None:
    seen, answers = seen_by(annotator, desk), Queue[Response]()

    def decide() -> None:
        answers.put(desk.deed(annotator, "verdict", seen, decision="discard", reason="bad"))

    late = Thread(target=decide)
    with transaction(desk.engine) as session:
        judge_branch(session, SCRIPT, desk.branch, "unsure", "hard")
        session.flush()
        late.start()
        late.join(0.5)
    late.join()
    assert answers.get().status_code == 409
    assert [each.decision for each in desk.rows(Verdict)] == ["unsure"]


def test_htmx_is_shown_it_with_the_page_as_it_is_now(
    desk: Desk, annotator: Browser, browser_of: Callable[..., Browser]
) -> None:
    seen = seen_by(annotator, desk)
    reject = {"decision": "reject", "reason": "no"}
    desk.deed(browser_of("reviewer"), f"proposals/{desk.proposal}", **reject)
    annotator.client.headers["HX-Request"] = "true"
    late = desk.deed(annotator, "verdict", seen, decision="discard", reason="bad")
    assert late.status_code == 409
    assert re.search(r'id="review"[^>]*hx-swap-oob', late.text)
    now = int(re.findall(r'name="seen" value="(\d+)"', late.text)[0])
    assert now > seen
    assert desk.deed(annotator, "verdict", now, decision="discard", reason="bad").status_code == 200


def test_undo_sent_twice_takes_one_decision_back(desk: Desk, annotator: Browser) -> None:
    desk.deed(annotator, f"proposals/{desk.proposal}", decision="reject", reason="no")
    desk.deed(annotator, "verdict", decision="unsure", reason="hard")
    seen = seen_by(annotator, desk)
    desk.deed(annotator, "undo", seen)
    desk.deed(annotator, "undo", seen)
    assert [each.undone_at for each in desk.rows(Judgement)] == [None]
    desk.deed(annotator, "undo", seen_by(annotator, desk))
    assert [each.undone_at is None for each in desk.rows(Judgement)] == [False]


def test_a_hint_of_ones_own_sent_twice_is_one_and_can_come_back(
    desk: Desk, annotator: Browser
) -> None:
    form = {"flaw": "wrong-variables", "step": 1, "quote": "I round it", "words": "Whole ships."}
    first, again = (desk.deed(annotator, "hint", **form) for _ in range(2))
    assert first.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert first.headers["location"].endswith("#step-2")
    desk.deed(annotator, "undo")
    assert desk.deed(annotator, "hint", **form).status_code == 303
    assert [each.set_aside for each in desk.rows(Branch)] == [False, True, False]


def test_any_judgement_of_ones_own_can_be_undone_and_nobody_elses(
    desk: Desk, annotator: Browser, browser_of: Callable[..., Browser]
) -> None:
    with transaction(desk.engine) as session:
        row = session.get_one(ProposalRow, desk.proposal)
        fields = {"trace_id": row.trace_id, "branch_id": row.branch_id, "flaw": row.flaw}
        second = ProposalRow(
            **fields, taxonomy_version="1", proposal=dict(row.proposal), key="other"
        )
        session.add(second)
        session.flush()
        other = second.id
    for proposal in (desk.proposal, other):
        desk.deed(annotator, f"proposals/{proposal}", decision="reject", reason="no")
    first, last = sorted(each.id for each in desk.rows(Judgement))
    reviewer = browser_of("reviewer")
    assert "Undo this" not in reviewer.get(desk.at).text
    assert desk.deed(reviewer, "undo", judgement=first).status_code == 409
    assert annotator.get(desk.at).text.count("Undo this") == 2
    desk.deed(annotator, "undo", judgement=first)
    standing = [each.id for each in desk.rows(Judgement) if each.undone_at is None]
    assert standing == [last]
    desk.deed(annotator, "verdict", decision="unsure", reason="hard")
    refused = desk.deed(annotator, "undo", judgement=last)
    assert "has a verdict" in refused.text


def test_every_flaw_of_the_studio_has_examples_and_a_project_its_own(
    desk: Desk, annotator: Browser
) -> None:
    assert set(EXAMPLES) == {flaw.id for flaw in DEFAULT.flaws}
    for flaw in DEFAULT.flaws:
        assert examples_of(flaw).good
        assert examples_of(flaw).bad
    own = Flaw(id="wrong-variables", group="expertise", title="x", definition="y", good=("Mine.",))
    assert examples_of(own).good == ("Mine.",)
    assert examples_of(own.model_copy(update={"id": "new", "good": ()})).good == ()
    assert "Trucks can&#39;t be split" in annotator.get(desk.at).text
    assert "good" not in DEFAULT.told["flaws"][0]  # type: ignore[index]


def test_the_guidelines_fold_out_where_a_person_decides(desk: Desk, annotator: Browser) -> None:
    assert "Guidelines of the project" not in annotator.get(desk.at).text
    with transaction(desk.engine) as session:
        session.query(Project).update({"guidelines": "Be kind <b>"})
    assert annotator.get(desk.at).text.count("Be kind &lt;b&gt;") == 3


def test_time_is_answered_in_words_and_can_be_hidden(desk: Desk, annotator: Browser) -> None:
    assert annotator.post(f"{desk.at}/time", {"seconds": 5}).text == "less than 1 min"
    assert annotator.post(f"{desk.at}/time", {"seconds": -5}).status_code == 422
    shown = annotator.get(desk.at).text
    assert re.search(r'<p id="time"[^>]*data-csrf="\w+">', shown)
    annotator.post("/account/time", {})
    assert re.search(r'<p id="time"[^>]* hidden>', annotator.get(desk.at).text)
    assert "No time was recorded" in annotator.get("/account/time").text
