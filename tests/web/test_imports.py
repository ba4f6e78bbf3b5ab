"""Importing in the browser: preview, mapping, report, and files that are none."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from app.db.session import reading
from app.db.tables import ProblemRow, Project
from tests.web.conftest import HOSTILE, Browser

ROWS = [
    {"frage": f"How many? {HOSTILE}", "loesung": "7", "answer": "8"},
    {"frage": "And now?", "loesung": "infeasible", "answer": "9"},
]


@pytest.fixture
def lead(browser_of: Callable[..., Browser]) -> Browser:
    """The lead's browser."""
    return browser_of("lead")


@pytest.fixture
def page(project: Project) -> str:
    """The address of the import."""
    return f"/p/{project.slug}/import"


def send(lead: Browser, page: str, content: bytes, name: str = "p.json", **form: str):
    """Send a file as problems, unless `form` says otherwise."""
    files = {"file": (name, content)}
    return lead.post(page, {"what": "problems", **form}, files=files)


def test_a_file_is_looked_at_mapped_and_taken_in(lead: Browser, page: str, engine: Engine) -> None:
    content = "\n".join(map(json.dumps, ROWS)).encode() + b"\n{broken"
    look = send(lead, page, content)
    assert look.status_code == 200
    assert HOSTILE not in look.text
    assert "<option selected>answer</option>" in look.text
    report = lead.post(look.url.path, {"question": "frage", "answer": "loesung"})
    assert "<b>2</b> imported" in report.text
    assert "<b>1</b> failed" in report.text
    with reading(engine) as session:
        kinds = [row.reference["kind"] for row in session.scalars(select(ProblemRow))]
        assert kinds == ["number", "number", "infeasible"]
    again = lead.get(look.url.path)
    assert "<b>2</b> imported" in again.text


def test_a_tool_s_export_is_known_and_says_what_is_left_out(lead: Browser, page: str) -> None:
    verdict = {"from_name": "verdict", "type": "choices", "value": {"choices": [HOSTILE]}}
    said = [{"id": 1, "completed_by": 1, "result": [verdict]}]
    data = {"question": "How many?", "trace": "It is \\boxed{5}."}
    task = {"id": 1, "annotations": said, "drafts": [{}], "data": data}
    look = send(lead, page, json.dumps([task, {**task, "data": {}}, 7]).encode(), what="traces")
    assert "an export of Label Studio" in look.text
    assert "The row has no trace" in look.text
    assert "The row is not a JSON object." in look.text
    report = lead.post(look.url.path)
    assert "<b>1</b> imported" in report.text
    assert "<b>2</b> failed" in report.text
    assert "<td>drafts</td><td>They were never submitted.</td>" in report.text
    again = send(lead, page, json.dumps([task]).encode(), what="traces")
    assert "<b>1</b> there already" in lead.post(again.url.path).text
    plain = send(lead, page, json.dumps([task]).encode(), what="traces", kind="rows")
    assert "an export of" not in plain.text


def test_the_same_file_twice_adds_nothing(lead: Browser, page: str) -> None:
    content = json.dumps([{"question": "How many?", "answer": 1}]).encode()
    for words in ("<b>1</b> imported", "<b>1</b> there already"):
        look = send(lead, page, content)
        assert words in lead.post(look.url.path).text


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff\x10" * 999, b"\xff\xfe\x00", b"[{", "{frage: é".encode("latin-1")],
    ids=["empty", "binary", "encoding", "half", "latin"],
)
def test_a_file_that_is_none_gets_a_clear_message(lead: Browser, page: str, content: bytes) -> None:
    look = send(lead, page, content)
    answer = look if look.status_code != 200 else lead.post(look.url.path)
    assert answer.status_code == 422 or "failed" in answer.text
    assert "Traceback" not in answer.text


def test_no_file_and_another_project_s_upload_are_refused(
    lead: Browser, page: str, browser_of: Callable[..., Browser]
) -> None:
    assert lead.post(page, {"what": "problems"}).status_code == 422
    assert send(lead, page, b"x", what="nonsense").status_code == 422
    token = send(lead, page, b'{"question": "q"}').url.path.rpartition("/")[2]
    admin = browser_of(None, admin=True)
    admin.post("/projects", {"name": "Another"})
    assert admin.get(f"/p/another/import/{token}").status_code == 404
    assert lead.get(f"{page}/..%2f..%2fcalm.db").status_code == 404
