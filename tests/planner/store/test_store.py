"""Opening, locking, transactions, versions of the schema, who is who."""

import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from store_factory import NOW, TestClock, append, listed, make_store, visit

from planner.domain.work import Work
from planner.errors import PlannerError
from planner.store import migrations, packs, state
from planner.store.backup import backups
from planner.store.crews import load_crews
from planner.store.driver import Database, connect
from planner.store.events import NewEvent
from planner.store.facts import load_person_facts
from planner.store.keys import read_key
from planner.store.known import PLACED, load_debtors
from planner.store.people import load_debtor
from planner.store.state import derived_hash
from planner.store.store import Store, find_debtor, new_debtor_id
from planner.store.verify import verify
from planner.store.wanted import load_needs

# Tables that the second schema did not have, besides those of a lead's wishes.
LATER = (
    "instalment_plan", "trip", "expense", "blob", "change_", "step",
    "assignment", "returned", "plan_review", "absence",
    "peer", "seen", "sent", "given", "wish", "unsent_file", "conflict", "flagged", "fork",
    "submitted",
)  # fmt: skip


def refused(call: object, *args: object, **named: object) -> PlannerError:
    with pytest.raises(PlannerError) as caught:
        call(*args, **named)  # type: ignore[operator]
    return caught.value


def test_what_was_written_is_there_again(tmp_path: Path) -> None:
    """Close, open: the same state, device, zone and currency."""
    with make_store(tmp_path) as store:
        append(store, listed("A"), visit("A"))
        with store.read() as conn:
            before = derived_hash(conn)
    with Store.open(store.path, clock=TestClock()) as again, again.read() as conn:
        assert derived_hash(conn) == before
        assert (again.zone, again.currency) == ("Asia/Shanghai", "CNY")
        assert again.device_id == store.device_id


def test_create_never_overwrites(tmp_path: Path) -> None:
    """An existing file and a missing folder are refused with a code."""
    with make_store(tmp_path) as store:
        pass
    assert refused(Store.create, store.path, clock=TestClock()).code == "store.exists"
    nowhere = tmp_path / "no" / "w.fairvisit"
    assert refused(Store.create, nowhere, clock=TestClock()).code == "store.not_found"


def test_open_says_what_is_missing(tmp_path: Path) -> None:
    """No file, no key, a file that is no workspace: three codes."""
    path = tmp_path / "w.fairvisit"
    assert refused(Store.open, path, clock=TestClock()).code == "store.not_found"
    path.write_bytes(b"x" * 8192)
    assert refused(Store.open, path, clock=TestClock()).code == "store.key_missing"
    path.unlink()
    with make_store(tmp_path):
        pass
    path.write_bytes(b"x" * 8192)
    assert refused(Store.open, path, clock=TestClock()).code == "store.damaged"


def test_a_newer_file_is_refused_untouched(tmp_path: Path) -> None:
    """A file of a later schema is not opened, not migrated, not changed."""
    with make_store(tmp_path) as store, store.write() as tx:
        tx.conn.execute("PRAGMA user_version = 99")
    before = store.path.read_bytes()
    error = refused(Store.open, store.path, clock=TestClock())
    assert (error.code, error.params["found"]) == ("store.newer", 99)
    assert store.path.read_bytes() == before


def test_a_foreign_step_is_refused(tmp_path: Path) -> None:
    """A step this program does not know counts as newer, whatever the number says."""
    with make_store(tmp_path) as store, store.write() as tx:
        tx.conn.execute("UPDATE _sqlite_migrations SET name = 'm0001_other' WHERE id = 1")
    assert refused(Store.open, store.path, clock=TestClock()).code == "store.newer"


def test_a_file_of_the_first_schema_gets_the_later_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was recorded before stays, and agreements, notices and overrides can be recorded."""
    first = migrations.Migrations("fairvisit")
    first._migrations = migrations.steps._migrations[:1]
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "steps", first)
        patch.setattr(packs, "forget", lambda *_, **__: None)
        patch.setattr(state, "TABLES", {
            name: columns for name, columns in state.TABLES.items()
            if name not in ("agreement", "notice", "override_", "must")
        })  # fmt: skip
        with make_store(tmp_path) as store:
            append(store, listed("A", addresses=[]), visit("A"))
    with Store.open(store.path, clock=TestClock()) as store:
        span = {"from": NOW, "until": NOW + timedelta(hours=1)}
        append(store, NewEvent("notice", "A", NOW, {**span, "evidence": "letter"}))
        with store.read() as conn:
            facts = load_person_facts(conn, "A", NOW.date())
        assert (len(facts.contacts), len(facts.notices)) == (1, 1)
        assert verify(store).ok


def test_a_crew_listed_before_crews_had_terms_is_usual(tmp_path: Path) -> None:
    """A file of the second schema opens: its crews have the usual terms, its people no needs, and
    folding the old events again gives the same."""
    told = {"crew_id": "K1", "name": "一组", "lat": 30.1, "lon": 120.2, "start": 32400,
            "members": [], "end": 61200, "weekdays": [1]}  # fmt: skip
    with make_store(tmp_path) as store:
        append(store, listed("A"), NewEvent("crew.listed", "", NOW, told))
        with store.write() as tx:
            for statement in (
                "DROP TABLE pack", "DROP INDEX person_needs",
                "ALTER TABLE crew DROP COLUMN work", "ALTER TABLE person DROP COLUMN needs",
                "ALTER TABLE identity DROP COLUMN batch",
                *(f"ALTER TABLE address DROP COLUMN {name}" for name in PLACED.split(", ")),
                *(f"ALTER TABLE promise DROP COLUMN {name}" for name in ("plan_id", "plan")),
                *(f"ALTER TABLE device DROP COLUMN {name}" for name in ("part", "owner", "acked")),
                *(f"DROP TABLE {name}" for name in LATER),
                "DROP TABLE must", "DELETE FROM _sqlite_migrations WHERE name >= 'm0003_crews'",
                "PRAGMA user_version = 2",
            ):  # fmt: skip
                tx.conn.execute(statement)
    with Store.open(store.path, clock=TestClock()) as store:
        with store.read() as conn:
            (crew,) = load_crews(conn)
            assert (crew.name, crew.work, load_needs(conn)) == ("一组", Work(), {})
        assert verify(store).ok


def test_counties_of_an_older_file_are_read_from_its_addresses(tmp_path: Path) -> None:
    """A file from before counties were kept has them after the next opening, the same as folding
    gives; what a list says of the county counts more than the text."""
    told = {"address_id": "B1", "text": "云岭市青石县1号", "county": "白水县"}
    with make_store(tmp_path) as store:
        address = {"address_id": "A1", "text": "云岭市中心区枫桥大道283号"}
        append(store, listed("A", addresses=[address, address | {"address_id": "A2", "text": ""}]))
        with store.write() as tx:
            tx.conn.execute("UPDATE address SET county = ''")
            tx.conn.execute("INSERT INTO setting VALUES ('address.county', '\"old\"')")
    with Store.open(store.path, clock=TestClock()) as store:
        append(store, listed("B", addresses=[told]))
        with store.read() as conn:
            found = conn.execute("SELECT county FROM address ORDER BY address_id").fetchall()
            assert load_debtor(conn, "B").addresses[0].county == "白水县"
            assert load_debtors(conn, ["B"])["B"].addresses[0].county == "白水县"
        assert [county for (county,) in found] == ["中心区", "", "白水县"]
        assert verify(store).ok


def test_an_older_file_is_copied_then_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A further step runs once; the file as it was lies beside it under the same key."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
    steps = migrations.Migrations("fairvisit")
    steps._migrations = list(migrations.steps._migrations)
    monkeypatch.setattr(migrations, "steps", steps)

    before = len(steps._migrations)

    @steps()
    def m9999_more(db: Database) -> None:
        db.conn.execute("CREATE TABLE more (x INTEGER) STRICT")
        db.conn.execute(f"PRAGMA user_version = {before + 1}")

    for _ in range(2):
        with Store.open(store.path, clock=TestClock()) as again, again.read() as conn:
            assert migrations.version(conn) == before + 1
            assert conn.execute("SELECT count(*) FROM more").fetchone()[0] == 0
    (made,) = backups(store.path)
    assert made.why == "migration"
    copy = connect(made.path, read_key(made.path))
    assert migrations.version(copy) == before
    assert copy.execute("SELECT name FROM person").fetchone()[0] == "王小明"
    copy.close()


def test_a_step_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that raises is rolled back whole; the file still opens with the old program."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
    steps = migrations.Migrations("fairvisit")
    steps._migrations = list(migrations.steps._migrations)

    @steps()
    def m0002_bad(db: Database) -> None:
        db.conn.execute("DROP TABLE person")
        raise ArithmeticError

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "steps", steps)
        with pytest.raises(ArithmeticError):
            Store.open(store.path, clock=TestClock())
    with Store.open(store.path, clock=TestClock()) as again, again.read() as conn:
        assert conn.execute("SELECT count(*) FROM person").fetchone()[0] == 1


def test_one_program_writes_others_may_read(tmp_path: Path) -> None:
    """The second writer is refused at once with a code, may read meanwhile, and writes later."""
    with make_store(tmp_path) as first, Store.open(first.path, clock=TestClock()) as second:
        append(first, listed("A"))
        assert refused(append, second, visit("A")).code == "store.in_use"
        with second.read() as conn:
            assert conn.execute("SELECT count(*) FROM person").fetchone()[0] == 1
        first.close()
        append(second, visit("A"))


def test_a_deed_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """An error in the middle of a transaction leaves nothing of it."""
    with make_store(tmp_path) as store:
        with pytest.raises(ZeroDivisionError), store.write() as tx:
            tx.append([listed("A", flags=int(bool(tx.append([listed("A")]))) // 0)])
        with store.read() as conn:
            assert conn.execute("SELECT count(*) FROM event").fetchone()[0] == 0
        append(store, listed("B"))


def test_threads_wait_for_each_other(tmp_path: Path) -> None:
    """Eight threads write and read at once: every record arrives, every chain number once."""
    with make_store(tmp_path) as store:
        failures: list[BaseException] = []

        def work(who: str) -> None:
            try:
                for _ in range(10):
                    append(store, visit(who))
                    with store.read() as conn:
                        conn.execute("SELECT count(*) FROM contact").fetchone()
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(f"P{k}",)) for k in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        with store.read() as conn:
            assert conn.execute(
                "SELECT count(*), min(device_seq), max(device_seq) FROM event"
            ).fetchone() == (80, 1, 80)


def test_writing_inside_writing_is_a_bug(tmp_path: Path) -> None:
    """A thread that would wait for itself is told so."""
    with make_store(tmp_path) as store, store.write(), pytest.raises(RuntimeError, match="open in"):
        append(store, listed("A"))


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    """Reading and writing after close is a coded error."""
    with make_store(tmp_path) as store:
        pass
    assert refused(append, store, listed("A")).code == "store.closed"
    with pytest.raises(PlannerError), store.read():
        pass


def test_a_copied_folder_opens(tmp_path: Path) -> None:
    """The file and its envelope are all that is needed elsewhere."""
    (tmp_path / "a").mkdir()
    with make_store(tmp_path / "a") as store:
        append(store, listed("A"))
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    with Store.open(tmp_path / "b" / "w.fairvisit", clock=TestClock()) as copy, copy.read() as conn:
        assert conn.execute("SELECT count(*) FROM person").fetchone()[0] == 1


def test_an_identity_has_one_id(tmp_path: Path) -> None:
    """The same identity gives the same id, found again; ids tell nothing about the identity."""
    with make_store(tmp_path) as store:
        with store.write() as tx:
            first = new_debtor_id(tx, "id:330102199001011234")
            assert new_debtor_id(tx, "id:330102199001011234") == first
            other = new_debtor_id(tx, "np:王小明|13800001234")
            assert first[0] == "P"
            assert first != other
            tx.append([listed(first)])
        with store.read() as conn:
            assert find_debtor(conn, "np:王小明|13800001234") == other
            assert find_debtor(conn, "np:nobody|0") is None
    (tmp_path / "b").mkdir()
    with make_store(tmp_path / "b") as elsewhere, elsewhere.write() as tx:
        assert new_debtor_id(tx, "id:330102199001011234") != first


def test_read_only_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which nothing may be written: creating a workspace says so."""

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "denied")

    monkeypatch.setattr("planner.store.envelope.tempfile.mkstemp", denied)
    error = refused(Store.create, tmp_path / "w.fairvisit", clock=TestClock())
    assert error.code == "store.read_only"
    assert not (tmp_path / "w.fairvisit").exists()


def test_bad_events_write_nothing(tmp_path: Path) -> None:
    """An unknown kind, field, code or channel, a missing field: named, and nothing is kept."""
    bad = [
        (NewEvent("nonsense", "A", NOW, {}), "kind"),
        (NewEvent("contact", "A", NOW, {"channel": "visit"}), "code"),
        (NewEvent("contact", "A", NOW, {"channel": "call", "code": "VIS-NC"}), "channel"),
        (NewEvent("contact", "A", NOW, {"channel": "visit", "code": "VIS-XX"}), "code"),
        (visit("A", adress_id="x"), "adress_id"),
        (NewEvent("payment", "A", NOW, {"amount": 1.5}), "amount"),
        (NewEvent("promise", "A", NOW, {"promise_id": "1", "amount": 1, "due": "soon"}), "due"),
        (NewEvent("hold", "A", NOW, {"hold_id": "1", "kind": 99}), "kind"),
        (NewEvent("hold", "A", NOW, {"hold_id": "1", "kind": 1, "until": NOW.replace(tzinfo=None)}),
         "until"),
        (listed("A", phones="138"), "phones"),
        (listed("A", cases=[{"lender": "x"}]), "case_id"),
        (listed(""), "debtor_id"),
        (NewEvent("crew.listed", "A", NOW, {}), "debtor_id"),
    ]  # fmt: skip
    with make_store(tmp_path) as store:
        for event, field in bad:
            error = refused(append, store, listed("B"), event)
            assert (error.code, error.params["field"]) == ("store.bad_event", field)
        with store.read() as conn:
            assert conn.execute("SELECT count(*) FROM event").fetchone()[0] == 0
            assert conn.execute("SELECT count(*) FROM who").fetchone()[0] == 1


def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    """The workspace, its keys and what SQLite puts beside it are closed to other users."""
    with Store.create(tmp_path / "own.fairvisit", clock=TestClock()) as store, store.write() as tx:
        tx.append([])
        modes = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    assert modes
    open_ones = {name for name, bits in modes.items() if bits and not name.endswith("-lock")}
    assert open_ones == set()
