"""The form of a new dataset: what a browser sends, as the options that it means.

Promises: the same fields in an address and in a form; an empty field is one that chooses nothing.
"""

from typing import Any

from pydantic import BaseModel, ValidationError, field_validator

from app.core.errors import Invalid
from app.core.language import _
from app.core.options import DatasetOptions


class DatasetForm(BaseModel):
    """The fields, as they are sent; boxes that are not ticked are not."""

    name: str = ""
    format: str = "sft-tokenized"
    sent: bool = False
    verdicts: list[str] = []
    any_actor: bool = False
    all_branches: bool = False
    agreed: bool = False
    flaws: list[str] = []
    sources: list[str] = []
    difficulties: list[str] = []
    people: list[int] = []
    since: str = ""
    until: str = ""
    shortest: str = ""
    longest: str = ""
    golden_problems: bool = False
    unchecked: bool = False
    sample: str = ""
    balance: str = ""
    seed: str = ""
    validation: str = ""
    test: str = ""
    mark_near: bool = False
    train_hints: bool = False
    train_corrected: bool = False
    tokenizer: str = ""
    max_tokens: str = ""

    @field_validator("people", mode="before")
    @classmethod
    def _numbers(cls, given: Any) -> Any:
        return [each for each in given if str(each).isdecimal()]

    @property
    def options(self) -> DatasetOptions:
        """What the fields mean. Raises Invalid for what can't be read."""
        try:
            return DatasetOptions.model_validate(_chosen(self._fields()))
        except ValidationError as error:
            place = error.errors()[0]["loc"]
            raise Invalid(
                _(
                    "“%(field)s” can't be read.",
                    field=".".join(str(part) for part in place[:2] if isinstance(part, str)),
                )
            ) from error

    def _fields(self) -> dict[str, Any]:
        plain = (
            *("any_actor", "all_branches", "agreed", "flaws", "sources", "difficulties", "people"),
            *("since", "until", "shortest", "longest", "golden_problems", "unchecked", "sample"),
            *("balance", "seed", "tokenizer", "max_tokens"),
        )
        shares = {"validation": _share(self.validation), "test": _share(self.test)}
        return {
            **{name: getattr(self, name) for name in plain},
            "verdicts": self.verdicts or ["golden"],
            "splits": _chosen({**shares, "seed": self.seed}),
            "near": "mark" if self.mark_near else "leave-out",
            "masks": {"hints": self.train_hints, "corrected_code": self.train_corrected},
        }


def _chosen(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in ("", None)}


def _share(percent: str) -> str | float:
    """A share of what is written in percent."""
    try:
        return float(percent) / 100 if percent.strip() else ""
    except ValueError:
        return percent
