"""The document that describes the API (OpenAPI 3.1): what no route says of itself.

Promises: every route has a summary, names the errors that it can answer with, and every POST takes
an `Idempotency-Key`; docs/openapi.json is this document.
"""

from typing import Any

from fastapi import FastAPI

from app.actions.answer_once import LONGEST_KEY
from app.web.api.errors import MEDIA_TYPE, ProblemDetails
from app.web.security import API

TAGS = [
    {"name": "me", "description": "Who the token is."},
    {"name": "projects", "description": "Workspaces, and what they are set to."},
    {"name": "problems", "description": "Word problems and their references."},
    {"name": "traces", "description": "Traces, branches, steps, executions and models as solved."},
    {"name": "judging", "description": "Hints, verdicts, and taking them back."},
    {"name": "claims", "description": "The queue, and who holds what."},
    {"name": "batches", "description": "Work on many problems or branches."},
    {"name": "datasets", "description": "Exports: asked for, built, downloaded."},
    {"name": "members", "description": "Who is what in a project."},
    {"name": "assignment", "description": "Who gets which work."},
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
    parts["responses"] = {f"E{status}": _problem(told) for status, told in _ERRORS.items()}
    parts["parameters"] = {"IdempotencyKey": _KEY}
    for methods in document["paths"].values():
        for method, operation in methods.items():
            _describe(method, operation)


def _describe(method: str, operation: dict[str, Any]) -> None:
    first, _line, rest = operation.pop("description").partition("\n\n")
    operation["summary"] = " ".join(first.split()).rstrip(".")
    if rest:
        operation["description"] = " ".join(rest.split())
    operation["responses"] |= {
        status: {"$ref": f"#/components/responses/E{status}"} for status in _ERRORS
    }
    if method == "post":
        operation.setdefault("parameters", []).append(
            {"$ref": "#/components/parameters/IdempotencyKey"}
        )


def _problem(told: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {"description": told, "content": {MEDIA_TYPE: {"schema": schema}}}
