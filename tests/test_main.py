"""The wiring: what is compressed, and what is joined."""

import gc
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.main import app, make_app
from app.settings import ROOT, Settings, settings
from app.web.assets import asset

TAKES_GZIP = {"Accept-Encoding": "gzip"}


def test_pages_and_static_text_are_compressed(tmp_path: Path, sqlite_template: Path) -> None:
    given = Settings(data=tmp_path, database_url=f"sqlite:///{sqlite_template}")
    with TestClient(make_app(given)) as client:
        for address in ("/static/page.css", "/login"):
            page = client.get(address, headers=TAKES_GZIP)
            assert (page.status_code, page.headers["Content-Encoding"]) == (200, "gzip")
        font = "/static/vendor/source-sans-3/source-sans-3-latin-wght-normal.woff2"
        assert "Content-Encoding" not in client.get(font, headers=TAKES_GZIP).headers


def test_a_folder_is_one_static_file(tmp_path: Path, sqlite_template: Path) -> None:
    given = Settings(data=tmp_path, database_url=f"sqlite:///{sqlite_template}")
    with TestClient(make_app(given)) as client:
        script = client.get(asset("workbench.js"))
        assert script.headers["Content-Type"].startswith("text/javascript")
        assert script.text.startswith('"use strict";')
        for part in sorted((ROOT / "static/workbench").glob("*.js")):
            assert part.read_text() in script.text
        assert client.get("/static/workbench.txt").status_code == 404


def test_what_a_server_loaded_is_left_out_of_collections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALM_DATA", str(tmp_path))
    settings.cache_clear()
    try:
        app().state.ports.engine.dispose()
        assert gc.get_freeze_count() > 100_000
    finally:
        gc.unfreeze()
        settings.cache_clear()
