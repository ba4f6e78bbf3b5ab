"""The taxonomy of flaws: seven types in two groups.

This is the project's own list, versioned and editable for each workspace; the paper's seven names
are not public (CALM, arXiv 2510.04204, names the two groups).
"""

from typing import Literal

from pydantic import Field, field_validator

from app.core.language import N_
from app.core.model import Frozen

Group = Literal["computation", "expertise"]


class Flaw(Frozen):
    """One type of flaw; `id` is what is stored, the rest is what people read.

    `good` and `bad` are a project's own examples of hints; `flaw_examples` has the studio's.
    """

    id: str
    group: Group
    title: str
    definition: str
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()


class Taxonomy(Frozen):
    """A version of the list. A proposal records the version that it was made under."""

    version: str
    flaws: tuple[Flaw, ...] = Field(min_length=1)

    @field_validator("flaws")
    @classmethod
    def _distinct(cls, flaws: tuple[Flaw, ...]) -> tuple[Flaw, ...]:
        if len({flaw.id for flaw in flaws}) != len(flaws) or not flaws:
            raise ValueError("a taxonomy has at least one flaw, and each id once")
        return flaws

    @property
    def told(self) -> dict[str, object]:
        """What a model is told of it: all but the examples, which are for people."""
        return self.model_dump(exclude={"flaws": {"__all__": {"good", "bad"}}})

    def get(self, flaw_id: str) -> Flaw | None:
        """The flaw of this id, or None."""
        return next((flaw for flaw in self.flaws if flaw.id == flaw_id), None)


def _flaw(title: str, group: Group, definition: str) -> Flaw:
    flaw_id = title.lower().replace(" ", "-")
    return Flaw(id=flaw_id, group=group, title=title, definition=definition)


DEFAULT = Taxonomy(
    version="calm-studio-1",
    flaws=(
        _flaw(
            N_("Manual computation"),
            "computation",
            N_(
                "Works out by hand what a solver should: long arithmetic, enumeration, "
                "corner points, guessing."
            ),
        ),
        _flaw(
            N_("Fragmentary code"),
            "computation",
            N_(
                "Pieces of code that never build and solve the model, or a heuristic "
                "where a solver belongs."
            ),
        ),
        _flaw(
            N_("Distrust of results"),
            "computation",
            N_(
                "Doubts, redoes, overrides or ignores what execution established: "
                "a traceback unread, a status unchecked, an LP rounded."
            ),
        ),
        _flaw(
            N_("Wrong variables"),
            "expertise",
            N_(
                "Wrong domain or missing decision variables: continuous where things are counted, "
                "wrong bounds."
            ),
        ),
        _flaw(N_("Wrong objective"), "expertise", N_("Wrong sense, coefficients or terms.")),
        _flaw(N_("Wrong constraints"), "expertise", N_("A constraint is missing, extra or wrong.")),
        _flaw(
            N_("Implementation drift"),
            "expertise",
            N_("The code is not the model that was stated, or the answer is not what was asked."),
        ),
    ),
)
