"""Compile every Jinja template and look up what it includes.

Finds syntax errors, unknown filters and tests, and includes, imports and parents that are not
there. What a template does with its values is for the tests of the pages.
"""

import sys
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, TemplateError, meta

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def main() -> None:
    """Say how many templates are good, or name each that is not and exit with 1."""
    environment = pages_environment()
    faults = [fault for name in environment.list_templates() for fault in check(environment, name)]
    if faults:
        sys.exit("\n".join(faults))
    print(f"templates: {len(environment.list_templates())} good")


def check(environment: Environment, name: str) -> list[str]:
    """What is wrong with one template, one line each."""
    try:
        source = (TEMPLATES / name).read_text(encoding="utf-8")
        environment.compile(source, name)
        named = meta.find_referenced_templates(environment.parse(source))
        return [f"{name}: no template {other}" for other in named if other and not (TEMPLATES / other).exists()]
    except TemplateError as error:
        return [f"{name}:{getattr(error, 'lineno', '?')}: {error.message}"]


if __name__ == "__main__":
    main()
