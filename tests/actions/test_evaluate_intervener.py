"""Evaluations with scripted Interveners and a stub of a server; the code is really executed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.actions.evaluate_intervener import (
    Evaluation,
    Reviewer,
    evaluate,
    model_reviewer,
    project_reviewer,
    rules_reviewer,
)
from app.actions.kept_reviews import KeptReviews
from app.actions.labelled_set import LabelledSet, file_rows, gather, write_set
from app.actions.ports import Ports
from app.backends.importers import UnreadableFile
from app.backends.interveners.base import IntervenerError, Review, ignore_note, ignore_usage
from app.backends.reasoners.base import Usage
from app.core.case import Case
from app.core.errors import Conflict, Invalid, Refused
from app.core.flaws import DEFAULT
from app.core.proposal import Evidence, Flawless, Proposal, Source
from app.core.trace import Cut
from app.db.session import reading, transaction
from app.db.tables import Project
from app.prompts.intervener import SYSTEM
from tests.openai_stub import Stub, serving

GOLDEN = Path(__file__).parent / "golden"
SOURCE = Source(kind="intervener", name="scripted", version="1")
FLAWLESS = Flawless(reasons="All is well.", source=SOURCE)
TEXT = "We sell boats.\n```python\nprint(3)\n```\n```output\n3\n```\nSo \\boxed{3}."


def row(name: str, flaw: str | None = None, **changed: Any) -> dict[str, Any]:
    """A labelled trace whose flaw, if any, is in its first words."""
    labels = [{"flaw": flaw, "step": 0, "span": "We sell"}] if flaw else []
    whole = {"id": name, "question": name, "answer": "3", "text": TEXT, "labels": labels}
    return whole | changed


def proposed(flaw: str) -> Review:
    evidence = Evidence(step=0, start=0, end=7, note="")
    hint = {"flaw": flaw, "evidence": (evidence,), "cut": Cut(step=0), "words": "Wait."}
    return (Proposal.model_validate(hint | {"source": SOURCE}),)


class Scripted:
    """Says of each problem what it was told to, and keeps the cases that it saw."""

    name = "scripted"

    def __init__(self, says: dict[str, Review | IntervenerError]) -> None:
        self.says = says
        self.seen: list[Case] = []

    def review(
        self,
        case: Case,
        on_usage: Callable[[Usage], None] = ignore_usage,
        on_note: Callable[[str], None] = ignore_note,
    ) -> Review:
        self.seen.append(case)
        on_usage(Usage(prompt_tokens=10, completion_tokens=2))
        said = self.says[case.problem.question]
        if isinstance(said, IntervenerError):
            raise said
        return said


def write(folder: Path, *rows: dict[str, Any] | str) -> LabelledSet:
    file = folder / "set.jsonl"
    file.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in rows))
    return gather({"mine": file_rows(file)}, DEFAULT)


def run(labelled: LabelledSet, reviewer: Reviewer, out: Path | None = None) -> Evaluation:
    return evaluate(labelled, reviewer, threads=2, kept=KeptReviews(out))


def test_what_was_said_is_scored_and_failures_are_counted_apart(tmp_path: Path) -> None:
    intervener = Scripted(
        {
            "right": proposed("wrong-objective"),
            "wrong": proposed("wrong-objective"),
            "failed": IntervenerError("The server is away.", retryable=True),
            "silent": (),
            "well": FLAWLESS,
        }
    )
    labelled = write(
        tmp_path,
        row("right", "wrong-objective"),
        row("wrong", "wrong-constraints"),
        row("failed"),
        row("silent", "wrong-objective"),
        row("well"),
    )
    done: list[int] = []
    found = evaluate(
        labelled,
        Reviewer(intervener, "first", "x"),
        threads=2,
        kept=KeptReviews(None),
        progress=done.append,
    )
    assert (found.traces, found.scored, done) == (5, 3, [1, 2, 3, 4, 5])
    objective = found.flaws["wrong-objective"]
    assert (objective.precision, objective.recall, objective.n) == (0.5, 1.0, 1)
    assert (objective.step, objective.overlap, objective.cut_characters) == (1.0, 1.0, 0.0)
    assert found.flaws["wrong-constraints"].recall == 0.0
    assert (found.flawless.precision, found.flawless.recall, found.flawless.n) == (1.0, 1.0, 1)
    assert [(one.id, one.reason) for one in found.failed] == [
        ("failed", "The server is away."),
        ("silent", "It said nothing of this trace."),
    ]
    assert (found.prompt_tokens, found.completion_tokens) == (50, 10)


SOLVES = (
    "import pulp\nm = pulp.LpProblem('m', pulp.LpMaximize)\nx = pulp.LpVariable('x', 0, 4)\n"
    "m += 5 * x\nm.solve(pulp.HiGHS(msg=0))\nprint(pulp.value(m.objective))\n"
)


def test_a_reviewer_sees_what_the_code_did_and_the_models_that_it_solved(tmp_path: Path) -> None:
    intervener = Scripted({"well": FLAWLESS})
    text = f"```python\n{SOLVES}```\n```output\n20.0\n```\nSo \\boxed{{20}}."
    labelled = write(tmp_path, row("well", text=text, answer="21"))
    assert run(labelled, Reviewer(intervener, "first", "x")).bad == ()
    (case,) = intervener.seen
    assert case.correct is False
    (solve,) = case.executions[0].solves
    (examination,) = case.examined[0]
    assert solve.model is None
    assert examination is not None
    assert examination.model is not None
    assert examination.model.sense == "max"


def test_rows_that_can_not_be_used_are_reported_with_place_and_reason(tmp_path: Path) -> None:
    intervener = Scripted({"well": FLAWLESS})
    labelled = write(
        tmp_path,
        row("well"),
        '{"id": "half',
        row("other", "bad-hair"),
        row("far", labels=[{"flaw": "wrong-objective", "step": 0, "span": "nowhere"}]),
        row("differs", text=TEXT.replace("print(3)", "print(4)")),
        row("crashes", text=TEXT.replace("print(3)", "1 / 0")),
        row("well"),
        row("well", answer="4"),
    )
    found = run(labelled, Reviewer(intervener, "first", "x"))
    assert (found.traces, found.scored, len(intervener.seen)) == (7, 1, 1)
    reasons = [(bad.set, bad.row, bad.reason) for bad in found.bad]
    assert [(name, number) for name, number, _ in reasons] == [
        ("mine", number) for number in (2, 3, 4, 5, 6, 8)
    ]
    wanted = ["not JSON", "bad-hair", "'nowhere'", "'4\\n'", "ZeroDivisionError", "row 1 of mine"]
    for part, (_, _, reason) in zip(wanted, reasons, strict=True):
        assert part in reason


def test_sets_are_read_as_one(tmp_path: Path) -> None:
    write_set([each.trace for each in write(tmp_path, row("a")).traces], tmp_path / "one.jsonl")
    write(tmp_path, row("a"), row("b"))
    sets = {name: file_rows(tmp_path / name) for name in ("one.jsonl", "set.jsonl")}
    both = gather(sets, DEFAULT)
    assert [(each.set, each.trace.id) for each in both.traces] == [
        ("one.jsonl", "a"),
        ("set.jsonl", "b"),
    ]
    assert both.bad == ()
    with pytest.raises(Conflict, match="there already"):
        write_set([], tmp_path / "one.jsonl")


def test_an_empty_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        write(tmp_path)


def test_of_the_rules_every_proposal_counts(tmp_path: Path) -> None:
    found = run(write(tmp_path, row("a"), row("b", text="I guess \\boxed{3}.")), rules_reviewer())
    assert (found.mode, found.reviewer, found.scored) == ("every", "rules", 2)
    assert {one.kind for one in found.sources} <= {"rule"}


def reply(flaw: str) -> str:
    told = {"verdict": "flaw", "step": 0, "span": "We sell", "flaw": flaw, "evidence": "no"}
    return json.dumps(told | {"hint": "Wait, do we sell them?"})


def test_a_server_that_dies_midway_is_asked_only_for_what_is_missing(tmp_path: Path) -> None:
    rows = [row(name, "wrong-objective") for name in "abcd"]
    labelled, out = write(tmp_path, *rows), tmp_path / "kept.jsonl"
    with serving(reply("wrong-objective")) as stub:
        reviewer = model_reviewer({"base_url": stub.url, "model": "m"}, "")

        def ask() -> Evaluation:
            return evaluate(labelled, reviewer, threads=1, kept=KeptReviews(out))

        stub.counts = lambda body: dies_after(stub, 2)
        first = ask()
        assert (first.scored, len(first.failed)) == (2, 2)
        assert "502" in first.failed[0].reason
        stub.bad, asked = None, len(stub.seen)
        stub.counts = lambda body: 7
        second = ask()
        assert (second.scored, second.failed, len(stub.seen) - asked) == (4, (), 2)
        assert second.flaws["wrong-objective"].recall == 1.0
        assert second.prompt_tokens == 14
        out.write_bytes(out.read_bytes()[:-20])
        assert ask().scored == 4
        assert len(stub.seen) - asked == 3
        ask()
        assert len(stub.seen) - asked == 3


def dies_after(stub: Stub, replies: int) -> int:
    stub.bad = "html 502" if len(stub.seen) >= replies else None
    return 7


def test_a_project_s_own_intervener_is_the_reviewer(
    ports: Ports, project: Project, tmp_path: Path
) -> None:
    labelled = write(tmp_path, row("a", "wrong-objective"))
    with reading(ports.engine) as session:
        recorded = project_reviewer(session, session.get_one(Project, project.id))
    found = run(labelled, recorded)
    assert (found.reviewer, found.mode) == ("recorded", "first")
    assert [one.reason for one in found.failed] == ["It said nothing of this trace."]
    with serving(reply("wrong-objective")) as stub, transaction(ports.engine) as session:
        own = session.get_one(Project, project.id)
        own.intervener = {"name": "openai", "base_url": stub.url, "model": "m"}
        assert run(labelled, project_reviewer(session, own)).flaws["wrong-objective"].found == 1
        identity = project_reviewer(session, own).identity
        own.prompts = {"intervener": f"{SYSTEM}\nBe brief."}
        assert project_reviewer(session, own).identity != identity
        own.intervener = {"name": "openai"}
        with pytest.raises(Refused, match="base_url"):
            project_reviewer(session, own)


def test_another_model_is_asked_anew(tmp_path: Path) -> None:
    labelled, out = write(tmp_path, row("a", "wrong-objective")), tmp_path / "kept.jsonl"
    with serving(reply("wrong-objective"), reply("wrong-variables")) as stub:
        for model, asked in (("m", 1), ("n", 2), ("m", 2)):
            found = run(labelled, model_reviewer({"base_url": stub.url, "model": model}, ""), out)
            assert (found.reviewer, len(stub.seen)) == (model, asked)
    assert found.flaws["wrong-objective"].found == 1


@pytest.mark.parametrize("content", ["something\n", '{"id": "a"}\n', "half a line"])
def test_a_file_of_something_else_is_left_alone(tmp_path: Path, content: str) -> None:
    file = tmp_path / "mine.txt"
    file.write_text(content)
    with pytest.raises(Invalid, match="not a file of kept reviews"):
        KeptReviews(file)
    assert file.read_text() == content


def test_reviews_that_any_version_kept_are_found() -> None:
    for file in sorted(GOLDEN.glob("kept_review_*.jsonl")):
        kept = KeptReviews(file)
        (proposal,) = kept.find("k1") or ()
        assert (proposal.flaw, proposal.cut) == ("wrong-objective", Cut(step=0, offset=3))
        flawless = kept.find("k2")
        assert isinstance(flawless, Flawless)
        assert flawless.reasons == "All is well."
