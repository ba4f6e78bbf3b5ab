"""What a person can swap, by name: Reasoners, Interveners, sandboxes, export formats.

An entry is the address of a factory, "package.module:function", and is imported only when it is
made, so that a start loads no client and no solver. It knows nothing of what it makes.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Generic, TypeVar, cast

from app.core.errors import Invalid
from app.core.language import _, translated

T = TypeVar("T")


class Registry(Generic[T]):
    """Names of one kind of thing and the factories that make it."""

    def __init__(self, kind: str, entries: Mapping[str, str]) -> None:
        self.kind = kind
        self.entries = dict(entries)

    def make(self, name: str, *args: Any, **kwargs: Any) -> T:
        """What the factory of `name` makes of the arguments. Raises Invalid for an unknown name."""
        if name not in self.entries:
            known = ", ".join(sorted(self.entries))
            raise Invalid(
                _(
                    "There is no %(kind)s called %(name)s; there are: %(known)s.",
                    kind=translated(self.kind),
                    name=repr(name),
                    known=known,
                )
            )
        module, function = self.entries[name].split(":")
        return cast(T, getattr(import_module(module), function)(*args, **kwargs))
