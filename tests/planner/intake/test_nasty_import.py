"""The set of nasty files taken in on top of a book: every fault found, nothing else touched."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from nasty_files import DAMAGED_CELLS, GOOD, REFUSED, csv_text, good_xlsx, main

from planner.actions.import_files import import_files
from planner.actions.undo import undo_batch
from planner.errors import PlannerError
from planner.store.state import derived_hash
from planner.store.store import Store
from planner.store.verify import verify

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def clock() -> datetime:
    return NOW


def state(store: Store) -> str:
    with store.read() as conn:
        return derived_hash(conn)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A workspace that knows three cases already."""
    made = Store.create(tmp_path / "w.fairvisit", clock=clock)
    book = tmp_path / "book.xlsx"
    book.write_bytes(good_xlsx(3))
    assert import_files(made, [book], clock=clock).batch is not None
    return made


def test_every_refused_file_changes_nothing(store: Store, tmp_path: Path) -> None:
    """Each of the files that must be refused is, by name, also beside a good one; the workspace is
    as before."""
    main(tmp_path / "nasty")
    good = tmp_path / "good.csv"
    good.write_text(csv_text([GOOD | {"合同号": "NEW1"}]), encoding="utf-8")
    before = state(store)
    for name, (file, _, _) in REFUSED.items():
        path = tmp_path / "nasty" / f"{name}{Path(file).suffix}"
        with pytest.raises(PlannerError) as caught:
            import_files(store, [good, path], clock=clock, as_of=None)
        assert caught.value.params["file"] == path.name, name
        assert state(store) == before, name
    assert len(REFUSED) + len(DAMAGED_CELLS) >= 80


def test_damaged_rows_are_found_the_others_taken_and_undone(store: Store, tmp_path: Path) -> None:
    """One file with every damaged cell: each row that must be left out is a fault with its code,
    the others are cases; the same file again changes nothing; one undo gives the start state."""
    main(tmp_path / "nasty")
    path = tmp_path / "nasty" / "damaged_cells.csv"
    before = state(store)
    report = import_files(store, [path], clock=clock, as_of=date(2026, 11, 20))
    found = {fault.row: fault.code for fault in report.faults if not fault.note}
    for row, (name, (_, _, code, kept)) in enumerate(DAMAGED_CELLS.items(), start=2):
        if not kept:
            assert found.get(row) == code, name
    assert report.batch is not None
    after = state(store)
    assert after != before
    assert import_files(store, [path], clock=clock, as_of=date(2026, 11, 20)).batch is None
    assert state(store) == after
    undo_batch(store, report.batch)
    assert state(store) == before
    assert verify(store).ok
