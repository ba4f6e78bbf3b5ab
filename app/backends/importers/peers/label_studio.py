"""Label Studio: JSON, JSON-MIN, CSV and TSV, as version 1.23 exports them.

JSON holds a task with all its annotations; the others an annotation a row, with its results as
columns. The label configuration is in none of them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.backends.importers.peers.columns import trace_columns
from app.backends.importers.peers.said import Said, decoded
from app.backends.importers.rows import BadRow, Row
from app.core.fields import find_mapping
from app.core.language import _

NAME = "Label Studio"
_PLACE = ("start", "end", "text", "globalOffsets", "startOffset", "endOffset", "channel")
_OF_IMAGES = {"x", "y", "points", "vertices", "rle", "original_width"}
_VALUE = {
    *("choices", "labels", "hypertextlabels", "paragraphlabels", "taxonomy", "rating", "number"),
    *("datetime", "selected", *_PLACE),
}
_MIN = {"annotator", "annotation_id"}
_ABOUT = ("id", *_MIN, "created_at", "updated_at", "lead_time", "agreement")


def detect(data: Mapping[str, Any]) -> bool:
    """Whether a row is a task, or an annotation of JSON-MIN."""
    whole = isinstance(data.get("data"), dict) and isinstance(data.get("annotations"), list)
    return whole or {"id", *_MIN} <= data.keys()


def convert(rows: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
    """Each task with what was said of it."""
    for row in rows:
        if isinstance(row, BadRow):
            yield row
        elif isinstance(row.data.get("data"), dict):
            yield _task(row)
        elif {"id", *_MIN} <= row.data.keys():
            yield _annotated(row)
        else:
            yield BadRow(row.number, _("The row is no task of %(peer)s.", peer=NAME))


def _task(row: Row) -> Row:
    said, task = Said(NAME), row.data
    for annotation in said.objects(_("annotations"), task.get("annotations")):
        _take_annotation(said, annotation)
    if task.get("predictions"):
        said.leave(_("predictions"), _("Only what people said is taken."))
    if task.get("drafts"):
        said.leave(_("drafts"), _("They were never submitted."))
    if task.get("comment_count"):
        said.leave(_("comments"), _("The export does not hold them."))
    return said.row(row.number, trace_columns(task["data"]))


def _take_annotation(said: Said, annotation: Mapping[str, Any]) -> None:
    number = annotation.get("id")
    if annotation.get("was_cancelled"):
        said.leave(f"annotation {number}", _("The annotator skipped the task."))
        return
    by = {"who": _who(annotation.get("completed_by")), "at": annotation.get("created_at")}
    for result in said.objects(f"annotation {number}", annotation.get("result")):
        _take_result(said, number, by, result)
    if annotation.get("ground_truth"):
        said.add("ground truth", True, ref=f"{number}/ground truth", **by)


def _take_result(said: Said, number: object, by: dict[str, Any], result: Mapping[str, Any]) -> None:
    name, value = result.get("from_name"), result.get("value")
    if not isinstance(value, dict) or _OF_IMAGES & value.keys():
        said.leave(name or result.get("type"), _("It is not about text."))
    else:
        said.add(name, _value(value), ref=f"{number}/{name}", **by, **_place(value))


def _annotated(row: Row) -> Row:
    """A row of JSON-MIN, or of a table."""
    said, data = Said(NAME), row.data
    ref = data["annotation_id"]
    by = {"who": _who(data["annotator"]), "at": data.get("created_at") or None}
    results = dict(_results(data))
    for name, cells in results.items():
        for cell in cells:
            place = _place(cell) if isinstance(cell, dict) else {}
            value = _value(cell) if isinstance(cell, dict) else cell
            said.add(name, value, ref=f"{ref}/{name}", **by, **place)
    task = {name: cell for name, cell in data.items() if name not in {*_ABOUT, *results}}
    return said.row(row.number, trace_columns(task))


def _results(data: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """The columns that hold what was annotated.

    JSON-MIN has them behind the task's id. A table sorts its columns, so that there only lists and
    objects can be told from the columns of the task.
    """
    names = list(data)
    sorted_, known = isinstance(data["annotation_id"], str), set(find_mapping(data).values())
    for name in names if sorted_ else names[names.index("id") :]:
        cell = decoded(data[name])
        cells = cell if isinstance(cell, list) else [cell]
        told = all(isinstance(each, dict) and each.keys() <= _VALUE for each in cells)
        if name not in {*_ABOUT, *known} and (told or not sorted_):
            yield name, cells


def _value(value: Mapping[str, Any]) -> object:
    """What a result says; where it says nothing but words, it is these."""
    said = [each for name, each in value.items() if name not in _PLACE]
    return said or value.get("text")


def _place(value: Mapping[str, Any]) -> dict[str, Any]:
    """The words that a result is about, and where they stand in the text."""
    offsets = value.get("globalOffsets")
    place = offsets if isinstance(offsets, dict) else value
    words = value.get("text") if value.keys() - set(_PLACE) else None
    quote = words if isinstance(words, str) else ""
    return {"quote": quote, "start": place.get("start"), "end": place.get("end")}


def _who(by: object) -> str:
    """The annotator: their mail address where the export has it, else their number."""
    if isinstance(by, dict):
        return str(by.get("email") or by.get("username") or _who(by.get("id")))
    return f"user {by}" if by not in (None, "") else ""
