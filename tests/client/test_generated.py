"""The half of the client that is written out of the routes: it is what the routes say now."""

import inspect
from typing import Any

import pytest

from app.client import Client
from app.web.api import make_api
from scripts.client import FOLDER, client_texts

OPERATIONS = [
    {**operation, "method": method, "path": path}
    for path, methods in make_api().openapi()["paths"].items()
    for method, operation in methods.items()
]


def test_what_is_checked_in_is_what_the_routes_say() -> None:
    """`make openapi` writes it anew."""
    kept = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.py")}
    assert kept == client_texts()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each["operationId"])
def test_every_operation_has_a_method_that_takes_all_that_it_takes(
    operation: dict[str, Any],
) -> None:
    method = getattr(Client, operation["operationId"])
    told = " ".join((inspect.getdoc(method) or "").split())
    assert told.startswith(operation["summary"])
    given = operation.get("parameters", ())
    named = {it["name"] for it in given if it.get("in") in ("path", "query")}
    takes = set(inspect.signature(method).parameters)
    assert named - {"cursor"} <= takes
    assert ("requestBody" in operation) == bool(takes & {"body", "file"})
