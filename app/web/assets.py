"""Static files: their addresses with a version, and those that are joined of several.

Promises: `NAME.js` is all of `static/NAME/*.js` in one, and `NAME.css` likewise, so that a page of
many small files asks for few; a script that is joined is strict. An address changes with the file,
or with any that it is joined of.
"""

from functools import cache
from pathlib import Path

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from app.settings import ROOT

_STATIC = ROOT / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css"}


class Static(StaticFiles):
    """The files of `static/`, joined where a folder stands for one."""

    def __init__(self) -> None:
        super().__init__(directory=_STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file at `path`, or the parts of the folder that has its name."""
        if scope["method"] in ("GET", "HEAD") and (parts := _parts(path)):
            return Response(_joined(path, parts), media_type=_TYPES[Path(path).suffix])
        return await super().get_response(path, scope)


@cache
def asset(name: str) -> str:
    """The address of a static file, with a version that changes when the file does."""
    files = _parts(name) or [file for file in [_STATIC / name] if file.is_file()]
    newest = max((file.stat().st_mtime_ns for file in files), default=0)
    return f"/static/{name}?v={newest:x}" if newest else f"/static/{name}"


def _parts(name: str) -> list[Path]:
    path = Path(name)
    if path.suffix not in _TYPES or len(path.parts) != 1:
        return []
    return sorted((_STATIC / path.stem).glob(f"*{path.suffix}"))


def _joined(name: str, parts: list[Path]) -> str:
    strict = '"use strict";\n' if name.endswith(".js") else ""
    return strict + "\n".join(part.read_text() for part in parts)
