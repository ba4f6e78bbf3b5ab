"""The document that describes the API (OpenAPI 3.1): what no route says of itself.

Promises: every route has a summary, names the errors that it can answer with, and every POST takes
an `Idempotency-Key`; docs/openapi.json is this document.
"""

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI

from app.actions.answer_once import LONGEST_KEY
from app.web.api.errors import MEDIA_TYPE, ProblemDetails
from app.web.security import API

TAGS = [
    {"name": "me", "description": "Who the token is, what its account chose, and its way in."},
    {"name": "people", "description": "Accounts, for administrators."},
    {"name": "projects", "description": "Workspaces, and what they are set to."},
    {"name": "models", "description": "Who writes, who proposes hints, and their keys."},
    {"name": "members", "description": "Who is what in a project, and who is invited."},
    {"name": "services", "description": "What a project's programs come in as."},
    {"name": "problems", "description": "Word problems and their references."},
    {"name": "traces", "description": "Traces, branches, steps, executions and models as solved."},
    {"name": "notes", "description": "What is tried beside a trace: code, another model."},
    {"name": "judging", "description": "Hints, verdicts, who judged what, and taking it back."},
    {"name": "talk", "description": "Threads about a trace, and mentions."},
    {"name": "claims", "description": "The queue, and who holds what."},
    {"name": "guide", "description": "The guided first trace."},
    {"name": "bulk", "description": "One deed on many traces."},
    {"name": "batches", "description": "Work on many problems or branches."},
    {"name": "datasets", "description": "Exports: asked for, built, downloaded."},
    {"name": "benchmarks", "description": "What models are evaluated on."},
    {"name": "assignment", "description": "Who gets which work."},
    {"name": "insights", "description": "Figures: progress, agreement, flaws, hints, paths."},
    {"name": "search", "description": "Full text of problems, traces and hints."},
    {"name": "gold", "description": "Traces with a known verdict, which measure annotators."},
    {"name": "history", "description": "What was done, by whom, by what."},
    {"name": "webhooks", "description": "Servers elsewhere that are told what happens."},
]
_ERRORS = {
    "400": "The request can't be read at all.",
    "401": "No token was sent, or one that is unknown, revoked or run out.",
    "403": "The role or the token's scopes don't reach so far.",
    "404": "There is no such thing, or none that the caller may know of.",
    "405": "This can't be done here.",
    "409": "A rule forbids it now, or somebody else was first.",
    "412": "It was changed since the tag in `If-Match`.",
    "413": "That is more than can be sent here.",
    "422": "Something that was sent can't be read; `fields` says what.",
    "429": "Too many requests; `Retry-After` says for how long, in seconds.",
    "500": "Something that nobody foresaw; `detail` has its id in the log.",
}
_HEADERS = {
    "ETag": "Stands for all that the answer says; for `If-Match` and `If-None-Match`.",
    "Idempotency-Replayed": "`true` where this was answered before, under the same key.",
    "Location": "Where what was made is to be found.",
    "RateLimit": "How many requests are left (`r`), and in how many seconds all are (`t`).",
    "RateLimit-Policy": "How many requests (`q`) are answered in so many seconds (`w`).",
    "Retry-After": "After how many seconds to try again.",
    "WWW-Authenticate": "How to come in: `Bearer`.",
}
_EVERY = ("RateLimit", "RateLimit-Policy")
_OF_ERRORS = {"401": ("WWW-Authenticate",), "429": ("Retry-After",)}
_UNCHANGED = "Nothing has changed since the tag in `If-None-Match`."
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "For a day the same key gives the answer to the first request with it.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}


def complete(api: FastAPI) -> None:
    """Have the application describe itself with all that its routes don't say."""
    plain = api.openapi

    def described() -> dict[str, Any]:
        if api.openapi_schema is None:
            _complete(plain())
        return plain()

    api.openapi = described  # type: ignore[method-assign] # FastAPI's own way to change it


def _complete(document: dict[str, Any]) -> None:
    document["servers"] = [{"url": API}]
    parts = document["components"]
    parts["schemas"].pop("HTTPValidationError", None)
    parts["schemas"].pop("ValidationError", None)
    schema = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    parts["schemas"] |= schema.pop("$defs") | {"ProblemDetails": schema}
    parts["headers"] = {name: _header(told) for name, told in _HEADERS.items()}
    parts["responses"] = {f"E{status}": _problem(status) for status in _ERRORS}
    parts["parameters"] = {"IdempotencyKey": _KEY}
    for methods in document["paths"].values():
        for method, operation in methods.items():
            _describe(method, operation)


def _describe(method: str, operation: dict[str, Any]) -> None:
    first, _line, rest = operation.pop("description").partition("\n\n")
    operation["summary"] = " ".join(first.split()).rstrip(".")
    if rest:
        operation["description"] = " ".join(rest.split())
    _describe_headers(method, operation)
    operation["responses"] |= {
        status: {"$ref": f"#/components/responses/E{status}"} for status in _ERRORS
    }
    if method == "post":
        operation.setdefault("parameters", []).append(
            {"$ref": "#/components/parameters/IdempotencyKey"}
        )


def _describe_headers(method: str, operation: dict[str, Any]) -> None:
    """What answers that are a success say in their headers, and that nothing may have changed."""
    asked = {each["name"].lower() for each in operation.get("parameters", ())}
    tagged = "if-none-match" in asked or method != "get"
    replayed = ("Idempotency-Replayed",) if method == "post" else ()
    for status, response in operation["responses"].items():
        names = [*_EVERY, *replayed]
        names += ["ETag"] if tagged and "content" in response else []
        names += ["Location"] if status == "201" else []
        response["headers"] = _named(names)
    if "if-none-match" in asked:
        operation["responses"]["304"] = {
            "description": _UNCHANGED,
            "headers": _named([*_EVERY, "ETag"]),
        }


def _problem(status: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {
        "description": _ERRORS[status],
        "headers": _named([*_EVERY, *_OF_ERRORS.get(status, ())]),
        "content": {MEDIA_TYPE: {"schema": schema}},
    }


def _named(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in sorted(names)}


def _header(told: str) -> dict[str, Any]:
    return {"description": told, "schema": {"type": "string"}}
