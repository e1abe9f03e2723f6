"""The file is encrypted, and the connection is what we rely on."""

import errno
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from store_factory import TestClock, append, listed, make_store, visit

from planner.errors import PlannerError
from planner.store import driver
from planner.store.driver import (
    Database,
    check_driver,
    coded_errors,
    coded_os_errors,
    connect,
    memory,
)
from planner.store.keys import new_key
from planner.store.store import Store, new_debtor_id

SECRETS = (
    "王小明",
    "13800001234",
    "330102199001011234",
    "河西镇一号",
    "银行",
    "备注说明",
    "Garcia",
)


def test_sqlite_utils_sits_on_sqlcipher() -> None:
    """sqlite-utils catches SQLCipher's exceptions, because it took our driver for its own."""
    check_driver()
    assert Database(memory()).execute("PRAGMA cipher_version").fetchone()


def test_an_early_import_is_noticed() -> None:
    """When something imported sqlite_utils before our driver, opening a store says so."""
    code = "import sqlite_utils; from planner.store.driver import check_driver; check_driver()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "imported too early" in done.stderr


def test_pragmas(tmp_path: Path) -> None:
    """Full synchronisation, write-ahead log, foreign keys, secure deletion, no trusted schema."""
    with make_store(tmp_path) as store, store.write() as tx:
        found = {
            name: tx.conn.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete",
                         "trusted_schema", "query_only")
        }  # fmt: skip
    assert found == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1,
        "trusted_schema": 0, "query_only": 0,
    }  # fmt: skip


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    """A connection from `read` refuses every change."""
    with (
        make_store(tmp_path) as store,
        pytest.raises(PlannerError) as caught,
        store.read() as conn,
    ):
        conn.execute("DELETE FROM who")
    assert caught.value.code == "store.read_only"


def test_no_word_of_a_person_lies_open(tmp_path: Path) -> None:
    """Neither the file nor its log holds a name, number or address, while open and after."""
    with make_store(tmp_path) as store:
        with store.write() as tx:
            who = new_debtor_id(tx, "id:330102199001011234")
        append(
            store,
            listed(who, id_number="330102199001011234"),
            listed("B", name="Maria Garcia"),
            visit(who, note="备注说明"),
            *(visit(who) for _ in range(200)),
        )
        assert_hidden(tmp_path)
    assert_hidden(tmp_path)


def assert_hidden(folder: Path) -> None:
    files = [path for path in folder.iterdir() if path.name.startswith("w.fairvisit")]
    assert files
    for path in files:
        content = path.read_bytes()
        for secret in SECRETS:
            for coding in ("utf-8", "utf-16-le", "gbk"):
                assert secret.encode(coding) not in content, (path.name, secret)


def test_the_standard_library_cannot_open_it(tmp_path: Path) -> None:
    """Plain SQLite takes the file for noise."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
    plain = sqlite3.connect(tmp_path / "w.fairvisit")
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        plain.execute("SELECT * FROM person")
    plain.close()


def test_another_key_cannot_open_it(tmp_path: Path) -> None:
    """A wrong raw key is a coded error, not a stack of SQL."""
    with make_store(tmp_path):
        pass
    with pytest.raises(PlannerError) as caught:
        connect(tmp_path / "w.fairvisit", new_key())
    assert caught.value.code == "store.damaged"


def test_errors_of_the_disk_have_codes() -> None:
    """What SQLite says about the file becomes a code; a slip in a statement stays a bug."""
    for words, code in (
        ("database or disk is full", "store.disk_full"),
        ("disk I/O error", "store.disk_error"),
        ("attempt to write a readonly database", "store.read_only"),
        ("database is locked", "store.busy"),
        ("database disk image is malformed", "store.damaged"),
    ):
        with pytest.raises(PlannerError) as caught, coded_errors("x.fairvisit"):
            raise sqlcipher.OperationalError(words)
        assert (caught.value.code, caught.value.params) == (code, {"file": "x.fairvisit"})
    with pytest.raises(sqlcipher.OperationalError), coded_errors("x"):
        raise sqlcipher.OperationalError("no such table: nothing")


def test_only_the_driver_imports_sqlite_utils() -> None:
    """The alias holds as long as nobody else in the store imports sqlite_utils."""
    folder = Path(driver.__file__).parent
    guilty = [
        path.name
        for path in folder.glob("*.py")
        if path.name != "driver.py" and re.search(r"import sqlite_utils|from sqlite_utils",
                                                  path.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert guilty == []


def test_two_moments_of_one_reader(tmp_path: Path) -> None:
    """A reader sees one moment of the file even while another thread's transaction commits."""
    with make_store(tmp_path) as store, store.read() as conn:
        assert conn.execute("SELECT count(*) FROM event").fetchone()[0] == 0
        append(store, listed("A"))
        assert conn.execute("SELECT count(*) FROM event").fetchone()[0] == 0


def test_full_disk_keeps_the_file_whole(tmp_path: Path) -> None:
    """When the file cannot grow, the deed is refused as a whole and the next small one works."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        with store.write() as tx:
            pages = tx.conn.execute("PRAGMA page_count").fetchone()[0]
            tx.conn.execute(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(PlannerError) as caught:
            append(store, *(visit("A", note="x" * 500) for _ in range(500)))
        assert caught.value.code == "store.disk_full"
        append(store, visit("A"))
    with Store.open(tmp_path / "w.fairvisit", clock=TestClock()) as again, again.read() as conn:
        assert conn.execute("SELECT count(*) FROM contact").fetchone()[0] == 1


def test_errors_of_the_system_have_codes(tmp_path: Path) -> None:
    """No space and no permission have codes while our own files are written; others pass."""
    for number, code in ((errno.ENOSPC, "store.disk_full"), (errno.EROFS, "store.read_only")):
        with pytest.raises(PlannerError) as caught, coded_os_errors(tmp_path / "x"):
            raise OSError(number, "no")
        assert (caught.value.code, caught.value.params) == (code, {"file": "x"})
    with pytest.raises(IsADirectoryError), coded_os_errors(tmp_path):
        raise IsADirectoryError(errno.EISDIR, "no")
