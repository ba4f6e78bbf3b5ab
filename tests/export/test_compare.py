"""Two datasets are compared row by row, and each difference has its cause."""

import shutil
from pathlib import Path

import pytest

from app.core.masks import MaskPolicy
from export.build import Chosen, build
from export.compare import CAUSES, Comparison, compare
from export.left_out import LeftOut
from export.manifest import Origin
from export.rows import Lineage, Row
from tests.export.conftest import making_of
from tests.export.sample_rows import make_row

Item = Chosen | LeftOut
ROWS = [make_row(number) for number in range(1, 6)]
BEFORE: list[Item] = [Chosen(row) for row in ROWS[:4]]


def against(
    folder: Path, origin: Origin, after: list[Item], before: list[Item] = BEFORE, **masks: bool
) -> Comparison:
    """The dataset of `after`, with other masks where they are given, against that of `before`."""
    old = build(before, folder, making_of("rows"), origin)
    new = build(after, folder, making_of("rows", **masks), origin)
    return compare(folder / old.fingerprint, folder / new.fingerprint)


def changed(row: Row, **lineage: object) -> Row:
    """The row with another answer, from another place where it is said."""
    place = row.lineage.model_copy(update=lineage) if row.lineage else None
    return Row.model_validate(row.model_dump() | {"reason": "x", "lineage": place and dict(place)})


def test_rows_that_came_went_and_stayed(tmp_path: Path, origin: Origin) -> None:
    near = LeftOut(
        reason="near-benchmark",
        detail="kept #1",
        key="k",
        lineage=Lineage(project="demo", problem_id=2, trace_id=2, branch_ids=(2,)),
    )
    found = against(tmp_path, origin, [Chosen(ROWS[0]), Chosen(ROWS[3]), Chosen(ROWS[4]), near])
    assert found.same == 2
    assert [(each.trace_id, each.cause) for each in found.added] == [(5, "not-chosen")]
    assert [(each.trace_id, each.cause, each.detail) for each in found.removed] == [
        (2, "near-benchmark", "kept #1"),
        (3, "not-chosen", ""),
    ]
    assert found.changed == ()
    assert found.settings == {}


def test_why_a_row_was_changed_is_told(tmp_path: Path, origin: Origin) -> None:
    after = [
        Chosen(ROWS[0], "test"),
        Chosen(changed(ROWS[1])),
        Chosen(changed(ROWS[2], branch_ids=(1, 9))),
        Chosen(ROWS[3]),
    ]
    found = against(tmp_path, origin, list(after))
    assert [each.cause for each in found.changed] == ["split", "content", "branch"]
    assert found.same == 1
    assert {each.cause for each in found.changed} < CAUSES.keys()


def test_other_masks_change_all_rows_and_are_told(tmp_path: Path, origin: Origin) -> None:
    policy = MaskPolicy(hints=False)
    after: list[Item] = [Chosen(make_row(number, policy)) for number in range(1, 5)]
    found = against(tmp_path, origin, after, hints=False)
    assert [each.cause for each in found.changed] == ["masks"] * 4
    assert found.settings["mask_policy"][1]["hints"] is False


def test_a_dataset_of_an_older_version_has_no_list_of_what_stayed_out(
    tmp_path: Path, origin: Origin
) -> None:
    old = build(BEFORE, tmp_path, making_of("rows"), origin)
    new = build(BEFORE[:1], tmp_path, making_of("rows"), origin)
    older = shutil.copytree(tmp_path / old.fingerprint, tmp_path / "older")
    (older / "left_out.jsonl").unlink()
    assert len(compare(older, tmp_path / new.fingerprint).removed) == 3
    assert len(compare(tmp_path / new.fingerprint, older).added) == 3


@pytest.mark.parametrize("items", [BEFORE, BEFORE[:1]])
def test_a_dataset_is_the_same_as_itself(items: list[Item], tmp_path: Path, origin: Origin) -> None:
    found = against(tmp_path, origin, items, items)
    assert (found.same, found.added, found.removed, found.changed) == (len(items), (), (), ())
