"""The tables of an evaluation; those in the docs are the scores of the rules as they are now."""

from app.actions.evaluate_intervener import Evaluation, Failure, evaluate, rules_reviewer
from app.actions.kept_reviews import KeptReviews
from app.actions.labelled_set import BUNDLED, BadLabelled, file_rows, gather
from app.cli.eval_tables import tables
from app.core.flaws import DEFAULT
from app.core.scoring import score
from app.settings import ROOT
from tests.shares import share_of

NOTHING = Evaluation(
    **dict(score([], DEFAULT, "first")),
    reviewer="m",
    mode="first",
    sets=("mine",),
    traces=2,
    scored=0,
    bad=(BadLabelled(set="mine", row=2, reason="The line is not JSON."),),
    failed=(Failure(id="a", reason="The server is away."),),
    prompt_tokens=1200,
    completion_tokens=30,
)
SHARE = share_of(
    "a|b", "2", n=8, accepted=3, edited=1, rejected=2, open=2, went_on=4, right=3, golden=1
)


def test_what_was_left_out_and_what_it_cost_is_said() -> None:
    text = tables(NOTHING)
    assert text.startswith("m on mine: 0 of 2 traces, the first proposal counts\n\n| flaw ")
    assert "row 2 of mine: The line is not JSON." in text
    assert "no review of a: The server is away." in text
    assert "1,200 prompt and 30 completion tokens" in text
    assert "accepted" not in text


def test_what_people_made_of_hints_is_shown_in_shares() -> None:
    text = tables(NOTHING.model_copy(update={"people": (SHARE,)}))
    (line,) = [line for line in text.splitlines() if "a/b" in line]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[:6] == [
        *("wrong-objective", "intervener a/b 2", "8", "3 (38%)", "1 (12%)", "2 (25%)")
    ]
    assert cells[6:] == ["0 (0%)", "2 (25%)", "4 (100%)", "3 (75%)", "1 (25%)"]


def test_the_scores_in_the_docs_are_those_of_now() -> None:
    bundled = gather({"bundled": file_rows(BUNDLED)}, DEFAULT)
    found = evaluate(bundled, rules_reviewer(), threads=4, kept=KeptReviews(None))
    assert (found.bad, found.failed) == ((), ())
    doc = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    told = "the rules or the bundled set changed: run `make scores`"
    assert tables(found) in doc, told
