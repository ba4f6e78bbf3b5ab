"""Arrow types as a dataset card names them (the `features` of Hugging Face's `dataset_info`)."""

from typing import Any


def features(schema: Any) -> list[dict[str, Any]]:
    """The fields of a `pyarrow.Schema`."""
    return [_field(field) for field in schema]


def _field(field: Any) -> dict[str, Any]:
    return {"name": field.name, **_feature(field.type)}


def _feature(kind: Any) -> dict[str, Any]:
    import pyarrow as pa

    if pa.types.is_struct(kind):
        return {"struct": [_field(field) for field in kind]}
    if pa.types.is_list(kind):
        inner = _feature(kind.value_type)
        return {"list": inner.get("struct") or inner["dtype"]}
    return {"dtype": str(kind)}
