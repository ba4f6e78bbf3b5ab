"""Operations of the API as Python methods."""

import keyword
import textwrap
from typing import Any

from scripts.client_types import Types, docstring

Operation = dict[str, Any]
_JSON = "application/json"
_TAGGED = {"if-match", "if-none-match"}
_PAGED = {"cursor"}


def operation_text(operation: Operation, types: Types) -> str:
    """The method, indented."""
    name = operation["operationId"]
    assert not keyword.iskeyword(name), name
    answer, call = _answer(operation, types)
    doc = "\n\n".join(filter(None, (f"{operation['summary']}.", operation.get("description"))))
    body = f"{docstring(doc)}\n{call}"
    text = f"def {name}({_parameters(operation, types)}) -> {answer}:\n"
    return textwrap.indent(text + textwrap.indent(body, "    "), "    ") + "\n"


def _parameters(operation: Operation, types: Types) -> str:
    """Those of the address, the body, where a file is; then by name what may be left out."""
    first = ["self", *(f"{n}: {_kind(operation, n, types)}" for n in _path_names(operation))]
    if body := _body(operation):
        first.append(f"body: {types.annotation(body)}")
    first += ["file: Path"] if _form(operation) else []
    first += ["to: Path"] if _is_file(operation) else []
    named = [_named(*each, types) for each in _query(operation, types).items()]
    named += ["seen: Shown | None = None"] if _tagged(operation) else []
    named += ["sha256: str | None = None"] if _is_file(operation) else []
    return ", ".join([*first, *(["*", *named] if named else [])])


def _named(name: str, schema: dict[str, Any], types: Types) -> str:
    assert not keyword.iskeyword(name), name
    kind = types.annotation(schema)
    if "default" in schema:
        return f"{name}: {kind} = {types.default(schema)}"
    return f"{name}: {kind} = None" if "None" in kind else f"{name}: {kind}"


def _answer(operation: Operation, types: Types) -> tuple[str, str]:
    """What the method gives, and how it asks."""
    path, query = _path(operation), [f"{name}={name}" for name in _query(operation, types)]
    if _is_file(operation):
        return "Path", f"return self._file({', '.join([path, 'to', 'sha256', *query])})"
    asked = [repr(operation["method"]), path]
    asked += ["body=body"] if _body(operation) else []
    asked += ["seen=seen"] if _tagged(operation) else []
    schemas = [content.get(_JSON, {}).get("schema") for content in _successes(operation)]
    known = [schema for schema in schemas if schema]
    if not known:
        return "None", f"self._none({', '.join([*asked, *query])})"
    [schema], kind = known, types.annotation(known[0])
    if _form(operation):
        return kind, f"return self._upload({', '.join([kind, path, 'file', *query])})"
    if item := types.item_of(schema):
        return f"Iterator[{item}]", f"return self._list({', '.join([item, path, *query])})"
    how = "_maybe" if None in schemas else "_one"
    none = " | None" if None in schemas else ""
    return f"{kind}{none}", f"return self.{how}({', '.join([kind, *asked, *query])})"


def _successes(operation: Operation) -> list[dict[str, Any]]:
    """The contents of the answers that are successes; one of any JSON says nothing."""
    found = [it for status, it in operation["responses"].items() if status.startswith("2")]
    contents = [each.get("content", {}) for each in found]
    return [{} if each.get(_JSON, {}).get("schema") == {} else each for each in contents]


def _is_file(operation: Operation) -> bool:
    return any(content and _JSON not in content for content in _successes(operation))


def _body(operation: Operation) -> dict[str, Any] | None:
    schema: dict[str, Any] | None = _sent(operation, _JSON)
    return schema


def _form(operation: Operation) -> dict[str, Any] | None:
    """A form with one file, which is its field `file`."""
    return _sent(operation, "multipart/form-data")


def _sent(operation: Operation, kind: str) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {})
    assert set(content) <= {_JSON, "multipart/form-data"}, operation["operationId"]
    schema: dict[str, Any] | None = content.get(kind, {}).get("schema")
    return schema


def _path_names(operation: Operation) -> list[str]:
    """In the order of the address."""
    parts = operation["path"].split("/")
    return [part[1:-1] for part in parts if part.startswith("{")]


def _path(operation: Operation) -> str:
    parts = operation["path"].strip("/").split("/")
    names = (part[1:-1] if part.startswith("{") else repr(part) for part in parts)
    return f"({', '.join(names)}{',' if len(parts) == 1 else ''})"


def _kind(operation: Operation, name: str, types: Types) -> str:
    [schema] = [it["schema"] for it in operation["parameters"] if it.get("name") == name]
    return types.annotation(schema)


def _query(operation: Operation, types: Types) -> dict[str, dict[str, Any]]:
    """What is given by name: in the address behind `?`, or beside the file of a form."""
    found = [it for it in operation.get("parameters", ()) if it.get("in") == "query"]
    query = {it["name"]: it["schema"] for it in found if it["name"] not in _PAGED}
    if form := _form(operation):
        query |= {name: it for name, it in types.fields(form).items() if name != "file"}
    return query


def _tagged(operation: Operation) -> bool:
    return any(it.get("name") in _TAGGED for it in operation.get("parameters", ()))
