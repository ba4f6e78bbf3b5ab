"""The workbench: what it shows, what each deed changes, and what it refuses."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select

from app.core.flaws import DEFAULT
from app.core.proposal import Evidence, Proposal, Source
from app.core.trace import Cut, Step
from app.db.convert import add_steps
from app.db.session import reading, transaction
from app.db.tables import (
    Branch,
    ExecutionRow,
    Judgement,
    Project,
    ProposalRow,
    Review,
    StepRow,
    Trace,
    Verdict,
)
from tests.web.conftest import HOSTILE, Browser

THOUGHT = f"Let 🚢 be ships. I round it: \\( x \\le 3 \\). {HOSTILE}\n\nNext."
CODE = "```python\nimport pulp\nprint(9 <b>)\n```\n"
OUTPUT = "```output\nTraceback (most recent call last):\n  boom\n```\n"
FORGED = "```output\n12\n```\n"
REGIONS = ["problem", "budget", "lineage", "trace", "review", "verdict"]


class Desk:
    """A trace with every kind of step and one open hint, and the addresses around it."""

    def __init__(self, engine: Engine, project: Project) -> None:
        self.engine = engine
        with transaction(engine) as session:
            trace = session.scalars(select(Trace)).one()
            self.trace, branch = trace.id, trace.branches[0]
            self.branch = branch.id
            self.at = f"/p/{project.slug}/traces/{trace.id}"
            session.query(StepRow).delete()
            branch.steps.clear()
            branch.grade = {"correct": False, "reason": "differs from 12 by 8%", "rule": "strict"}
            steps = [
                Step(kind="thought", author="reasoner", text=THOUGHT),
                Step(kind="code", author="reasoner", text=CODE),
                Step(kind="output", author="sandbox", text=OUTPUT),
                Step(kind="output", author="reasoner", text=FORGED, mark="forged"),
                Step(kind="answer", author="reasoner", text="\\boxed{13}"),
            ]
            rows = add_steps(session, branch, steps)
            self.code = rows[1].id
            start = THOUGHT.index("I round")
            evidence = Evidence(step=0, start=start, end=start + 7, note="an LP rounded")
            proposal = Proposal(
                flaw="wrong-variables",
                evidence=(evidence,),
                cut=Cut(step=0, offset=start),
                words="Ships are whole, so I should say so in the model.",
                source=Source(kind="rule", name="continuous"),
            )
            row = ProposalRow(
                trace_id=trace.id,
                branch_id=branch.id,
                flaw=proposal.flaw,
                taxonomy_version=DEFAULT.version,
                proposal=proposal.model_dump(mode="json"),
                key="k",
            )
            session.add(row)
            session.flush()
            self.proposal = row.id

    def deed(self, browser: Browser, name: str, seen: int = 10**6, **form: Any) -> Any:
        """Send one of the page's forms."""
        address = f"{self.at}/{name}"
        fields = {"branch": self.branch, "seen": seen} | form
        return browser.post(address, fields, follow_redirects=False)

    def rows(self, table: type[Any]) -> list[Any]:
        """All rows of a table."""
        with reading(self.engine) as session:
            return list(session.scalars(select(table)))


@pytest.fixture
def desk(engine: Engine, project: Project) -> Desk:
    """A trace to judge."""
    return Desk(engine, project)


@pytest.fixture
def annotator(browser_of: Callable[..., Browser]) -> Browser:
    """Somebody who may judge."""
    return browser_of("annotator")


def test_the_page_shows_every_step_and_escapes_all_of_it(desk: Desk, annotator: Browser) -> None:
    text = annotator.get(desk.at).text
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "written by the model, not by the sandbox" in text
    assert 'class="error"' in text
    assert "differs from 12 by" in text
    assert re.search(r'class="flaw expertise"[^>]*data-links="\d+">I round<', text)
    assert '<span class="tex">\\( x \\le 3 \\)</span>' in text
    assert "an LP rounded" in text
    assert "Not golden: The final answer is wrong" in text


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_has_an_address_and_fetches_itself(
    desk: Desk, annotator: Browser, region: str
) -> None:
    address = f"{desk.at}/{region}?branch={desk.branch}"
    text = annotator.get(address).text
    assert text.lstrip().startswith(("<section", "<article"))
    assert f'id="{region}"' in text
    assert f'hx-get="{address}"' in text


@pytest.mark.parametrize(
    "place", ["/traces/99999", "/traces/{trace}?branch=9999", "/traces/{trace}/x"]
)
def test_what_is_not_there_is_not_found(
    desk: Desk, annotator: Browser, place: str, project: Project
) -> None:
    address = f"/p/{project.slug}{place.format(trace=desk.trace)}"
    assert annotator.get(address).status_code == 404


def test_accepting_goes_on_to_a_new_branch_and_twice_to_the_same(
    desk: Desk, annotator: Browser
) -> None:
    form = {"decision": "accept", "cut": f"0:{THOUGHT.index('I round')}"}
    first = desk.deed(annotator, f"proposals/{desk.proposal}", **form)
    again = desk.deed(annotator, f"proposals/{desk.proposal}", **form)
    new = desk.rows(Branch)[-1]
    place = f"{desk.at}?branch={new.id}#step-2"
    assert first.headers["location"] == place == again.headers["location"]
    assert [each.decision for each in desk.rows(Judgement)] == ["accept"]
    page = annotator.get(first.headers["location"]).text
    assert "accepted by you" in page
    assert "Stop it" in page


def test_a_moved_place_is_an_edit(desk: Desk, annotator: Browser) -> None:
    desk.deed(annotator, f"proposals/{desk.proposal}", decision="accept", cut="0:0")
    [judgement] = desk.rows(Judgement)
    assert (judgement.decision, judgement.cut) == ("edit", {"step": 0, "offset": 0})


def test_line_breaks_of_a_form_are_no_edit(desk: Desk, annotator: Browser, engine: Engine) -> None:
    with transaction(engine) as session:
        row = session.scalars(select(ProposalRow)).one()
        row.proposal = {**row.proposal, "words": "Whole ships.\n\nIn the model."}
    words = "Whole ships.\r\n\r\nIn the model."
    desk.deed(annotator, f"proposals/{desk.proposal}", decision="edit", words=words)
    assert [each.decision for each in desk.rows(Judgement)] == ["accept"]


def test_accepting_takes_the_words_of_the_card(desk: Desk, annotator: Browser) -> None:
    other = {"decision": "accept", "words": "What was typed and then left alone."}
    desk.deed(annotator, f"proposals/{desk.proposal}", **other)
    assert [(each.decision, each.words) for each in desk.rows(Judgement)] == [
        ("accept", "Ships are whole, so I should say so in the model.")
    ]


def test_rejecting_needs_a_reason_and_gives_the_page_back(desk: Desk, annotator: Browser) -> None:
    without = desk.deed(annotator, f"proposals/{desk.proposal}", decision="reject")
    assert without.status_code == 422
    desk.deed(annotator, f"proposals/{desk.proposal}", decision="reject", reason="it is fine")
    assert [each.reason for each in desk.rows(Judgement)] == ["it is fine"]
    assert "No hint waits for you" in annotator.get(desk.at).text


def test_htmx_gets_every_region_anew(desk: Desk, annotator: Browser) -> None:
    annotator.client.headers["HX-Request"] = "true"
    form = {"decision": "reject", "reason": "it is fine"}
    text = desk.deed(annotator, f"proposals/{desk.proposal}", **form).text
    for region in REGIONS:
        assert re.search(rf'id="{region}"[^>]*hx-swap-oob="outerMorph"', text)


def test_a_hint_of_ones_own_is_put_where_the_words_are(desk: Desk, annotator: Browser) -> None:
    form = {"flaw": "wrong-variables", "step": 1, "words": "Ships are whole; I say so."}
    assert desk.deed(annotator, "hint", quote="not there", **form).status_code == 422
    assert desk.deed(annotator, "hint", quote="I round it", **form).status_code == 303
    [judgement] = desk.rows(Judgement)
    assert judgement.cut == {"step": 0, "offset": THOUGHT.index("I round")}


def test_a_selection_counts_code_points(desk: Desk, annotator: Browser) -> None:
    start = THOUGHT.index("I round")
    form = {"flaw": "wrong-variables", "step": 1, "words": "Ships are whole; I say so."}
    desk.deed(annotator, "hint", start=start, end=start + 7, **form)
    stored = desk.rows(ProposalRow)[-1].proposal["evidence"][0]
    assert THOUGHT[stored["start"] : stored["end"]] == "I round"


def test_golden_is_refused_in_the_words_of_the_page(desk: Desk, annotator: Browser) -> None:
    refused = desk.deed(annotator, "verdict", decision="golden")
    assert refused.status_code == 409
    assert "The final answer is wrong" in refused.text


def test_discard_undo_and_reopen(desk: Desk, annotator: Browser) -> None:
    assert desk.deed(annotator, "verdict", decision="discard").status_code == 422
    desk.deed(annotator, "verdict", decision="discard", reason="a bad problem")
    assert "a bad problem" in annotator.get(desk.at).text
    desk.deed(annotator, "undo")
    desk.deed(annotator, "verdict", decision="unsure", reason="hard")
    assert desk.deed(annotator, "reopen").status_code == 422
    desk.deed(annotator, "reopen", reason="I looked again")
    assert [each.withdrawn_reason for each in desk.rows(Verdict)] == ["undone", "I looked again"]


def test_undoing_a_hint_leads_past_every_branch_that_is_left(
    desk: Desk, annotator: Browser, engine: Engine
) -> None:
    desk.deed(annotator, f"proposals/{desk.proposal}", decision="accept")
    with transaction(engine) as session:
        hinted = max(session.scalars(select(Branch)), key=lambda each: each.id)
        hinted.outcome = "model_error"
        failed = hinted.id
    desk.deed(annotator, "retry", branch=failed)
    undone = desk.deed(annotator, "undo", branch=max(each.id for each in desk.rows(Branch)))
    assert undone.headers["location"].split("#")[0].endswith(f"?branch={desk.branch}")


def test_a_page_that_somebody_overtook_is_told_who_did(
    desk: Desk, annotator: Browser, browser_of: Callable[..., Browser]
) -> None:
    other = browser_of("reviewer")
    seen = int(re.findall(r'name="seen" value="(\d+)"', annotator.get(desk.at).text)[0])
    desk.deed(other, f"proposals/{desk.proposal}", decision="reject", reason="it is fine")
    late = desk.deed(annotator, "verdict", seen, decision="discard", reason="bad")
    assert late.status_code == 409
    assert "reviewer False rejected a hint" in late.text
    assert desk.rows(Verdict) == []


def test_a_viewer_reads_and_decides_nothing(desk: Desk, browser_of: Callable[..., Browser]) -> None:
    viewer = browser_of("viewer")
    text = viewer.get(desk.at).text
    assert "Accept" not in text
    assert "Golden <kbd>" not in text
    refused = desk.deed(viewer, f"proposals/{desk.proposal}", decision="accept")
    assert refused.status_code == 403


@pytest.mark.parametrize("cut", ["1:3", "9:0", "0:99999", "x", "0:-1", "²:0"])
def test_a_place_where_no_hint_can_stand_changes_nothing(
    desk: Desk, annotator: Browser, cut: str
) -> None:
    refused = desk.deed(annotator, f"proposals/{desk.proposal}", decision="accept", cut=cut)
    assert refused.status_code in (409, 422)
    assert desk.rows(Judgement) == []


def test_a_failed_branch_says_why_and_can_be_tried_again(
    desk: Desk, annotator: Browser, engine: Engine
) -> None:
    with transaction(engine) as session:
        branch = session.get(Branch, desk.branch)
        assert branch
        branch.outcome, branch.detail = "model_error", f"no answer {HOSTILE}"
    text = annotator.get(desk.at).text
    assert "The model could not be reached or failed" in text
    assert "<img" not in text
    assert desk.deed(annotator, "retry").status_code == 303
    assert "set aside" in annotator.get(desk.at).text


def test_a_branch_that_was_restarted_says_so(
    desk: Desk, annotator: Browser, engine: Engine
) -> None:
    assert "restarted, not continued" not in annotator.get(desk.at).text
    with transaction(engine) as session:
        branch = session.get(Branch, desk.branch)
        assert branch
        branch.settings = {**branch.settings, "continuation": "restart"}
    assert "restarted, not continued" in annotator.get(desk.at).text


def test_facts_of_an_execution_are_chips_and_a_difference_shows_both(
    desk: Desk, annotator: Browser, engine: Engine
) -> None:
    solve = {"library": "pulp", "status": "Optimal", "objective": 1140.0, "sense": "min"}
    execution = {
        "status": "timeout",
        "reason": "it ran past 30 s",
        "output": "another output\n",
        "isolation": {"level": "none", "reason": "nothing here can isolate"},
        "limits": {},
        "solves": [{**solve, "variables": 2, "integers": 0, "binaries": 0, "rows": 1}],
    }
    with transaction(engine) as session:
        session.add(ExecutionRow(step_id=desk.code, branch_id=desk.branch, execution=execution))
    text = annotator.get(f"{desk.at}/trace").text
    for fact in ("timeout", "pulp: Optimal", "objective 1140", "2 vars", "1 row", "not isolated"):
        assert fact in text
    assert "another output" in text


def test_imported_output_says_so_and_can_be_executed_here(
    desk: Desk, annotator: Browser, engine: Engine
) -> None:
    with transaction(engine) as session:
        session.query(StepRow).filter_by(number=2).update({"mark": "imported"})
    text = annotator.get(desk.at).text
    assert "imported, not executed" in text
    assert "Execute here" in text
    assert desk.deed(annotator, "execute", step=desk.code).status_code == 303
    assert "being executed" in annotator.get(desk.at).text


def test_later_goes_on_and_claims_can_be_given_back(desk: Desk, annotator: Browser) -> None:
    desk.deed(annotator, "claim")
    assert "held by you" in annotator.get(desk.at).text
    desk.deed(annotator, "release")
    assert "held by" not in annotator.get(desk.at).text
    assert desk.deed(annotator, "later").headers["location"].endswith("/queue")


def test_of_each_source_the_newest_look_is_told(desk: Desk, annotator: Browser) -> None:
    with transaction(desk.engine) as session:
        for name, failure in (("rules", ""), ("expert", "It is down."), ("expert", "")):
            source = {"name": name, "notes": []}
            look = Review(branch_id=desk.branch, source=source, proposed=0, failure=failure)
            session.add(look)
            session.flush()
    page = annotator.get(f"{desk.at}/review?branch={desk.branch}").text
    assert page.count("found no flaw") == 2
    assert "It is down." not in page


def test_a_step_is_sampled_again_and_the_lineage_says_so(
    desk: Desk, annotator: Browser, engine: Engine, project: Project
) -> None:
    server = {"base_url": "http://127.0.0.1:9/v1", "model": "m"}
    for reasoner in ({"name": "scripted"}, {"name": "openai", **server}):
        with transaction(engine) as session:
            session.get_one(Project, project.id).reasoner = reasoner
        if reasoner["name"] == "scripted":
            assert desk.deed(annotator, "sample", step=2).status_code == 409
    for _ in range(2):
        answer = desk.deed(annotator, "sample", step=2, known=1)
        begun = desk.rows(Branch)[-1]
        assert answer.headers["location"] == f"{desk.at}?branch={begun.id}#step-2"
    assert len(desk.rows(Branch)) == 2
    page = annotator.get(f"{desk.at}?branch={begun.id}").text
    assert "branch 2 · sampled again from step 2" in page
    assert "from step 2 again, without a hint" in page
    assert 'action="' + desk.at + '/undo"' in page
    # The one that was begun stays; what it came from can be sampled from its start.
    desk.deed(annotator, "sample", step=1, known=2)
    assert "run 3 · sampled again" in annotator.get(desk.at).text
