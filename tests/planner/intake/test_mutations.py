"""Files damaged at random: never a crash, never a part of a file, never a wrong record."""

import random
from pathlib import Path

import pytest
from nasty_files import GOOD, csv_text, good_xlsx, mutate, mutate_rows, mutate_xlsx

from planner.errors import PlannerError
from planner.intake.merge import identity
from planner.intake.read import read_file
from planner.intake.records import PersonRecord
from planner.intake.values import checksum_ok

FEW, MANY = 50, 1500  # of each form; the long run goes with --full


def check(path: Path) -> None:
    """Read `path`: refused by name, or every row is a record or a fault."""
    refusal: PlannerError | None = None
    try:
        parsed = read_file(path)
    except PlannerError as error:
        refusal = error
    if refusal is not None:
        assert refusal.code.startswith("intake.")
        assert refusal.params["file"] == path.name
        return
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


def run(folder: Path, count: int) -> None:
    """Damage `count` files of each form."""
    rows = [GOOD | {"合同号": f"HT{n:04d}"} for n in range(6)]
    text, book = csv_text(rows), good_xlsx(6)
    for seed in range(count):
        rng = random.Random(seed)
        plain = folder / "a.csv"
        if seed % 2:
            plain.write_bytes(mutate(text.encode(rng.choice(("utf-8", "gbk", "utf-16"))), rng))
        else:
            plain.write_text(csv_text(mutate_rows(rows, rng)), encoding="utf-8", newline="")
        check(plain)
        packed = folder / "a.xlsx"
        packed.write_bytes(mutate_xlsx(book, rng))
        check(packed)


def test_a_hundred_damaged_files(tmp_path: Path) -> None:
    """A hundred damaged files are read or refused as a whole."""
    run(tmp_path, FEW)


@pytest.mark.full
def test_three_thousand_damaged_files(tmp_path: Path) -> None:
    """Three thousand damaged files are read or refused as a whole."""
    run(tmp_path, MANY)
