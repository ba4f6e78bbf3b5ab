"""Bodies of requests, read as what JSON says they are.

Promises: a text is never taken for a number, nor a number for yes or no: what the schema of a body
does not allow is refused, and what it allows is read, 1.0 as a whole number too.
"""

import json
from functools import partial
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

Model = TypeVar("Model", bound=BaseModel)
NOT_BLANK = r"[^\s\x1c-\x1f\x85\uFEFF]"
"""A pattern for words: what is blank to Python, to pydantic or to ECMA 262, by which others read
the document, is blank to all three."""
_EXACT = 2**53
"""Up to here every whole number is a float of its own."""


class _Strictly:
    """FastAPI reads bodies as Python's values, of which strictness asks for tuples and dates."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        read = partial(_read, source)
        return core_schema.no_info_before_validator_function(read, handler(source))


Sent = Annotated[Model, _Strictly()]
"""The body of a request, a model of this type."""


def _read(model: type[BaseModel], body: object) -> BaseModel:
    return model.model_validate_json(json.dumps(_whole(body)), strict=True)


def _whole(value: Any) -> Any:
    """The same, with each number that is a whole one written as such."""
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return list(map(_whole, value))
    whole = isinstance(value, float) and value.is_integer() and abs(value) < _EXACT
    return int(value) if whole else value
