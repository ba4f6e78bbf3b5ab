"""A project's models, files, figures, search and history by the API."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select

from app.db.session import transaction
from app.db.tables import Project, Secret
from tests.web import test_routes
from tests.web.api.conftest import Program

ids = test_routes.ids
Programs = Callable[..., Program]


def test_a_model_is_named_and_its_key_never_comes_out(program_of: Programs, engine: Engine) -> None:
    lead, home = program_of("lead"), "{p}/models/reasoner"
    server = {"name": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "m", "mode": "chat"}
    before = lead.get(home)
    tag = before.headers["ETag"]
    assert lead.ask("PUT", home, server, If_Match=tag).json()["settings"] == server
    assert lead.ask("PUT", home, server, If_Match=tag).status_code == 412
    stored = lead.ask("PUT", f"{home}/key", {"value": "sk-secret"})
    assert stored.json()["key_since"]
    assert "sk-secret" not in stored.text + lead.get(home).text + lead.get("{p}/history").text
    with transaction(engine) as session:
        assert b"sk-secret" not in session.scalars(select(Secret.ciphertext)).one()
    elsewhere = lead.ask("PUT", home, server | {"base_url": "http://127.0.0.1:8/v1"})
    assert elsewhere.json()["key_since"] is None  # a key stays with its server
    lead.ask("PUT", f"{home}/key", {"value": "sk-secret"})
    assert lead.ask("DELETE", f"{home}/key").status_code == 204
    assert lead.get(home).json()["key_since"] is None
    assert lead.ask("PUT", home, {"name": "nobody"}).json()["code"] == "invalid"
    assert lead.post(f"{home}/abilities").json()["code"] == "refused"  # nobody answers there


def test_a_file_is_taken_in(program_of: Programs) -> None:
    lead = program_of("lead")
    rows = b"frage,answer\nHow many boats?,3\nHow many oars?,many\n,1\n"
    form = {"what": "problems", "question": "frage"}
    report = lead.send("{p}/imports/file", form, rows).json()
    assert (report["imported"], [each["row"] for each in report["failed"]]) == (2, [4])
    assert lead.send("{p}/imports/file", form, rows).json()["unchanged"] == 2
    assert lead.send("{p}/imports/file", {"what": "people"}, rows).status_code == 422
    assert lead.get("{p}/problems?q=boats").json()["items"][0]["reference"]["values"] == ["3"]


def test_the_figures_are_those_of_the_page(program_of: Programs) -> None:
    program = program_of("viewer")
    page = program.get("{p}/insights?limit=3").json()
    rest = program.get(f"{{p}}/insights?limit=200&cursor={page['next']}").json()
    names = [each["name"] for each in page["items"] + rest["items"]]
    assert "agreement-by-pair" in names
    assert len(names) == len(set(names))
    chart = next(each for each in page["items"] + rest["items"] if each["rows"])
    assert len(chart["rows"][0]["cells"]) == len(chart["columns"])
    assert program.get(f"{{p}}/insights/{chart['name']}").json() == chart
    assert program.get("{p}/insights/nothing").status_code == 404


def test_words_are_found_by_kind_and_page(program_of: Programs, ids: dict[str, Any]) -> None:
    lead = program_of("lead")
    questions = [{"question": f"How many barges, {number}?"} for number in range(3)]
    lead.post("{p}/imports", {"what": "problems", "rows": questions})
    page = lead.get("{p}/search?q=barges&kind=problem&limit=2").json()
    rest = lead.get(f"/search?q=barges&kind=problem&cursor={page['next']}").json()
    found = page["items"] + rest["items"]
    assert len({each["problem_id"] for each in found}) == 3
    assert found[0]["trace_id"] is None
    pieces = [piece["text"] for piece in found[0]["pieces"] if piece["found"]]
    assert pieces == ["barges"]
    assert program_of(None).get("/search?q=barges&kind=problem").json()["items"] == []
    assert lead.get("{p}/search?q=barges").status_code == 422


def test_the_history_leaves_as_a_file(program_of: Programs, project: Project) -> None:
    lead, admin = program_of("lead"), program_of(None, admin=True)
    lead.ask("PATCH", "{p}", {"name": "Geese"})
    lines = lead.get("{p}/history/export?format=jsonl&verb=change_project").text.splitlines()
    assert [json.loads(line)["data"]["after"] for line in lines] == [{"name": "Geese"}]
    table = admin.get("/history/export?format=csv&verb=create_user").text
    assert {row["verb"] for row in csv.DictReader(io.StringIO(table))} == {"create_user"}
    newest = admin.get("/history?limit=1").json()
    assert newest["items"][0]["verb"] == "change_project"
    assert admin.get(f"/history?cursor={newest['next']}").json()["items"]


def test_the_next_of_all_projects_says_where(program_of: Programs, ids: dict[str, Any]) -> None:
    program = program_of("annotator")
    found = program.post("/queue/next").json()
    assert (found["slug"], found["trace_id"]) == (ids["slug"], ids["trace_id"])
    assert program_of("viewer").post("/queue/next").status_code == 204
