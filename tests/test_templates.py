"""Every template compiles, and what it includes, imports or extends is there."""

from pathlib import Path

import pytest
from jinja2 import meta

from app.web.templates import environment

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
NAMES = sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.*"))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles_and_finds_what_it_names(name: str) -> None:
    tree = environment().parse((TEMPLATES / name).read_text(encoding="utf-8"), name)
    named = {other for other in meta.find_referenced_templates(tree) if other}
    assert named <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_never_switches_escaping_off(name: str) -> None:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    assert "|safe" not in source.replace(" ", "")
    assert "autoescape false" not in source
