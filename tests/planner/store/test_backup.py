"""Backups are whole, rotate, open with the workspace's passphrase and can be put back."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from store_factory import NOW, TestClock, append, listed, make_store, random_event, visit

from planner.errors import PlannerError
from planner.store import backup, keys, protect
from planner.store.backup import Backup, backups, look_inside, outdated, restore
from planner.store.people import timeline
from planner.store.state import derived_hash
from planner.store.store import Store
from planner.store.verify import verify

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def quick_argon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least work Argon2id allows: the strength is not what is tested."""
    monkeypatch.setattr(keys, "OPS", 1)
    monkeypatch.setattr(keys, "MEMORY", 8192)


def digest(store: Store) -> str:
    with store.read() as conn:
        return derived_hash(conn)


def test_a_backup_brings_back_the_state(tmp_path: Path) -> None:
    """What was recorded after a backup is gone after restoring it; all before is there, and both
    the restored file and what is recorded on it verify."""
    clock = TestClock()
    store = make_store(tmp_path, clock)
    rnd = random.Random(5)
    append(store, listed("P1"), listed("P2"))
    append(store, *(random_event(rnd, "P1") for _ in range(40)))
    before, device = digest(store), store.device_id
    made = store.backup("hand")
    append(store, visit("P2"))
    store.close()
    key = keys.read_key(store.path)
    assert restore(store.path, made, key, key) is None
    with Store.open(store.path, clock=clock) as again:
        assert digest(again) == before
        assert again.device_id != device
        append(again, visit("P2"))
        assert verify(again).ok
        with again.read() as conn:
            assert len([e for e in timeline(conn, "P2") if e.kind == "contact"]) == 1


def test_a_backup_has_the_passphrase_of_its_time(tmp_path: Path) -> None:
    """A backup has an envelope of its own: the passphrase opens it, no other does."""
    with make_store(tmp_path) as store:
        append(store, listed("P1"))
        protect.set_passphrase(store, "long enough")
        made = store.backup("hand")
    with pytest.raises(PlannerError, match=r"store\.passphrase_wrong"):
        keys.read_key(made.path, "another one")
    inside = look_inside(made, keys.read_key(made.path, "long enough"))
    assert (inside.cases, inside.persons, inside.entries) == (1, 1, 1)


def test_a_damaged_copy_is_no_backup(tmp_path: Path) -> None:
    """One flipped byte in a backup is found when one looks inside and when it is restored; the
    workspace stays as it was."""
    with make_store(tmp_path) as store:
        append(store, listed("P1"))
        made = store.backup("hand")
        state = digest(store)
    content = bytearray(made.path.read_bytes())
    content[len(content) // 2] ^= 1
    made.path.write_bytes(content)
    key = keys.read_key(store.path)
    with pytest.raises(PlannerError):
        look_inside(made, key)
    with pytest.raises(PlannerError):
        restore(store.path, made, key, key)
    with Store.open(store.path, clock=TestClock()) as again:
        assert digest(again) == state
    assert not list(tmp_path.glob("*restore*"))


def test_a_damaged_workspace_is_kept_beside_the_restored_one(tmp_path: Path) -> None:
    """A workspace that cannot be read any more gives way to its backup and is not thrown away."""
    with make_store(tmp_path) as store:
        append(store, listed("P1"))
        made = store.backup("day")
        state = digest(store)
    store.path.write_bytes(b"rubbish" * 1000)
    key = keys.read_key(store.path)
    kept = restore(store.path, made, key, key)
    assert kept is not None
    assert kept.read_bytes().startswith(b"rubbish")
    with Store.open(store.path, clock=TestClock()) as again:
        assert digest(again) == state


def test_no_restore_under_another_program(tmp_path: Path) -> None:
    """While another program writes to the workspace nothing is put in its place."""
    with make_store(tmp_path) as store:
        append(store, listed("P1"))
        made = store.backup("hand")
        key = keys.read_key(store.path)
        with pytest.raises(PlannerError, match=r"store\.in_use"):
            restore(store.path, made, key, key)
        append(store, visit("P1"))
        assert verify(store).ok


def test_giving_up_leaves_nothing(tmp_path: Path) -> None:
    """A backup that is stopped leaves neither a file nor a part of one."""
    with make_store(tmp_path) as store:
        append(store, listed("P1"))
        with pytest.raises(PlannerError, match=r"store\.cancelled"):
            store.backup("hand", cancelled=lambda: True)
        assert list(backup.folder_of(store.path).iterdir()) == []


def test_what_is_recorded_meanwhile_waits_for_the_next_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup shows one moment: an entry made while pages are copied is in the workspace only."""
    monkeypatch.setattr(backup, "PAGES", 1)
    with make_store(tmp_path) as store:
        append(store, *(listed(f"P{k}") for k in range(20)))
        done: list[float] = []

        def step(share: float) -> None:
            if not done:
                append(store, visit("P3"))
            done.append(share)

        made = store.backup("hand", on_progress=step)
        assert len(done) > 3
        assert look_inside(made, keys.read_key(store.path)).entries == 20
        assert verify(store).events == 21


def test_rotation_keeps_days_weeks_and_months(tmp_path: Path) -> None:
    """Of one backup a day over a year the last 7 days, 4 weeks and 6 months stay, no more."""
    days = [NOW - timedelta(days=k) for k in range(365)]
    found = [Backup(tmp_path / str(at.date()), at, "day", 1) for at in days]
    gone = set(outdated(found, NOW))
    kept = sorted((one.made_at for one in found if one not in gone), reverse=True)
    assert kept[:7] == days[:7]
    assert len({at.isocalendar()[:2] for at in kept}) >= 4
    assert len({(at.year, at.month) for at in kept}) == 6
    assert len(kept) <= 7 + 4 + 6
    # What rotation keeps today it also kept had it run every day.
    left: list[Backup] = []
    for one in reversed(found):
        left = [*left, one]
        old = set(outdated(left, one.made_at))
        left = [b for b in left if b not in old]
    assert {b.made_at for b in left} >= set(days[:7])
    assert len({(b.made_at.year, b.made_at.month) for b in left}) == 6


def test_many_backups_of_one_day_do_not_push_out_the_weeks(tmp_path: Path) -> None:
    """Fifty imports on one day leave the backups of earlier days, weeks and months alone."""
    old = [Backup(tmp_path / f"o{k}", NOW - timedelta(days=7 * k), "day", 1) for k in range(1, 5)]
    today = [Backup(tmp_path / f"t{k}", NOW - k * MINUTE, "import", 1) for k in range(50)]
    gone = outdated([*today, *old], NOW)
    assert not set(gone) & set(old[:3])
    assert len(set(today) - set(gone)) == 5


def test_a_clock_set_back_deletes_nothing_newer(tmp_path: Path) -> None:
    """Backups from what is now the future are kept and do not count."""
    ahead = [Backup(tmp_path / f"f{k}", NOW + timedelta(days=k), "day", 1) for k in range(1, 40)]
    assert outdated(ahead, NOW) == []


def test_foreign_files_are_no_backups(tmp_path: Path) -> None:
    """Only whole files with a name of ours are listed."""
    with make_store(tmp_path) as store:
        folder = backup.folder_of(store.path)
        folder.mkdir()
        (folder / "notes.txt").write_text("x")
        (folder / ".abc.part").write_bytes(b"half")
        (folder / "20260302T013000Z-hand.backup").mkdir()
        assert backups(store.path) == []
        append(store, listed("P1"))
        made = store.backup("import")
        assert [one.path for one in backups(store.path)] == [made.path]
        assert made.made_at == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
        assert (made.path.stat().st_mode & 0o077) == 0


def test_what_a_cut_left_is_swept_away(tmp_path: Path) -> None:
    """Half written envelopes, copies and restores go after a day; the workspace, its keys, whole
    backups and everybody else's files stay."""
    with make_store(tmp_path) as store:
        append(store, listed("P1"))
        made = store.backup("hand")
        folder = backup.folder_of(store.path)
        name = made.path.name
        half = [
            tmp_path / "w.fairvisit-keysab12_x9z", tmp_path / "w.fairvisit-keys2abcdefgh",
            tmp_path / "w.fairvisit-restore0011aabb", tmp_path / "w.fairvisit-restore0011aabb-wal",
            folder / ".0011aabbccddeeff.part", folder / f"{name}-keysabcdefgh",
            folder / "20250101T000000Z-day.backup-keys",
        ]  # fmt: skip
        mine = [tmp_path / "w.fairvisit-keys-copy", tmp_path / "w.fairvisit2-keysabcdefgh",
                folder / "notes.txt"]  # fmt: skip
        for path in (*half, *mine):
            path.write_bytes(b"x")
        whole = {path for path in tmp_path.rglob("*") if path not in half}
        now = datetime.now(UTC)
        backup.sweep(store.path, now)
        assert all(path.exists() for path in half)  # somebody may be at work on them
        backup.sweep(store.path, now + timedelta(days=2))
        assert set(tmp_path.rglob("*")) == whole
        assert look_inside(made, keys.read_key(made.path)).persons == 1
