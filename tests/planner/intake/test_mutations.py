"""Files damaged at random: never a crash, never a part of a file, never a wrong record."""

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mutated_files import mutate, mutate_rows, mutate_xlsx
from nasty_files import GOOD, csv_text, good_xlsx

from planner.actions.import_files import take_in
from planner.actions.undo import undo_batch
from planner.errors import PlannerError
from planner.intake.merge import identity
from planner.intake.read import read_file
from planner.intake.records import PersonRecord
from planner.intake.values import checksum_ok
from planner.store.state import derived_hash
from planner.store.store import Store, remove_workspace

FEW, MANY = 250, 10_000  # of each form; the long run goes with --full
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def clock() -> datetime:
    return NOW


def state(store: Store) -> str:
    with store.read() as conn:
        return derived_hash(conn)


def check(path: Path, store: Store) -> bool:
    """Read `path`: refused by name, or every row is a record or a fault; then take it in: all of it
    is there, and one undo gives the start state back. Whether it was taken in."""
    refusal: PlannerError | None = None
    try:
        parsed = read_file(path)
    except PlannerError as error:
        refusal = error
    if refusal is not None:
        assert refusal.code.startswith("intake.")
        assert refusal.params["file"] == path.name
        return False
    faulty = {fault.row for fault in parsed.faults if not fault.note}
    kept: list[int] = []
    for person in parsed.records:
        assert isinstance(person, PersonRecord)
        assert person.name
        assert person.identity == identity(
            person.name, person.id_number, person.phones[0] if person.phones else ""
        )
        assert not person.id_number or checksum_ok(person.id_number)
        assert all(case.contract_no and case.amount_overdue >= 0 for case in person.cases)
        assert len(person.cases) == len(person.rows)
        kept += person.rows
    assert len(kept) == len(set(kept))
    assert not faulty & set(kept)
    assert len(kept) + len(faulty) == parsed.rows
    before = state(store)
    report = take_in(store, [parsed], clock=clock)
    with store.read() as conn:
        (cases,) = conn.execute("SELECT count(*) FROM loan").fetchone()
    left_out = {fault.row for fault in report.faults if not fault.note} - faulty
    assert cases == len(kept) - len(left_out)
    if report.batch is not None:
        undo_batch(store, report.batch)
    assert state(store) == before
    return report.batch is not None


def run(folder: Path, count: int) -> tuple[int, int]:
    """Damage `count` files of each form; how many were taken in and how many refused."""
    rows = [GOOD | {"合同号": f"HT{n:04d}"} for n in range(6)]
    text, book = csv_text(rows), good_xlsx(6)
    store, taken = Store.create(folder / "w.fairvisit", clock=clock), 0
    for seed in range(count):
        if seed % 500 == 499:  # a history of thousands of imports undone is not what is tested
            store.close()
            remove_workspace(store.path)
            store = Store.create(folder / "w.fairvisit", clock=clock)
        rng = random.Random(seed)
        plain = folder / "a.csv"
        if seed % 2:
            plain.write_bytes(mutate(text.encode(rng.choice(("utf-8", "gbk", "utf-16"))), rng))
        else:
            plain.write_text(csv_text(mutate_rows(rows, rng)), encoding="utf-8", newline="")
        taken += check(plain, store)
        packed = folder / "a.xlsx"
        packed.write_bytes(mutate_xlsx(book, rng))
        taken += check(packed, store)
    store.close()
    return taken, 2 * count - taken


def test_five_hundred_damaged_files(tmp_path: Path) -> None:
    """Five hundred damaged files are taken in or refused as a whole."""
    assert sum(run(tmp_path, FEW)) == 2 * FEW


@pytest.mark.full
def test_twenty_thousand_damaged_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Twenty thousand damaged files are taken in or refused as a whole."""
    taken, refused = run(tmp_path, MANY)
    assert taken + refused == 2 * MANY
    with capsys.disabled():
        sys.stdout.write(f" {taken} taken in, {refused} refused ")
