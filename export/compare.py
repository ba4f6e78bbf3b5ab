"""What one built dataset has that another has not, row by row, and why.

Promises: rows are matched by the trace or the problem that they come from, so it compares datasets
of one installation; memory grows with the rows' hashes, not with their content. Why a row is in one
alone is what the other's own list of left-out rows says, where it says so.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import Field

from app.core.language import N_
from app.core.model import Frozen
from export.build import read_manifest
from export.left_out import REASONS

Cause = Literal["split", "branch", "masks", "content", "not-chosen"]
CAUSES: dict[str, str] = {
    **{str(reason): words for reason, words in REASONS.items()},
    "split": N_("in another split"),
    "branch": N_("another branch of the trace"),
    "masks": N_("other masks"),
    "content": N_("its content was changed since"),
    "not-chosen": N_("not chosen"),
}
_COMPARED = ("format", "format_version", "row_version", "mask_policy", "tokenizer")


class Difference(Frozen):
    """A row that is in one alone, or in both with a difference; `cause` is a key of CAUSES."""

    trace_id: int | None
    problem_id: int
    cause: str
    detail: str = ""


class Comparison(Frozen):
    """Of two datasets: `settings` that differ, each before and after, and their rows."""

    settings: dict[str, tuple[Any, Any]]
    same: int = Field(examples=[98])
    added: tuple[Difference, ...]
    removed: tuple[Difference, ...]
    changed: tuple[Difference, ...]


class _Line(NamedTuple):
    """A row in short; `place` is what it comes from, and `branch` which of its branches."""

    place: tuple[int, int]
    hash: str
    split: str
    branch: int


def compare(before: Path, after: Path) -> Comparison:
    """The dataset in folder `after` against the one in `before`."""
    old, new = _by_place(before), _by_place(after)
    settings = _settings(before, after)
    changed, same = [], 0
    for place in sorted(old.keys() & new.keys()):
        one, other = _unlike(old[place], new[place])
        same += len(new[place]) - len(other)
        cause = _cause(one, other, settings) if one or other else None
        changed += [_difference(place, cause)] if cause else []
    return Comparison(
        settings=settings,
        same=same,
        added=tuple(_alone(new, old, before)),
        removed=tuple(_alone(old, new, after)),
        changed=tuple(changed),
    )


def _by_place(folder: Path) -> dict[tuple[int, int], list[_Line]]:
    """The rows of a dataset by what they come from."""
    found: defaultdict[tuple[int, int], list[_Line]] = defaultdict(list)
    for told in _lines(folder / "lineage.jsonl"):
        place = _place(told)
        branch = told["branch_ids"][-1] if told["branch_ids"] else 0
        found[place].append(_Line(place, told["hash"], told.get("split", "train"), branch))
    return found


def _unlike(old: list[_Line], new: list[_Line]) -> tuple[list[_Line], list[_Line]]:
    """The rows of a place that are not the very same in both."""
    shared = {line[1:3] for line in old} & {line[1:3] for line in new}
    return tuple([line for line in lines if line[1:3] not in shared] for lines in (old, new))  # type: ignore[return-value]


def _cause(old: list[_Line], new: list[_Line], settings: dict[str, Any]) -> Cause:
    if {line.hash for line in old} == {line.hash for line in new}:
        return "split"
    if {line.branch for line in old} != {line.branch for line in new}:
        return "branch"
    return "masks" if "mask_policy" in settings else "content"


def _alone(
    these: dict[tuple[int, int], list[_Line]], those: dict[tuple[int, int], Any], other: Path
) -> Iterator[Difference]:
    """What is in `these` alone, with what the folder of the other says of it."""
    said = {_place(told["lineage"]): told for told in _lines(other / "left_out.jsonl")}
    for place in sorted(these.keys() - those.keys()):
        told = said.get(place)
        yield (
            _difference(place, told["reason"], told["detail"])
            if told
            else _difference(place, "not-chosen")
        )


def _settings(before: Path, after: Path) -> dict[str, tuple[Any, Any]]:
    """What differs of how they were asked for."""
    old, new = (_asked(folder) for folder in (before, after))
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return {name: (old.get(name), new.get(name)) for name in names}


def _asked(folder: Path) -> dict[str, Any]:
    manifest = read_manifest(folder).model_dump(mode="json")
    origin = manifest["origin"]
    own = {name: manifest[name] for name in _COMPARED}
    selection = {name: value for name, value in origin["selection"].items() if name != "masks"}
    return {**own, **selection, "taxonomy": origin["taxonomy"], "code": origin["code_version"]}


def _difference(place: tuple[int, int], cause: str, detail: str = "") -> Difference:
    trace_id, problem_id = place
    return Difference(trace_id=trace_id or None, problem_id=problem_id, cause=cause, detail=detail)


def _place(told: dict[str, Any]) -> tuple[int, int]:
    return told["trace_id"] or 0, told["problem_id"]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file; a dataset of an older version may lack it."""
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
