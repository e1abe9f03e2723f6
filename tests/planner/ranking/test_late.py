"""Columns that are made when they are asked for."""

import numpy as np
import pytest

from planner.domain.facts import I64
from planner.ranking import late
from planner.ranking.late import Late, parts


def test_late_rows_are_those_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """By row, cell, slice, mask, list of rows and as a whole: as an array of the same rows, and
    never more rows at a time than a part holds."""
    monkeypatch.setattr(late, "PART", 4)
    whole = np.arange(30).reshape(10, 3)
    most = 0

    def make(rows: I64) -> late.Array:
        nonlocal most
        most = max(most, len(rows))
        return whole[rows]

    column = Late((10, 3), make)
    assert (len(column), column.shape, most) == (10, (10, 3), 0)
    assert column[7].tolist() == whole[7].tolist()
    assert (column[-1, 2], column[3, 0]) == (29, 9)
    for rows in (slice(2, 9), whole[:, 0] % 2 == 0, np.array([9, 0, 9]), slice(5, 5)):
        assert np.array_equal(column[rows], whole[rows])
        assert np.array_equal(column[rows, 1], whole[rows, 1])
    assert np.array_equal(np.asarray(column), whole)
    assert column.astype(np.float32).dtype == np.float32
    assert most == 4


def test_parts_cover_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spans follow each other up to the last row; there is none of nothing."""
    monkeypatch.setattr(late, "PART", 4)
    assert parts(9) == [(0, 4), (4, 8), (8, 9)]
    assert parts(0) == []
