"""Looks at masked data are entries that stay."""

from datetime import timedelta

from demo_time import DEMO_NOW, demo_clock

from planner.actions.purge import lenders, purge
from planner.actions.reveals import FIELDS, note_reveal, reveals
from planner.store.people import find_persons, load_rows
from planner.store.store import Store
from planner.store.verify import verify


def test_looks_are_listed(demo_store: Store) -> None:
    """Every look is listed, the newest first, with person, fields, screen and user."""
    with demo_store.read() as conn:
        first, second = load_rows(conn, find_persons(conn)[:2])
    note_reveal(demo_store, first.debtor_id, where="case", by="lin", clock=demo_clock)
    note_reveal(
        demo_store, second.debtor_id, where="case", by="",
        clock=lambda: DEMO_NOW + timedelta(minutes=1), fields=("phones",),
    )  # fmt: skip
    newest, oldest = reveals(demo_store)
    assert (newest.name, newest.fields, newest.by) == (second.name, ("phones",), "")
    assert (oldest.name, oldest.fields, oldest.by) == (first.name, FIELDS, "lin")
    assert newest.at - oldest.at == timedelta(minutes=1)
    assert [one.debtor_id for one in reveals(demo_store, most=1)] == [second.debtor_id]
    assert verify(demo_store).problems == ()


def test_looks_outlive_the_person(demo_store: Store) -> None:
    """After the end of a mandate it is still known that somebody was looked at, not who it was."""
    with demo_store.read() as conn:
        (who,) = load_rows(conn, find_persons(conn)[:1])
    note_reveal(demo_store, who.debtor_id, where="case", by="lin", clock=demo_clock)
    for lender, _, _ in lenders(demo_store):
        purge(demo_store, lender, reason="ended", by="head office", clock=demo_clock)
    (look,) = reveals(demo_store)
    assert (look.debtor_id, look.name) == (who.debtor_id, "")
