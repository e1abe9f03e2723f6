"""Every table of the schema is accounted for: folded, compared, cleared and given out."""

from pathlib import Path

from store_factory import make_store

from planner.export import everything
from planner.store.driver import Connection
from planner.store.state import TABLES

# About persons, and not derived: what erasing a person does with them is said in `erasure`.
TRUTH = {"who", "identity", "blob", "conflict", "flagged"}
OTHERS = {"undone"}  # derived as well, and cleared with the rest
# Follow from other columns of the row, or from the ids in it.
FOLLOW = {"address": {"mark"}, "agreement": {"mark"}}
# Where the full export has what a table says, where it is not called after it.
GIVEN_OUT = {
    "person": "persons", "address": "addresses", "loan": "cases", "contact": "contacts",
    "promise": "promises", "payment": "payments", "hold": "holds", "agreement": "agreements",
    "notice": "notices", "override_": "overrides", "crew": "crews", "trip": "trips",
    "expense": "expenses", "step": "steps", "instalment_plan": "instalment_plans",
    "assignment": "assignments", "returned": "returned_records", "plan_review": "plan_reviews",
    "absence": "absences", "exception_": "exceptions", "must": "musts",
    "change_": "proposed_changes", "blob": "evidence",
}  # fmt: skip


def columns(conn: Connection) -> dict[str, set[str]]:
    """The columns of each table that has numbers of persons."""
    names = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    found = {
        name: {row[1] for row in conn.execute(f"PRAGMA table_info({name})")}
        for name in names
        if not name.startswith("sqlite_")
    }
    return {name: those for name, those in found.items() if "pid" in those}


def test_every_table_about_persons_is_folded_and_compared(tmp_path: Path) -> None:
    """A table with numbers of persons is one that is folded anew, cleared when a person is erased,
    and compared column by column by `verify`, or one of the few that are truth."""
    with make_store(tmp_path) as store, store.read() as conn:
        found = columns(conn)
    assert set(found) == set(TABLES) | TRUTH | OTHERS
    for table, told in TABLES.items():
        compared = set(told.split(", "))
        assert compared == found[table] - {"pid"} - FOLLOW.get(table, set()), table


def test_every_table_about_persons_is_given_out() -> None:
    """The full export has a table for each, the files of evidence among them."""
    assert set(GIVEN_OUT) - {"blob"} == set(TABLES)
    assert set(GIVEN_OUT.values()) <= {*everything.TABLES, "cases"}
