"""Types of the API as Python: from JSON Schema, or the core's own where a schema is of one."""

import keyword
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from app.core.model import Frozen

Schema = dict[str, Any]
_PLAIN = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
}
_FORMATS = {"date-time": "datetime", "date": "date"}


class Types:
    """The types that were met so far, and the module where each is; `homes` is by its name."""

    def __init__(self, schemas: dict[str, Schema], classes: list[type[Frozen]]) -> None:
        self.schemas, self._classes = schemas, classes
        self.homes: dict[str, str] = {}
        self._answers: set[str] = set()

    def answer(self, operations: Iterable[Schema]) -> None:
        """Know what the answers of operations are made of."""
        told = [name for each in operations for name in references(each["responses"])]
        self._answers |= set(self._all(told))

    def written_for(self, tag: str, names: Iterable[str]) -> str:
        """The classes that these names need and no earlier tag has written."""
        texts = []
        for name in self._all(names):
            called = self._called(name)
            if called not in self.homes and self._is_class(name):
                core = self._core(name)
                self.homes[called] = core.__module__ if core else f"app.client.v1.{tag}"
                texts += [] if core else [self._class(name)]
        return "\n\n".join(texts)

    def imports_of(self, tag: str) -> str:
        """Imports of every known type that is written elsewhere; what is not used goes again."""
        here = f"app.client.v1.{tag}"
        known = ((name, module) for name, module in self.homes.items() if module != here)
        return "\n".join(f"from {module} import {name}" for name, module in known)

    def item_of(self, schema: Schema) -> str | None:
        """What a page of a list holds; None for what is no page."""
        name = _name(schema.get("$ref", ""))
        if not name.startswith("Page_"):
            return None
        return self.annotation(self.schemas[name]["properties"]["items"]["items"])

    def fields(self, schema: Schema) -> dict[str, Schema]:
        """What a form holds."""
        fields: dict[str, Schema] = self.schemas[_name(schema["$ref"])]["properties"]
        return fields

    def annotation(self, schema: Schema) -> str:
        """The type that a schema is of."""
        if "$ref" in schema:
            name = _name(schema["$ref"])
            known = self._is_class(name)
            return self._called(name) if known else self.annotation(self.schemas[name])
        if options := schema.get("anyOf") or schema.get("oneOf"):
            return " | ".join(dict.fromkeys(map(self.annotation, options)))
        if "const" in schema or "enum" in schema:
            values = schema.get("enum") or [schema["const"]]
            return f"Literal[{', '.join(map(repr, values))}]"
        return self._structure(schema)

    def _structure(self, schema: Schema) -> str:
        match schema.get("type"):
            case "array" if "prefixItems" in schema:
                return f"tuple[{', '.join(map(self.annotation, schema['prefixItems']))}]"
            case "array":
                return f"tuple[{self.annotation(schema.get('items', {}))}, ...]"
            case "object":
                values = schema.get("additionalProperties", {})
                return f"dict[str, {self.annotation(values if isinstance(values, dict) else {})}]"
            case str(kind):
                return _FORMATS.get(schema.get("format", ""), _PLAIN[kind])
        return "Any"

    def _is_class(self, name: str) -> bool:
        """Whether a schema has a name of its own in Python: no page, no form, and no tuple."""
        return self.schemas[name]["type"] == "object" and not name.startswith(("Page_", "Body_"))

    def _called(self, name: str) -> str:
        """Its name in Python. FastAPI tells two of one name apart by their modules."""
        place, _, last = name.rpartition("__")
        outside = place and not self._core(name)
        return f"{place.rpartition('__')[2].title()}{last}" if outside else last

    def _core(self, name: str) -> type[Frozen] | None:
        """The core's class that a schema is of."""
        found = self._python(name)
        return found if found and found.__module__.startswith("app.core.") else None

    def _python(self, name: str) -> type[Frozen] | None:
        fields = set(self.schemas[name].get("properties", {}))
        for each in self._classes:
            names = {field.alias or key for key, field in each.model_fields.items()}
            if each.__name__ == name.rpartition("__")[2] and fields == names | set(
                each.model_computed_fields
            ):
                return each
        return None

    def _class(self, name: str) -> str:
        schema, parent = self.schemas[name], self._parent(name)
        base = parent or ("Shown" if name in self._answers else "Frozen")
        inherited = self.schemas[parent]["properties"] if parent else {}
        required = set(schema.get("required", ()))
        fields = [
            self._field(key, value, key in required)
            for key, value in schema.get("properties", {}).items()
            if key not in inherited
        ]
        body = "\n".join([docstring(schema["description"]), "", *fields])
        return f"class {self._called(name)}({base}):\n{textwrap.indent(body, '    ')}\n"

    def _parent(self, name: str) -> str | None:
        """The type that this one adds fields to, where the API shows it too."""
        python = self._python(name)
        parent = python.__bases__[0].__name__ if python else ""
        return parent if parent in self.schemas else None

    def _field(self, name: str, schema: Schema, required: bool) -> str:
        assert name.isidentifier(), name
        assert not keyword.iskeyword(name), name
        line = f"{name}: {self.annotation(schema)}"
        if not required:
            line += f" = {self.default(schema)}"
        return f"{line}\n{docstring(schema['description'])}" if "description" in schema else line

    def default(self, schema: Schema) -> str:
        """What stands where nothing is given."""
        value = schema.get("default")
        if isinstance(value, dict) and "$ref" in schema:
            return f"{self.annotation(schema)}.model_validate({value!r})"
        if value == {}:
            return "Field(default_factory=dict)"
        return repr(tuple(value) if isinstance(value, list) else value)

    def _all(self, names: Iterable[str]) -> Iterator[str]:
        """These and whatever they need, the needed first."""
        seen: set[str] = set()

        def walk(name: str) -> Iterator[str]:
            if name not in seen:
                seen.add(name)
                parent = self._parent(name)
                for other in [*references(self.schemas[name]), *([parent] if parent else [])]:
                    yield from walk(other)
                yield name

        for name in names:
            yield from walk(name)


def references(part: Any) -> Iterator[str]:
    """The names of the schemas that a part of the document refers to."""
    if isinstance(part, dict):
        if str(part.get("$ref", "")).startswith("#/components/schemas/"):
            yield _name(part["$ref"])
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def docstring(text: str) -> str:
    """A text between quotes, its paragraphs wrapped."""
    paragraphs = text.replace("\\", "\\\\").strip().split("\n\n")
    told = "\n\n".join(textwrap.fill(" ".join(each.split()), 84) for each in paragraphs)
    return f'"""{told}"""' if "\n" not in told else f'"""{told}\n"""'
