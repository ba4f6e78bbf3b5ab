"""`calm eval` as a program of its own: its report, its exit codes, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import click
import pytest

from app.cli.eval import eval_group
from app.core.errors import CalmError
from tests.cli.conftest import Run
from tests.openai_stub import serving

TEXT = "We sell boats.\n```python\nprint(3)\n```\n```output\n3\n```\nSo \\boxed{3}."
FLAW = {"flaw": "wrong-objective", "step": 0, "span": "We sell"}
ROW: dict[str, Any] = {"question": "How many?", "answer": "3", "text": TEXT}
LEFT_OUT = '{"id": "half'


@pytest.fixture
def labelled(tmp_path: Path) -> str:
    """A file of one flawed and one flawless trace."""
    rows = [ROW | {"id": "a", "labels": [FLAW]}, ROW | {"id": "b", "labels": []}]
    file = tmp_path / "set.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(file)


def test_the_rules_are_scored_without_a_database(calm: Run, labelled: str, tmp_path: Path) -> None:
    done = calm("eval", "intervener", "--set", labelled, "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert (report["version"], report["reviewer"], report["mode"]) == (1, "rules", "every")
    assert (report["traces"], report["scored"], report["people"]) == (2, 2, None)
    assert report["flaws"]["wrong-objective"]["n"] == 1
    assert {"precision", "recall", "n"} <= set(report["flawless"])
    assert not (tmp_path / "data" / "calm.db").exists()


def test_a_person_gets_tables_and_what_was_left_out(calm: Run, labelled: str) -> None:
    with Path(labelled).open("a") as file:
        file.write(LEFT_OUT)
    done = calm("eval", "intervener", "--with", "rules", "--set", labelled)
    assert done.returncode == 1
    assert f"rules on {labelled}: 2 of 3 traces" in done.stdout
    assert "| wrong-objective " in done.stdout
    assert f"row 3 of {labelled}: The line is not JSON" in done.stdout


def test_a_model_is_scored_and_its_reviews_are_kept(
    calm: Run, labelled: str, tmp_path: Path
) -> None:
    hint = {"verdict": "flaw", "evidence": "no", "hint": "Wait, do we sell them?", **FLAW}
    with serving(json.dumps(hint)) as stub:
        arguments = ["eval", "intervener", "--with", "m", "--base-url", stub.url, "--json"]
        arguments += ["--set", labelled, "--out", str(tmp_path / "kept.jsonl")]
        done = calm(*arguments, CALM_INTERVENER_KEY="sk-secret")
        again = calm(*arguments, CALM_INTERVENER_KEY="sk-secret")
    report, second = json.loads(done.stdout), json.loads(again.stdout)
    assert (done.returncode, again.returncode, len(stub.seen)) == (0, 0, 2)
    assert {seen["auth"] for seen in stub.seen} == {"Bearer sk-secret"}
    found = report["flaws"]["wrong-objective"]
    assert (report["mode"], found["precision"], found["recall"]) == ("first", 0.5, 1.0)
    assert report["flawless"]["recall"] == 0.0
    assert (report["prompt_tokens"], second["prompt_tokens"]) == (14, 0)
    assert second["flaws"] == report["flaws"]
    assert "sk-secret" not in (tmp_path / "kept.jsonl").read_text() + done.stdout


def test_a_server_that_is_down_is_a_failure_of_every_trace(calm: Run, labelled: str) -> None:
    server = "http://127.0.0.1:9/v1"
    done = calm("eval", "intervener", "--with", "m", "--base-url", server, "--set", labelled)
    assert done.returncode == 1
    assert "0 of 2 traces" in done.stdout
    assert done.stdout.count("The connection to the model server failed") == 2


def test_a_project_s_own_intervener_and_what_people_made_of_its_hints(
    calm: Run, labelled: str
) -> None:
    assert calm("project", "create", "Boats").returncode == 0
    both = ["--set", labelled, "--set", "project:boats"]
    done = calm("eval", "intervener", "--project", "boats", *both, "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["reviewer"], report["people"]) == (0, "rules", [])
    assert report["sets"] == [labelled, "project:boats"]


def test_a_set_is_written_once(calm: Run, labelled: str, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = calm("eval", "write-set", str(out), "--set", labelled, "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"written": 2, "bad": []})
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["id"] for row in rows] == ["a", "b"]
    assert rows[0]["text"] == TEXT
    again = calm("eval", "write-set", str(out), "--set", labelled)
    assert (again.returncode, again.stderr) == (2, f"calm: {out} is there already.\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["intervener", "--with", "m"], "go together"),
        (["intervener", "--base-url", "http://x/v1"], "go together"),
        (["intervener", "--with", "m", "--base-url", "http://u:p@x/v1"], "base_url"),
        (["intervener", "--out", "kept.jsonl"], "rules are free"),
        (["intervener", "--set", "nothing.jsonl"], "can't be opened"),
        (["intervener", "--threads", "0"], "not in the range"),
        (["write-set", "out.jsonl"], "--set"),
        (["write-set", "no-folder/out.jsonl", "--set", "SET"], "No such file"),
    ],
)
def test_what_can_not_be_done_is_refused(labelled: str, arguments: list[str], told: str) -> None:
    with pytest.raises((click.UsageError, CalmError, OSError), match=told):
        eval_group.main(
            [labelled if part == "SET" else part for part in arguments], standalone_mode=False
        )


def test_a_project_that_is_not_there_is_said_plainly(calm: Run, labelled: str) -> None:
    done = calm("eval", "intervener", "--project", "nowhere", "--set", labelled)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "calm: There is no project called nowhere.\n"
