"""The matrix of servers in docs/model-servers.md keeps step with what the code speaks."""

import re
from typing import get_args

from app.backends.reasoners.dialects import Dialect
from app.settings import ROOT
from app.web.views.settings import DIALECTS

PAGE = (ROOT / "docs" / "model-servers.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n)*)", re.MULTILINE)
SECTIONS = dict(SECTION.findall(PAGE))


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
            loose = [c for c in cells if not re.search(r"\((run|seen|read)\)|unknown", c)]
            assert loose == [], server


def test_every_server_of_the_matrix_is_told_how_to_connect() -> None:
    plain = [re.sub(r"( [\d.]+|'s server)$", "", row[0]) for row in rows("What each can do")]
    assert plain
    assert set(plain) == {row[0] for row in rows("Connecting each")}
