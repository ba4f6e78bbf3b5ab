"""Work is handed out to each person once, by two servers to 32 processes, on both databases."""

from pathlib import Path

import pytest

from benchmarks.claims import Handed, hand_out, limit, ordinary

TRACES = 128


@pytest.mark.parametrize(("traces", "overlap"), [(TRACES, 1), (40, 3)])
def test_each_trace_comes_to_as_many_different_people_as_it_should(
    tmp_path: Path, database_url: str, broker_url: str, traces: int, overlap: int
) -> None:
    done = hand_out(tmp_path, database_url, broker_url, traces, overlap)
    assert done.strays(range(1, traces + 1), overlap) == []
    assert len({person for person, _trace in done.given}) > 1


def test_mixed_work_comes_once_and_only_to_whom_it_is_meant_for(
    tmp_path: Path, database_url: str, broker_url: str
) -> None:
    done = hand_out(tmp_path, database_url, broker_url, TRACES, 1, mixed=True)
    assert done.strays(ordinary(TRACES), 1) == []
    assert done.misdirected(limit(TRACES)) == []
    assert done.gold()


def test_what_strays_is_seen() -> None:
    twice, one = [(1, 1), (1, 1)], [(1, 1), (2, 2), (2, 1)]
    assert Handed(twice, 0, 0, 0).strays([1], 2) == [1]
    assert Handed(one, 0, 0, 0).strays([1, 2, 3], 1) == [1, 3]
    wrong = [(1, 4), (2, 5), (3, 6)]
    right = [(4, 4), (5, 5), (6, 6), (3, 3)]
    assert Handed([*wrong, *right], 0, 0, 0).misdirected(1) == wrong
    assert Handed([(5, 3), (5, 3)], 0, 0, 0).misdirected(1) == [(5, 3)]
    assert Handed([(2, 4), (2, 8)], 0, 0, 0).misdirected(1) == [(2, 0)]
