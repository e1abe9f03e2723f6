"""Deeds that are cut short: what each prepares, does, and must leave behind.

`prepare(folder)` makes a workspace `w.fairvisit`; `act(folder, say)` is killed somewhere and calls
`say(text)` for what it acknowledges; `check(folder, said)` raises AssertionError when something
acknowledged is lost, half done, or cannot be opened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import team_deeds as team

from planner.actions.import_files import import_files
from planner.actions.purge import purge
from planner.actions.upkeep import upkeep
from planner.errors import PlannerError
from planner.store import keys, migrations, packs, protect
from planner.store.backup import backups, look_inside, opens, restore
from planner.store.driver import connect
from planner.store.events import NewEvent
from planner.store.people import timeline
from planner.store.state import derived_hash
from planner.store.store import Store
from planner.store.verify import verify

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
NAME = "w.fairvisit"
WORDS, OTHER = "seven small dwarfs", "one large giant"
PEOPLE, VISITS, ROWS = 12, 25, 400
HEAD = "贷款机构,合同号,姓名,身份证号,手机号,逾期总金额（元）,逾期天数,数据日期,家庭地址\n"


class Clock:
    """Goes on by a second with every look."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass(frozen=True)
class Deed:
    """See the module."""

    prepare: Callable[[Path], None]
    act: Callable[[Path, Callable[[str], None]], None]
    check: Callable[[Path, list[str]], None]


def _open(folder: Path, *words: str | None) -> Store:
    for one in (None, *words):
        try:
            return Store.open(folder / NAME, clock=Clock(), passphrase=one)
        except PlannerError as error:
            if not error.code.startswith("store.passphrase"):
                raise
    raise AssertionError("no passphrase opens the workspace")


def _rows(lender: str, count: int) -> str:
    return HEAD + "".join(
        f"{lender},{lender}{k},人{k},,199{k:08},{1000 + k},60,2026-11-20,某街{k}号\n"
        for k in range(count)
    )


def _book(folder: Path) -> None:
    """A book of two lenders: some people owe both."""
    (folder / "old.csv").write_text(_rows("甲", PEOPLE), encoding="utf-8")
    (folder / "other.csv").write_text(_rows("乙", PEOPLE // 2), encoding="utf-8")
    (folder / "new.csv").write_text(_rows("丙", ROWS), encoding="utf-8")
    with Store.create(folder / NAME, clock=Clock()) as store:
        import_files(store, [folder / "old.csv", folder / "other.csv"], clock=store.clock)


def _protected(folder: Path) -> None:
    _book(folder)
    with _open(folder) as store:
        protect.set_passphrase(store, WORDS)
        store.backup("hand")


def _sound(folder: Path, *words: str) -> Store:
    store = _open(folder, *words)
    report = verify(store)
    assert report.ok, report.problems
    for one in backups(store.path):
        # Between a backup's new file and its new envelope only the workspace's key opens it.
        found = [_key(one.path, word) for word in (None, *words)]
        look_inside(one, next(filter(None, found), store.key_for_copies()))
    return store


def _key(path: Path, words: str | None) -> str | None:
    try:
        found = keys.open_envelope(path, words).keys
    except PlannerError:
        return None
    return next((key for key in found if opens(path, key)), None)


def _digest(store: Store) -> str:
    with store.read() as conn:
        return derived_hash(conn)


def _ids(store: Store) -> list[str]:
    with store.read() as conn:
        found = conn.execute("SELECT debtor_id FROM person JOIN who USING (pid) ORDER BY pid")
        return [who for (who,) in found]


def _record(folder: Path, say: Callable[[str], None]) -> None:
    with _open(folder) as store:
        ids = _ids(store)
        for k in range(VISITS):
            told = {"channel": "visit", "code": "VIS-NC", "note": f"n{k}"}
            with store.write() as tx:
                tx.append([NewEvent("contact", ids[k % len(ids)], store.clock(), told)])
                if k % 7 == 0:
                    tx.conn.execute("PRAGMA wal_autocheckpoint = 10")
            say(f"n{k}")


def _check_record(folder: Path, said: list[str]) -> None:
    with _sound(folder) as store:
        with store.read() as conn:
            there = [
                entry.fields["note"]
                for who in _ids(store)
                for entry in timeline(conn, who)
                if entry.kind == "contact"
            ]
        assert set(said) <= set(there), sorted(set(said) - set(there))
        assert len(there) == len(set(there)) <= len(said) + 1
        with store.write() as tx:
            tx.append([NewEvent("flag", _ids(store)[0], NOW, {"flag": 1, "on": True})])


def _import(folder: Path, say: Callable[[str], None]) -> None:
    with _open(folder) as store:
        import_files(store, [folder / "new.csv"], clock=store.clock)
    say("done")


def _check_import(folder: Path, said: list[str]) -> None:
    with _sound(folder) as store, store.read() as conn:
        (count,) = conn.execute("SELECT count(*) FROM loan WHERE lender = '丙'").fetchone()
    assert count in ((ROWS,) if said else (0, ROWS)), count


def _old_file(folder: Path) -> None:
    """A workspace as the first version of the program wrote it."""
    all_steps, forget = migrations.steps._migrations, packs.forget
    migrations.steps._migrations = all_steps[:1]
    packs.forget = lambda *_, **__: None  # that version knew no blocks of columns
    try:
        with Store.create(folder / NAME, clock=Clock()) as store, store.write() as tx:
            files = {"files": [{"name": "a.csv"}]}
            tx.append([NewEvent("import", "", store.clock(), files) for _ in range(50)])
    finally:
        migrations.steps._migrations, packs.forget = all_steps, forget


def _migrate(folder: Path, say: Callable[[str], None]) -> None:
    _open(folder).close()
    say("done")


def _check_migrated(folder: Path, said: list[str]) -> None:
    with _sound(folder) as store, store.read() as conn:
        assert migrations.version(conn) == migrations.known_version()
        assert conn.execute("SELECT count(*) FROM event").fetchone() == (50,)


def _protect(folder: Path, say: Callable[[str], None]) -> None:
    with _open(folder) as store:
        protect.set_passphrase(store, WORDS)
    say("done")


def _rotate(folder: Path, say: Callable[[str], None]) -> None:
    with _open(folder, WORDS) as store:
        protect.rotate_key(store, WORDS)
    say("done")


def _check_keys(folder: Path, said: list[str]) -> None:
    with _sound(folder, WORDS) as store:
        assert len(_ids(store)) in (PEOPLE, ROWS)
        upkeep(store, clock=store.clock)
    with _sound(folder, WORDS) as store:
        if said or store.protected:
            assert all(keys.is_protected(one.path) for one in backups(store.path))


def _back_up(folder: Path, say: Callable[[str], None]) -> None:
    with _open(folder) as store:
        for _ in range(3):
            say(store.backup("hand").path.name)


def _check_backups(folder: Path, said: list[str]) -> None:
    with _sound(folder) as store:
        assert len(_ids(store)) == PEOPLE
        assert set(said) <= {one.path.name for one in backups(store.path)}


def _purge(folder: Path, say: Callable[[str], None]) -> None:
    with _open(folder) as store:
        purge(store, "甲", reason="end", by="lead", clock=store.clock)
    say("done")


def _check_purged(folder: Path, said: list[str]) -> None:
    with _sound(folder) as store:
        with store.read() as conn:
            (count,) = conn.execute("SELECT count(*) FROM loan WHERE lender = '甲'").fetchone()
            (rest,) = conn.execute("SELECT count(*) FROM loan WHERE lender = '乙'").fetchone()
        assert count in ((0,) if said else (0, PEOPLE)), count
        assert rest == PEOPLE // 2
        upkeep(store, clock=store.clock)
        if count == 0:
            for one in backups(store.path):
                conn = connect(one.path, store.key_for_copies(), read_only=True)
                assert not conn.execute("SELECT 1 FROM loan WHERE lender = '甲'").fetchall()
                conn.close()
    _sound(folder).close()


def _put_back(folder: Path, say: Callable[[str], None]) -> None:
    key = keys.read_key(folder / NAME)
    restore(folder / NAME, backups(folder / NAME)[-1], key, key)
    say("done")


def _grown(folder: Path) -> None:
    _book(folder)
    with _open(folder) as store:
        store.backup("hand")
        import_files(store, [folder / "new.csv"], clock=store.clock)


def _check_put_back(folder: Path, said: list[str]) -> None:
    with _sound(folder) as store, store.read() as conn:
        (count,) = conn.execute("SELECT count(*) FROM loan WHERE lender = '丙'").fetchone()
    assert count in ((0,) if said else (0, ROWS)), count


DEEDS = {
    "record": Deed(_book, _record, _check_record),
    "import": Deed(_book, _import, _check_import),
    "migrate": Deed(_old_file, _migrate, _check_migrated),
    "protect": Deed(_grown, _protect, _check_keys),
    "rotate": Deed(_protected, _rotate, _check_keys),
    "backup": Deed(_book, _back_up, _check_backups),
    "purge": Deed(_grown, _purge, _check_purged),
    "restore": Deed(_grown, _put_back, _check_put_back),
    "merge": Deed(team.prepare_merge, team.act, team.check_merge),
    "handover": Deed(team.prepare_handover, team.act, team.check_handover),
}
