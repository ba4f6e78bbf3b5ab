"""Batches, datasets, members and the history by the API."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select

from app.actions.build_dataset import build_dataset
from app.actions.ports import Ports
from app.actions.work import hold
from app.db.session import transaction
from app.db.tables import Job
from tests.web import test_routes
from tests.web.api.conftest import Program

ids = test_routes.ids
Programs = Callable[..., Program]


def test_a_batch_is_started_watched_and_stopped(program_of: Programs, ids: dict[str, Any]) -> None:
    program = program_of("lead")
    made = program.post("{p}/batches", {"kind": "generate", "ids": [ids["problem_id"]]})
    assert made.status_code == 201
    home = f"{{p}}/batches/{made.json()['id']}"
    assert made.headers["Location"].endswith(f"/batches/{made.json()['id']}")
    assert program.get(home).json()["progress"]["queued"] == 1
    assert program.post(f"{home}/stop").json()["progress"]["state"] == "stopped"
    listed = program.get("{p}/batches").json()["items"]
    assert [each["id"] for each in listed] == [ids["batch_id"], made.json()["id"]]
    wrong = {"kind": "propose", "ids": [10**6]}
    assert program.post("{p}/batches", wrong).status_code == 404


def test_a_dataset_is_built_and_downloaded(program_of: Programs, engine: Engine) -> None:
    program = program_of("reviewer")
    made = program.post(
        "{p}/datasets", {"name": "first", "format": "trl-rl", "options": {"unchecked": True}}
    )
    home = f"{{p}}/datasets/{made.json()['id']}"
    assert made.json()["state"] == "building"
    assert program.get(f"{home}/files/manifest.json").status_code == 409
    ports: Ports = program.client.app.state.ports  # type: ignore[attr-defined]
    with transaction(engine) as session:
        job = session.scalars(select(Job).where(Job.kind == "build")).one()
    held = hold(ports, job.id)
    assert held is not None
    build_dataset(ports, held)
    built = program.get(home).json()
    assert (built["state"], built["manifest"]["counts"]["rows"]) == ("ready", 1)
    names = [each["name"] for each in built["manifest"]["files"]]
    manifest = program.get(f"{home}/files/manifest.json")
    assert json.loads(manifest.content)["fingerprint"] == built["fingerprint"]
    with zipfile.ZipFile(io.BytesIO(program.get(f"{home}/download").content)) as archive:
        assert {f"first/{name}" for name in names} <= set(archive.namelist())
    assert program.get(f"{home}/files/calm.db").status_code == 404
    assert program.post("{p}/datasets", {"name": "x", "format": "y"}).json()["code"] == "invalid"


def test_members_are_given_roles(program_of: Programs, ids: dict[str, Any]) -> None:
    program = program_of("lead")
    member = f"{{p}}/members/{ids['user_id']}"
    assert program.ask("PUT", member, {"role": "annotator"}).json()["name"] == "somebody"
    roles = {each["id"]: each["role"] for each in program.get("{p}/members").json()["items"]}
    assert roles[ids["user_id"]] == "annotator"
    assert program.ask("DELETE", member).status_code == 204
    page = program.get("{p}/members?limit=1").json()
    rest = program.get(f"{{p}}/members?cursor={page['next']}").json()["items"]
    assert ids["user_id"] not in {each["id"] for each in page["items"] + rest}
    assert program.ask("PUT", "{p}/members/1000000", {"role": "viewer"}).status_code == 404


def test_the_history_says_what_the_token_did(program_of: Programs, ids: dict[str, Any]) -> None:
    program = program_of("lead")
    for role in ("viewer", "annotator"):
        program.ask("PUT", f"{{p}}/members/{ids['user_id']}", {"role": role})
    mine = f"{{p}}/history?verb=set_role&person={program.get('/me').json()['id']}&limit=1"
    newest = program.get(mine).json()
    [event] = newest["items"]
    assert (event["channel"], event["data"]["after"]) == ("token", {"role": "annotator"})
    [before] = program.get(f"{mine}&cursor={newest['next']}").json()["items"]
    assert before["data"]["after"] == {"role": "viewer"}
    assert program.get("{p}/history?since=yesterday").status_code == 422
