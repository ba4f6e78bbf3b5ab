"""The wiring: what is compressed, and what must not be."""

from pathlib import Path

from fastapi.testclient import TestClient

from app.main import make_app
from app.settings import ROOT, Settings
from app.web.assets import asset

TAKES_GZIP = {"Accept-Encoding": "gzip"}


def test_static_text_is_compressed_and_pages_are_not(tmp_path: Path, sqlite_template: Path) -> None:
    settings = Settings(data=tmp_path, database_url=f"sqlite:///{sqlite_template}")
    with TestClient(make_app(settings)) as client:
        styles = client.get("/static/base.css", headers=TAKES_GZIP)
        assert styles.headers["Content-Encoding"] == "gzip"
        page = client.get("/login", headers=TAKES_GZIP)
        assert page.status_code == 200
        assert "Content-Encoding" not in page.headers


def test_a_folder_is_one_static_file(tmp_path: Path, sqlite_template: Path) -> None:
    settings = Settings(data=tmp_path, database_url=f"sqlite:///{sqlite_template}")
    with TestClient(make_app(settings)) as client:
        script = client.get(asset("workbench.js"))
        assert script.headers["Content-Type"].startswith("text/javascript")
        assert script.text.startswith('"use strict";')
        for part in sorted((ROOT / "static/workbench").glob("*.js")):
            assert part.read_text() in script.text
        assert client.get("/static/workbench.txt").status_code == 404
