"""The client and a server over HTTP: every answer is read, changes are safe, files whole."""

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from app.actions.ports import open_ports
from app.actions.work_on import work_on
from app.client import ApiError, Client, v1
from app.db.session import reading
from app.db.tables import Job, Project
from app.settings import settings
from tests.client.test_generated import OPERATIONS
from tests.web.test_routes import ids  # noqa: F401 - a fixture

Clients = Callable[..., Client]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"
READING = [each for each in OPERATIONS if each["method"] == "get"]


def test_every_answer_can_be_read(
    client_of: Clients,
    ids: dict[str, Any],  # noqa: F811
    tmp_path: Path,
) -> None:
    calm, known = client_of("lead", admin=True), {**ids, "name": "manifest.json", "q": "ducks"}
    read = 0
    for operation in READING:
        method = getattr(calm, operation["operationId"])
        given = dict(needed(operation, known))
        if "to" in inspect.signature(method).parameters:
            given["to"] = tmp_path / "file"
        try:
            answer = method(**given)
            read += bool(list(answer) if isinstance(answer, Iterator) else answer)
        except ApiError as error:
            if error.code not in ("not-found", "refused", "conflict"):
                raise
    assert read > len(READING) / 2


def needed(operation: dict[str, Any], known: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What an operation can't do without: of things that are there, else what the document says."""
    for it in operation.get("parameters", ()):
        if it.get("required"):
            told = it["schema"].get("enum") or it["schema"].get("examples") or [None]
            yield it["name"], known.get(it["name"], told[0])


def test_a_change_rests_on_what_was_seen(client_of: Clients, project: Project) -> None:
    calm = client_of("lead")
    [line] = calm.list_problems(project.slug)
    seen = calm.get_problem(project.slug, line.id)
    assert calm.get_problem(project.slug, line.id, seen=seen) is seen
    new = v1.NewReference(reference="13", reason="Counted again.")
    changed = calm.record_reference(project.slug, line.id, new, seen=seen)
    assert changed.reference.values == ("13",)
    with pytest.raises(ApiError) as caught:
        calm.record_reference(project.slug, line.id, new, seen=seen)
    assert (caught.value.status, caught.value.code) == (412, "precondition-failed")
    back = v1.NewReference(reference="12", reason="It was right.")
    assert calm.record_reference(project.slug, line.id, back, seen=changed).reference.values == (
        "12",
    )


def test_an_import_of_any_length_goes_in_parts(client_of: Clients, project: Project) -> None:
    calm = client_of("lead")
    rows: list[dict[str, Any]] = [{"text": f"{n} boats?", "answer": n} for n in range(1, 1206)]
    rows[3] = {"text": "big" * 700_000, "answer": 1}
    rows[1100] = {"text": "", "answer": 1}
    told: list[int] = []
    columns = {"question": "text"}
    report = calm.import_all(project.slug, "problems", iter(rows), columns, told.append)
    assert (report.imported, report.unchanged, told[-1]) == (1203, 0, 1205)
    assert [each.row for each in report.failed] == [4, 1101]
    again = calm.import_all(project.slug, "problems", rows, columns)
    assert (again.imported, again.unchanged, again.failed) == (0, 1203, report.failed)
    assert sum(1 for _ in calm.list_problems(project.slug, limit=200)) == 1204


def test_a_dataset_is_built_and_fetched_whole(
    client_of: Clients, project: Project, engine: Engine, tmp_path: Path
) -> None:
    calm = client_of("lead")
    options = v1.DatasetOptions(unchecked=True)
    new = v1.NewDataset(name="first", format="trl-rl", options=options)
    asked = calm.build_dataset(project.slug, new)
    with reading(engine) as session:
        job = session.scalars(select(Job.id).where(Job.dataset_id == asked.id)).one()
    ports = open_ports(settings())
    work_on(ports, job)
    ports.engine.dispose()
    built = calm.wait_for_dataset(project.slug, asked.id)
    folder = calm.fetch_dataset(project.slug, built, tmp_path / "new" / "folder")
    assert built.manifest
    assert {file.name for file in folder.iterdir()} == {
        "manifest.json",
        *(file.name for file in built.manifest.files),
    }
    assert (folder / "manifest.json").stat().st_size > 100
    with pytest.raises(OSError):  # noqa: PT011 - it is not empty, whatever the system calls that
        calm.fetch_dataset(project.slug, built, folder)


def test_a_token_reaches_as_far_as_it_says(client_of: Clients, project: Project) -> None:
    calm = client_of("lead", scopes=("read",))
    assert calm.get_me().scopes == ("read",)
    with pytest.raises(ApiError) as caught:
        calm.change_project(project.slug, v1.ChangedProject(name="x"))
    assert (caught.value.status, caught.value.code) == (403, "not-allowed")
    with pytest.raises(ApiError, match="no such project"):
        calm.get_project("another")


def test_an_unknown_token_is_told_so(studio: str) -> None:
    with Client(studio, "calm_unknown") as calm, pytest.raises(ApiError) as caught:
        calm.get_me()
    assert (caught.value.status, caught.value.code) == (401, "not-identified")


def test_a_page_of_the_studio_is_not_taken_for_the_api(studio: str) -> None:
    with Client(f"{studio}/login", "calm_x") as calm, pytest.raises(ApiError) as caught:
        calm.get_me()
    assert caught.value.code == "not-calm"


def test_the_example_of_the_docs_runs(
    studio: str, token_of: Callable[..., str], project: Project, capsys: Any
) -> None:
    [example] = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)
    example = example.replace("https://calm.example.org", studio)
    exec(example.replace('"ducks"', repr(project.slug)), {"token": token_of("lead")})
    assert "Somebody changed it meanwhile" in capsys.readouterr().out
