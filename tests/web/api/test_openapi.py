"""The document that describes the API: whole, the same as the one that is checked in, and true."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from app.web.api import make_api
from app.web.security import API
from tests.web import test_routes
from tests.web.api.conftest import Program

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = make_api().openapi()
OPERATIONS = [each for path in DOCUMENT["paths"].values() for each in path.values()]
_EXAMPLES = 8
_LOOSE = [positive_data_acceptance, negative_data_rejection]
ids = test_routes.ids


def test_the_document_is_the_one_that_is_checked_in(program_of: Callable[..., Program]) -> None:
    """`make openapi` writes it anew."""
    program = program_of("viewer")
    answer = program.client.get(f"{API}/openapi.json")  # without a token
    kept = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert answer.json() == kept
    assert kept["openapi"].startswith("3.1")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each["operationId"])
def test_an_operation_says_what_it_does_and_how_it_fails(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    [tag] = operation["tags"]
    assert tag in {each["name"] for each in DOCUMENT["tags"]}
    assert operation["security"] == [{"HTTPBearer": []}]
    assert {"401", "403", "404", "409", "412", "422", "429"} <= set(operation["responses"])


def test_no_two_operations_have_one_name() -> None:
    names = [each["operationId"] for each in OPERATIONS]
    assert len(names) == len(set(names))


def test_made_up_requests_get_what_the_document_says(
    program_of: Callable[..., Program], ids: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every operation with data that is right, on things that are there, and wrong.

    It asks as a lead who is an administrator too, so that little is refused beforehand. Domain
    errors are right answers to right data, and another form of a number is not wrong.
    """
    program = program_of("lead", admin=True)
    ours = program.client.app.state.ports.settings  # type: ignore[attr-defined]
    monkeypatch.setattr(ours, "api_rate", 0)
    schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", program.client.app)
    for found in schema.get_all_operations():
        operation = found.ok()
        names = re.findall(r"{(\w+)}", operation.path)
        there = {name: ids.get(name, "manifest.json") for name in names}
        _try(program, operation.as_strategy(path_parameters=there))
        if names:
            _try(program, operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))


def _try(program: Program, cases: SearchStrategy[schemathesis.Case]) -> None:
    told = {"Authorization": f"Bearer {program.bearer}"}

    @seed(1)
    @settings(
        max_examples=_EXAMPLES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=told, excluded_checks=_LOOSE)

    ask()
