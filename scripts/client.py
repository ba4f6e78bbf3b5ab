"""Write app/client/v1: the API's client, out of the routes and docs/openapi.json.

What is a type of the core there is imported; what is not is written from its schema, in the file
of the first tag that needs it. So no type and no route is written twice by hand.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.core.model import Frozen
from app.web.api import make_api
from scripts.client_operations import operation_text
from scripts.client_types import Types, references

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "app" / "client" / "v1"
_STYLE = ROOT / "pyproject.toml"
_IMPORTS = """
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal
from pydantic import Field
from app.client.base import Operations, Shown
from app.core.model import Frozen
"""


def main() -> None:
    """Write it."""
    FOLDER.mkdir(exist_ok=True)
    texts = client_texts()
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    for file in FOLDER.glob("*.py"):
        if file.name not in texts:
            file.unlink()


def client_texts() -> dict[str, str]:
    """The text of each file of the client's generated half, by its name."""
    document = make_api().openapi()
    types = Types(document["components"]["schemas"], list(_below(Frozen)))
    operations = list(_operations(document))
    types.answer(operations)
    texts = {}
    for tag in (each["name"] for each in document["tags"]):
        mine = [each for each in operations if each["tags"] == [tag]]
        name = tag.replace(" ", "_").replace("-", "_")
        texts[f"{name}.py"] = _module(name, mine, types)
    texts["__init__.py"] = _package(types, [name.removesuffix(".py") for name in texts])
    return _styled(texts)


def _module(tag: str, operations: list[dict[str, Any]], types: Types) -> str:
    needed = [name for each in operations for name in references(each)]
    written = types.written_for(tag, needed)
    methods = "\n".join(operation_text(each, types) for each in operations)
    imports = types.imports_of(tag)
    return (
        f'"""The operations of the API on {tag}. Written by `make openapi`."""\n{_IMPORTS}\n'
        f"{imports}\n{written}\n\nclass {_class_of(tag)}(Operations):\n"
        f'    """What can be asked for."""\n\n{methods}\n'
    )


def _package(types: Types, tags: list[str]) -> str:
    lines = [f"from app.client.v1.{tag} import {_class_of(tag)}" for tag in tags]
    lines += [f"from {module} import {name}" for name, module in sorted(types.homes.items())]
    names = sorted([*types.homes, "Everything"])
    bases = ", ".join(_class_of(tag) for tag in tags)
    return (
        '"""The operations of the API and their types. Written by `make openapi`."""\n'
        + "\n".join(lines)
        + f"\n\n__all__ = {json.dumps(names)}\n\n\nclass Everything({bases}):\n"
        + '    """Every operation of the API."""\n'
    )


def _class_of(tag: str) -> str:
    return f"{tag.title().replace('_', '')}Operations"


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield {**operation, "path": path, "method": method.upper()}


def _below(kind: type[Frozen]) -> Iterator[type[Frozen]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _styled(texts: dict[str, str]) -> dict[str, str]:
    """The same without imports that nothing needs, and formatted as everything is."""
    with TemporaryDirectory() as folder:
        files = {name: Path(folder) / name for name in texts}
        for name, file in files.items():
            file.write_text(texts[name], encoding="utf-8")
        for command in (["check", "--fix-only"], ["format"]):
            ruff = [
                sys.executable,
                "-m",
                "ruff",
                *command,
                "--quiet",
                "--config",
                str(_STYLE),
                folder,
            ]
            subprocess.run(ruff, cwd=ROOT, check=True)
        return {name: file.read_text(encoding="utf-8") for name, file in files.items()}


if __name__ == "__main__":
    main()
