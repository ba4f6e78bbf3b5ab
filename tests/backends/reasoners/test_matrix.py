"""The matrix of servers in docs/model-servers.md keeps step with what the code speaks."""

import re
from typing import get_args

import pytest

from app.backends.reasoners.dialects import Dialect
from app.settings import ROOT
from app.web.views.settings import DIALECTS
from tests.backends.reasoners.replay import FOLDER, Exchanges, load

PAGE = (ROOT / "docs" / "model-servers.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n)*)", re.MULTILINE)
SECTIONS = dict(SECTION.findall(PAGE))
COLUMNS = {
    "completions": 1,
    "continuing": 2,
    "stop": 3,
    "token_ids": 4,
    "logprobs": 5,
    "usage": 6,
    "prefix_cache": 7,
    "context": 8,
}


def rows(section: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    lines = [line for line in SECTIONS[section].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_dialect_is_in_the_matrix_and_in_the_form() -> None:
    told = " ".join(cell for row in rows("What each can do") for cell in row)
    assert {one for one in get_args(Dialect) if f"dialect {one}" not in told} == set()
    assert {name for name, _ in DIALECTS} == set(get_args(Dialect))


def test_every_cell_says_how_it_is_known() -> None:
    for server, *cells in rows("What each can do"):
        if server != "others":
            loose = [
                c
                for c in cells
                if not re.search(r"\((recorded|seen|from documentation)\)|not checked", c)
            ]
            assert loose == [], server


KEPT = [load(file.stem) for file in sorted(FOLDER.glob("*.json"))]


def test_what_is_called_recorded_was() -> None:
    told = [row for row in rows("What each can do") if "(recorded)" in " ".join(row)]
    recorded = {row[0].replace("`", "") for row in told}
    kept = [one for one in KEPT if one.known == "recorded"]
    assert recorded == {f"{one.server} {one.version.rpartition('.')[0]}" for one in kept}


@pytest.mark.parametrize("one", KEPT, ids=lambda one: one.server)
def test_the_matrix_says_what_the_kept_exchanges_do(one: Exchanges) -> None:
    [cells] = [row for row in rows("What each can do") if one.server in row[0]]
    for ability, at in COLUMNS.items():
        assert f"({one.known})" in cells[at] or cells[at] == "not checked"
        able = one.found["able"][ability]
        if able is not None and not cells[at].startswith("by "):
            denied = re.match(r"no(ne|,)? ", cells[at]) is not None
            assert denied != able, ability


def test_every_server_of_the_matrix_is_told_how_to_connect() -> None:
    plain = [re.sub(r"( in \w+)?( [\d.]+)$", "", row[0]) for row in rows("What each can do")]
    assert plain
    assert set(plain) == {row[0] for row in rows("Connecting each")}
