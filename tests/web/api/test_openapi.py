"""The document that describes the API: whole, the same as the one that is checked in, and true."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth

from app.web.api import make_api
from app.web.security import API
from tests.web import test_routes
from tests.web.api.conftest import Program

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = make_api().openapi()
OPERATIONS = [each for path in DOCUMENT["paths"].values() for each in path.values()]
_ORDER = ("get", "put", "patch", "post", "delete")
_KEYS = count(1)
OTHERS = {"name": "manifest.json", "model": "intervener"}
"""Names in paths that are no ids."""
# What makes no sense though JSON Schema allows it: such operations may answer 422 to right data.
_TOGETHER = "fields fit together: ids of flaws differ, and options of a dataset with its format"
_FORM = "rows are in the file, or they are not; and a form knows no null"
SENSE = {
    _TOGETHER: ["build_dataset", "change_project", "preview"],
    "a cursor is one of its list": [
        each["operationId"]
        for each in OPERATIONS
        if any(one.get("name") == "cursor" for one in each.get("parameters", ()))
    ],
    "a reason is asked for by some decisions alone": ["judge_branch", "judge_proposal"],
    "a verdict is known, or one stands already": ["mark_gold"],
    "steps, words and flaws are the trace's and the project's": ["propose_own", "sample_again"],
    "a reference is a number, or one of three words": ["record_reference"],
    _FORM: ["add_benchmark", "import_file"],
    "a name is free, or it is taken": ["create_person", "create_service"],
    "a place is one that can be pushed to": ["push_dataset"],
    "models and languages are those of the installation": [
        "change_preferences",
        "find_abilities",
        "make_rule",
        "set_knowledge",
        "set_model",
    ],
    "traces are named, or found by filters, and there are some": ["plan_bulk"],
    "work goes to members": ["assign_trace", "change_group", "create_group"],
    "an address is one that can be reached": ["create_webhook", "change_webhook", "invite"],
    "who is removed is named exactly": ["remove_person"],
}
_ALLOWED = ["2xx", "304", "403", "404", "409", "412"]
_REFUSED = [*_ALLOWED[2:], "400", "405", "413", "422"]
_CONFIG = schemathesis.Config.from_dict(
    {
        # PostgreSQL stores no NUL. The token comes with each request.
        "generation": {"allow-x00": False, "with-security-parameters": False},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": _ALLOWED},
            "negative_data_rejection": {"expected-statuses": _REFUSED},
        },
        "operations": [
            {
                "include-operation-id": operation,
                "checks": {"positive_data_acceptance": {"expected-statuses": [*_ALLOWED, "422"]}},
            }
            for why, operations in SENSE.items()
            if why != _FORM
            for operation in operations
        ]
        # Whatever stands where a form has its file is what that file holds.
        + [
            {
                "include-operation-id": operation,
                "checks": {
                    "positive_data_acceptance": {"expected-statuses": [*_ALLOWED, "422"]},
                    "negative_data_rejection": {"expected-statuses": [*_REFUSED, "2xx"]},
                },
            }
            for operation in SENSE[_FORM]
        ],
    }
)
Cases = dict[str, tuple[dict[str, Any], list[schemathesis.Case]]]
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


def test_what_is_read_comes_in_pages_or_has_a_tag() -> None:
    reads = [
        each for path in DOCUMENT["paths"].values() for way, each in path.items() if way == "get"
    ]
    for operation in reads:
        if "application/json" in operation["responses"]["200"]["content"]:
            asked = {each.get("name", "").lower() for each in operation.get("parameters", ())}
            assert asked & {"cursor", "if-none-match"}, operation["operationId"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each["operationId"])
def test_what_is_sent_and_answered_has_an_example(operation: dict[str, Any]) -> None:
    told = [operation.get("requestBody", {}), *operation["responses"].values()]
    for content in (each["content"] for each in told if "content" in each):
        for schema in (each["schema"] for each in content.values() if each.get("schema")):
            assert schema == {"type": "null"} or _has_example(schema), schema


def _has_example(schema: dict[str, Any], seen: tuple[str, ...] = ()) -> bool:
    """Whether something in it is shown by an example, or says all that it can be."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name:
        return name not in seen and _has_example(
            DOCUMENT["components"]["schemas"][name], (*seen, name)
        )
    parts = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    parts += [schema["items"]] if "items" in schema else []
    return bool({"examples", "enum", "const"} & schema.keys()) or any(
        _has_example(each, seen) for each in parts
    )


def test_no_two_operations_have_one_name() -> None:
    names = [each["operationId"] for each in OPERATIONS]
    assert len(names) == len(set(names))


@pytest.fixture(scope="module")
def cases() -> Cases:
    """What is asked on each engine, by operation: made up once, which takes longest."""
    return {}


def test_made_up_requests_get_what_the_document_says(
    program_of: Callable[..., Program],
    ids: dict[str, Any],
    cases: Cases,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every operation on things that are there, with data that is right, and with data that is not.

    It asks as a lead who is an administrator too, so that little is refused beforehand; what reads
    comes first, and what removes last.
    """
    program = program_of("lead", admin=True)
    ours = program.client.app.state.ports.settings  # type: ignore[attr-defined]
    monkeypatch.setattr(ours, "api_rate", 0)
    schema = schemathesis.openapi.from_asgi(
        f"{API}/openapi.json", program.client.app, config=_CONFIG
    )
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in sorted(operations, key=lambda each: _ORDER.index(each.method.lower())):
        there = {name: ids.get(name, OTHERS.get(name)) for name in _names(operation)}
        if operation.label not in cases:
            cases[operation.label] = there, list(_made_up(operation, there))
        same, made = cases[operation.label]
        assert same == there  # else the second engine would be asked for what is not there
        for case in made:
            _ask(program, case)


def _made_up(operation: Any, there: dict[str, Any]) -> Iterator[schemathesis.Case]:
    """Requests with right data, then with wrong data, where there is any to get wrong."""
    varied = bool(operation.body) or len(operation.query)
    for mode in GenerationMode if varied else [GenerationMode.POSITIVE]:
        made = operation.as_strategy(generation_mode=mode, path_parameters=there)
        yield from _drawn(made, 8 if operation.body else 5 if varied else 2)
    if there:
        yield from _drawn(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), 2)


def _drawn(strategy: SearchStrategy[schemathesis.Case], many: int) -> list[schemathesis.Case]:
    found: list[schemathesis.Case] = []

    @seed(1)
    @settings(
        max_examples=many,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def keep(case: schemathesis.Case) -> None:
        found.append(case)

    keep()
    return found


def _ask(program: Program, case: schemathesis.Case) -> None:
    told = {"Authorization": f"Bearer {program.bearer}"}
    right = case.meta is not None and case.meta.generation.mode.is_positive
    if right and "Idempotency-Key" in case.headers:  # one key is one request's
        told["Idempotency-Key"] = f"{next(_KEYS)}"
    app = program.client.app
    answer = case.call_and_validate(headers=told, excluded_checks=[ignored_auth], app=app)
    assert answer.status_code != 401
    if right and answer.status_code == 422:  # it could be read, and made no sense
        unsaid = case.operation.definition.raw["operationId"] in SENSE[_TOGETHER] + SENSE[_FORM]
        assert answer.json()["code"] == "invalid" or unsaid, answer.text


def _names(operation: Any) -> list[str]:
    return re.findall(r"{(\w+)}", operation.path)
