"""Datasets in the browser: asked for, built, looked at, downloaded."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from app.actions.work_on import work_on
from app.db.session import reading
from app.db.tables import Benchmark, Job, Project
from app.web.archive import zipped
from tests.web.conftest import Browser


@pytest.fixture
def lead(browser_of: Callable[..., Browser]) -> Browser:
    """The lead's browser."""
    return browser_of("lead")


@pytest.fixture
def page(project: Project) -> str:
    """The address of the datasets."""
    return f"/p/{project.slug}/datasets"


def build(lead: Browser, engine: Engine) -> None:
    """Do what a worker does with the queued job."""
    with reading(engine) as session:
        job = session.scalars(select(Job.id).where(Job.kind == "build")).one()
    work_on(lead.client.app.state.ports, job)  # type: ignore[attr-defined]


def test_a_dataset_is_built_shown_and_downloaded(lead: Browser, page: str, engine: Engine) -> None:
    made = lead.post(page, {"name": "Enten 1 (für RL)", "format": "trl-rl", "unchecked": "true"})
    assert 'hx-trigger="every 2s"' in made.text
    build(lead, engine)
    shown = lead.get(made.url.path)
    assert "<b>1</b> row" in shown.text
    assert "hx-trigger" not in lead.get(f"{made.url.path}/state").text
    archive = zipfile.ZipFile(io.BytesIO(lead.get(f"{made.url.path}/download").content))
    assert archive.testzip() is None
    names = {name.partition("/")[2] for name in archive.namelist()}
    assert {"train.parquet", "left_out.jsonl", "manifest.json"} <= names
    for name in names:
        assert lead.get(f"{made.url.path}/files/{name}").content == archive.read(
            f"Enten 1 (für RL)/{name}"
        )


def test_only_the_files_of_the_dataset_are_given_out(
    lead: Browser, page: str, engine: Engine
) -> None:
    made = lead.post(page, {"name": "d", "format": "trl-rl", "unchecked": "true"})
    build(lead, engine)
    for name in ("..%2f..%2fcalm.db", "calm.db", ".", "lineage.json"):
        assert lead.get(f"{made.url.path}/files/{name}").status_code == 404


def test_what_is_not_built_can_not_be_downloaded(lead: Browser, page: str, engine: Engine) -> None:
    made = lead.post(page, {"name": "sft", "format": "messages"})
    assert lead.get(f"{made.url.path}/download").status_code == 409
    build(lead, engine)
    assert "nothing to export" in lead.get(made.url.path).text
    assert lead.get(f"{made.url.path}/download").status_code == 409


def test_a_zip_is_written_in_pieces(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(2**20))
    (tmp_path / "b").write_bytes(b"b")
    pieces = list(zipped(tmp_path, "n"))
    assert len(pieces) > 2
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert {name: len(archive.read(name)) for name in archive.namelist()} == {
        "n/a": 2**20,
        "n/b": 1,
    }


def test_the_form_shows_what_it_would_hold(lead: Browser, page: str) -> None:
    assert "Nothing is chosen" in lead.get(f"{page}/new").text
    filled = lead.get(f"{page}/new?format=trl-rl&unchecked=true&name=d").text
    assert "<b>1</b> row" in filled
    assert 'value="d"' in filled
    part = lead.get(f"{page}/preview?format=trl-rl&unchecked=true&validation=90&seed=3")
    assert "<html" not in part.text
    assert "leave outputs out of the loss" in lead.get(f"{page}/preview?format=sharegpt").text
    assert "<b>1</b>" in part.text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("format=sft-tokenized", "needs the tokenizer"),
        ("format=messages&max_tokens=9", "knows no limit"),
        ("format=messages&verdicts=discard", "golden traces alone"),
        ("format=messages&since=2026-13-41", "since"),
        ("format=messages&validation=80&test=80", "be read"),
        ("format=messages&validation=x", "validation"),
        ("format=xml", "no export format"),
        ("format=messages&people=9999999999999999999999", "people"),
        ("format=messages&people=x&people=7", "Nothing is chosen"),
        ("format=messages&seed=-1e9", "seed"),
    ],
)
def test_the_form_says_what_is_wrong_with_it(
    query: str, told: str, lead: Browser, page: str
) -> None:
    assert told in lead.get(f"{page}/preview?{query}").text


def test_a_build_is_stopped_and_begun_again(lead: Browser, page: str, engine: Engine) -> None:
    made = lead.post(page, {"name": "d", "format": "trl-rl", "unchecked": "true"}).url.path
    assert "The build was stopped" in lead.post(f"{made}/cancel").text
    assert lead.post(f"{made}/cancel").status_code == 409
    assert "Being built" in lead.post(f"{made}/again").text
    assert lead.post(f"{made}/again").status_code == 409
    with reading(engine) as session:
        newest = session.scalars(select(Job.id).order_by(Job.id.desc())).first()
    work_on(lead.client.app.state.ports, newest)  # type: ignore[attr-defined]
    assert "Download all" in lead.get(made).text


def test_a_dataset_is_compared_with_another(lead: Browser, page: str, engine: Engine) -> None:
    made = []
    for name in ("one", "two"):
        ask = {"name": name, "format": "trl-rl", "unchecked": "true", "test": str(90 * len(made))}
        made.append(lead.post(page, ask).url.path)
        with reading(engine) as session:
            job = session.scalars(select(Job.id).order_by(Job.id.desc())).first()
        work_on(lead.client.app.state.ports, job)  # type: ignore[attr-defined]
    one, two = made
    assert '<option value="' in lead.get(f"{two}/compare").text
    number = one.rpartition("/")[2]
    shown = lead.get(f"{two}/compare?with={number}").text
    assert "splits" in shown
    assert lead.get(f"{two}/compare?with=999").status_code == 404
    assert lead.get(f"{two}/compare?with=x").status_code == 422


def test_a_dataset_is_pushed_by_a_lead_and_goes_on_after_a_failure(
    lead: Browser, browser_of: Callable[..., Browser], page: str, engine: Engine
) -> None:
    made = lead.post(page, {"name": "d", "format": "trl-rl", "unchecked": "true"})
    assert "Push it to" not in lead.get(made.url.path).text
    build(lead, engine)
    address = f"{made.url.path}/pushes"
    refused = lead.post(address, {"target": "hf://datasets/crew/ducks"})
    assert "There is no key for this store" in refused.text
    settings = page.replace("/datasets", "/settings")
    lead.post(f"{settings}/keys/hub", {"value": "hf_secret"})
    shown = lead.get(settings).text
    assert "stored encrypted" in shown
    assert "hf_secret" not in shown
    ports = lead.client.app.state.ports  # type: ignore[attr-defined]
    ports.settings.hf_endpoint = "http://127.0.0.1:9"
    pushed = lead.post(address, {"target": "hf://datasets/crew/ducks"})
    assert f'hx-get="{address}" hx-trigger="every 2s"' in pushed.text
    with reading(engine) as session:
        work_on(ports, session.scalars(select(Job.id).where(Job.kind == "push")).one())
    region = lead.get(address).text
    assert "be reached (http://127.0.0.1:9)" in region
    assert "Go on" in region
    assert "hx-trigger" not in region
    seen = browser_of("viewer").get(made.url.path).text
    assert "hf://datasets/crew/ducks" in seen
    assert "Go on" not in seen


def test_a_benchmark_is_added_kept_and_removed_by_an_administrator(
    lead: Browser, browser_of: Callable[..., Browser], engine: Engine
) -> None:
    admin = browser_of("viewer", admin=True)
    rows = b'{"en_question": "How?", "en_answer": "no idea <b>"}\n{"en_question": "Why?"}\n'
    form = {"name": "ponds <i>", "redistribution": "no", "url": "https://a.example/"}

    def add(**more: str) -> str:
        sent = {"file": ("ponds.jsonl", rows)}
        return admin.post("/benchmarks", {**form, **more}, files=sent).text

    assert "can&#39;t be read" in add(url="javascript:alert(1)")
    added = add()
    assert "no idea &lt;b&gt;" in added
    assert "2 references can’t be read" in added
    assert "en_question" in added
    assert "is there already" in add()
    shown = lead.get("/benchmarks").text
    assert "ponds &lt;i&gt;" in shown
    assert "Add a benchmark" not in shown
    with reading(engine) as session:
        number = session.scalars(select(Benchmark.id)).one()
    assert "Keep for evaluation" in admin.post(f"/benchmarks/{number}/keep").text
    assert "No benchmark yet" in admin.post(f"/benchmarks/{number}/remove").text
