"""Changes of keys that go wrong half way: the file always opens by what the envelope says."""

import base64
import contextlib
import json
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nacl.public
import pytest
from store_factory import TestClock, append, listed, make_store, visit

from planner.actions.backups import put_back
from planner.actions.upkeep import upkeep
from planner.errors import PlannerError
from planner.store import backup, keys, protect
from planner.store import store as stores
from planner.store.driver import connect
from planner.store.envelope import envelope_paths, read_body, write_body, write_whole
from planner.store.keys import open_envelope, read_key
from planner.store.lock import take_lock
from planner.store.protect import backups_follow, rotate_key, set_passphrase
from planner.store.store import Store
from planner.store.verify import verify

WORDS = "seven small dwarfs"
OTHER = "one large giant"


@pytest.fixture(autouse=True)
def quick_argon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least work Argon2id allows: the strength is not what is tested."""
    monkeypatch.setattr(keys, "OPS", 1)
    monkeypatch.setattr(keys, "MEMORY", 8192)


def code_of(call: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(PlannerError) as caught:
        call(*args, **kwargs)  # type: ignore[operator]
    return caught.value.code


def two_keys(path: Path, first: str, second: str) -> None:
    """What a cut in the middle of a change leaves in an open envelope."""
    master = open_envelope(path).master
    ways = read_body(path)["ways"]
    write_body(path, {"ways": ways, "keys": keys.box_keys(master, (first, second))})


def damage(path: Path, at: int = 3 * 4096 + 100) -> None:
    """Flip a bit of the file."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


class Failing:
    """A connection whose statement `of` fails as on a full disk."""

    def __init__(self, conn: Any, of: str) -> None:
        self.conn, self.of = conn, of

    def execute(self, statement: str) -> Any:
        if self.of in statement:
            raise PlannerError("store.disk_full", file="w")
        return self.conn.execute(statement)


def failing_at(store: Store, of: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = store.alone

    @contextlib.contextmanager
    def alone() -> Iterator[Any]:
        with real() as conn:
            yield Failing(conn, of)

    monkeypatch.setattr(store, "alone", alone)


def test_a_passing_fault_drops_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When neither key opens the file at the moment (no handle left, a busy disk), both stay in the
    envelope; the next opening finds the one that fits."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        key = read_key(store.path)
    two_keys(store.path, keys.new_key(), key)

    def no_handle(path: Path, *_: object, **__: object) -> None:
        raise PlannerError("store.read_only", file=Path(path).name)

    with monkeypatch.context() as patch:
        patch.setattr(keys, "connect", no_handle)
        assert code_of(Store.open, store.path, clock=TestClock()) == "store.read_only"
    assert len(open_envelope(store.path).keys) == 2
    with Store.open(store.path, clock=TestClock()) as again:
        assert verify(again).ok
    assert open_envelope(store.path).keys == (key,)


def test_an_opening_during_a_change_leaves_the_envelope_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who saw both keys and comes to tidy up after the other program has ended its change takes
    back nothing of it."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        key = read_key(store.path)
    two_keys(store.path, keys.new_key(), key)
    seen = open_envelope(store.path)
    real = stores.take_lock

    def ends_meanwhile(path: Path) -> Any:
        two_keys(path, key, key)  # stands for: the other program wrote the envelope
        write_body(path, {"ways": read_body(path)["ways"],
                          "keys": keys.box_keys(seen.master, ("ab" * 48,))})  # fmt: skip
        return real(path)

    monkeypatch.setattr(stores, "take_lock", ends_meanwhile)
    with contextlib.suppress(PlannerError):
        Store.open(store.path, clock=TestClock()).close()
    assert open_envelope(store.path).keys == ("ab" * 48,)


def test_only_the_writing_program_heals_an_envelope(tmp_path: Path) -> None:
    """A copy is healed under the lock alone: the other program may be writing the next version,
    and an old one written over it would hold a key that opens nothing."""
    with make_store(tmp_path) as store:
        pass
    copy = envelope_paths(store.path)[1]
    copy.write_bytes(b"{")
    lock = take_lock(store.path)
    read_body(store.path)
    assert copy.read_bytes() == b"{"
    lock.close()
    body = read_body(store.path)
    assert json.loads(copy.read_bytes()) == body


def test_two_changes_at_once_leave_one_that_opens(tmp_path: Path) -> None:
    """A change of the passphrase that began before a rotation and ends after it does not put the
    former key back."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        set_passphrase(store, WORDS)
        threads = [
            threading.Thread(target=rotate_key, args=(store, WORDS)),
            *(threading.Thread(target=set_passphrase, args=(store, WORDS, WORDS)) for _ in "abc"),
            threading.Thread(target=rotate_key, args=(store, WORDS)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        append(store, visit("A"))
    with Store.open(store.path, clock=TestClock(), passphrase=WORDS) as again:
        assert verify(again).events == 2


def test_another_program_cannot_reset_what_this_one_has_open(tmp_path: Path) -> None:
    """The organisation's new passphrase waits until the writing program has ended."""
    own = nacl.public.PrivateKey.generate()
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        set_passphrase(store, WORDS)
        protect.trust_organisation(store, WORDS, bytes(own.public_key), "Head office")
        refused = code_of(protect.reset_passphrase, store.path, bytes(own), OTHER)
        assert refused == "store.in_use"
    protect.reset_passphrase(store.path, bytes(own), OTHER)
    assert read_key(store.path, OTHER)


@pytest.mark.parametrize("statement", ["rekey", "wal_checkpoint"])
def test_a_first_passphrase_that_fails_is_not_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    """A full disk while pages are written anew: the refusal is true, no passphrase is asked for,
    and work goes on."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        with monkeypatch.context() as patch:
            failing_at(store, statement, patch)
            assert code_of(set_passphrase, store, WORDS) == "store.disk_full"
        assert not store.protected
        append(store, visit("A"))
        assert len(open_envelope(store.path).keys) == 1
    with Store.open(store.path, clock=TestClock()) as again:
        assert verify(again).events == 2
        set_passphrase(again, WORDS)
        assert again.protected


def test_a_rotation_that_fails_keeps_the_printed_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recovery code in the safe goes on opening when the rotation did not take place."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        set_passphrase(store, WORDS)
        code = protect.new_recovery_code(store, WORDS)
        with monkeypatch.context() as patch:
            failing_at(store, "rekey", patch)
            assert code_of(rotate_key, store, WORDS) == "store.disk_full"
    assert read_key(store.path, code)
    with Store.open(store.path, clock=TestClock(), passphrase=code) as again:
        assert verify(again).ok


def test_a_damaged_backup_stops_nothing(tmp_path: Path) -> None:
    """A backup that went bad cannot be restored; a rotation removes it rather than leave it under
    the former key, tells the new code, and the other backups follow."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        set_passphrase(store, WORDS)
        protect.new_recovery_code(store, WORDS)
        bad = store.backup("hand")
        store.clock.forward(hours=1)  # type: ignore[attr-defined]
        good = store.backup("hand")
        damage(bad.path)
        code = rotate_key(store, WORDS)
        assert code is not None
        assert backup.backups(store.path) == [good]
        for path in (store.path, good.path):
            assert backup.opens(path, read_key(path, code))
        upkeep(store, clock=store.clock)


def test_backups_of_a_rotation_cut_short_follow_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup under the former key gets the new one at the next upkeep, and then the former key
    is forgotten."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        set_passphrase(store, WORDS)
        old_code = protect.new_recovery_code(store, WORDS)
        made = store.backup("hand")
        former = read_key(store.path, WORDS)
        with monkeypatch.context() as patch:
            patch.setattr(backup, "encrypt_anew", _cut)
            with pytest.raises(KeyboardInterrupt):
                rotate_key(store, WORDS)
    assert backup.opens(made.path, former)
    with Store.open(store.path, clock=TestClock(), passphrase=WORDS) as again:
        upkeep(again, clock=again.clock)
    assert not backup.opens(made.path, former)
    assert read_key(made.path, WORDS) == read_key(store.path, WORDS)
    assert code_of(read_key, made.path, old_code) == "store.passphrase_wrong"
    assert "former" not in read_body(store.path)


def test_backups_of_a_first_passphrase_cut_between_the_keys(tmp_path: Path) -> None:
    """The file got another key, the passphrase did not come: when it is set again, backups under
    the first key are closed too."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        made = store.backup("hand")
        fresh, key = keys.new_key(), store.key_for_copies()
        two_keys(store.path, fresh, key)
        with store.alone() as conn:
            conn.execute(f"PRAGMA rekey = \"x'{fresh}'\"").fetchall()
            store.use_key(fresh)
    with Store.open(store.path, clock=TestClock()) as again:
        assert not again.protected
        set_passphrase(again, WORDS)
    assert keys.is_protected(made.path)
    assert read_key(made.path, WORDS) == read_key(store.path, WORDS)
    assert not backup.opens(made.path, key)


def _cut(*_: object) -> None:
    raise KeyboardInterrupt


def test_putting_back_after_a_cut_rotation(tmp_path: Path) -> None:
    """With both keys in the envelope the restored file gets the one that stays in it."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        made = store.backup("hand")
        key = read_key(store.path)
    two_keys(store.path, keys.new_key(), key)
    again, _ = put_back(store.path, made, clock=TestClock())
    again.close()
    with Store.open(store.path, clock=TestClock()) as third:
        assert verify(third).ok


def test_a_passphrase_is_the_same_however_it_is_composed(tmp_path: Path) -> None:
    """Letters composed or not, wide or narrow digits: what looks the same opens; words that an
    earlier program kept as they were typed go on opening."""
    typed = unicodedata.normalize("NFD", "Ünïcödé 密码 ガギグ 123")
    with make_store(tmp_path) as store:
        set_passphrase(store, typed)
        key = store.key_for_copies()
    for words in (unicodedata.normalize("NFC", typed), typed, typed.replace("123", "１２３")):
        assert read_key(store.path, words) == key
    opened = open_envelope(store.path, typed)
    raw = keys.stretched(opened.master, typed)
    salt = base64.b64decode(raw["salt"])
    box = keys.SecretBox(keys._stretch(typed, salt, keys.OPS, keys.MEMORY)).encrypt(opened.master)
    raw["box"] = base64.b64encode(box).decode()
    write_body(store.path, {"ways": {"passphrase": raw},
                            "keys": keys.box_keys(opened.master, opened.keys)})  # fmt: skip
    assert read_key(store.path, typed) == key


@pytest.mark.parametrize("words", ["nul\0in the midst", "half \ud800 a pair", "x" * 1_000_000])
def test_strange_passphrases_work_or_fail_as_wrong(tmp_path: Path, words: str) -> None:
    """A NUL, half a surrogate pair (from an environment that is no UTF-8) and a megabyte of text
    are words like others: all of them counts."""
    with make_store(tmp_path) as store:
        set_passphrase(store, words)
    assert read_key(store.path, words)
    assert code_of(read_key, store.path, words[:-1] + "y") == "store.passphrase_wrong"
    assert code_of(read_key, store.path, words.split("\0")[0] + "!") == "store.passphrase_wrong"


@pytest.mark.parametrize("change", [
    {"ops": 10**12}, {"memory": 10**15}, {"memory": "x"}, {"salt": "AA=="}, {"salt": None},
    {"box": "A"},
])  # fmt: skip
def test_a_forged_envelope_is_called_damaged(tmp_path: Path, change: dict[str, Any]) -> None:
    """Figures that no machine can work with, or of the wrong kind, end in a sentence."""
    with make_store(tmp_path) as store:
        set_passphrase(store, WORDS)
    body = read_body(store.path)
    body["ways"]["passphrase"] |= change
    write_body(store.path, body)
    assert code_of(read_key, store.path, WORDS) in ("store.key_damaged", "store.passphrase_wrong")


def test_nobody_slips_an_organisation_into_the_envelope(tmp_path: Path) -> None:
    """Who can write the key file but knows no words cannot have the next key sealed to himself."""
    thief = nacl.public.PrivateKey.generate()
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        set_passphrase(store, WORDS)
        body = read_body(store.path)
        body["ways"]["organisation"] = [
            {"name": "Head office", "public": base64.b64encode(bytes(thief.public_key)).decode(),
             "box": "AAAA", "mark": "AAAA"}
        ]  # fmt: skip
        write_body(store.path, body)
        before = store.key_for_copies()
        assert code_of(rotate_key, store, WORDS) == "store.key_damaged"
        assert store.key_for_copies() == before
    refused = code_of(keys.open_by_organisation, store.path, bytes(thief))
    assert refused == "store.organisation_wrong"


def test_a_file_is_never_written_under_an_empty_key(tmp_path: Path) -> None:
    """A workspace that is locked while a backup is made leaves no copy that opens without a key."""
    assert code_of(connect, tmp_path / "x", "") == "store.closed"
    assert not (tmp_path / "x").exists()
    with make_store(tmp_path) as store:
        append(store, *(listed(f"P{k}") for k in range(20)))
        key = store.key_for_copies()
        store.backup("hand", on_progress=lambda _: setattr(store, "_key", ""))
        (made,) = backup.backups(store.path)
        assert backup.opens(made.path, key)


def test_an_old_envelope_of_a_changed_passphrase(tmp_path: Path) -> None:
    """Said, not hidden: an old copy of the key file opens by the old words until the key is
    rotated, and never after."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        set_passphrase(store, WORDS)
        old = envelope_paths(store.path)[0].read_bytes()
        set_passphrase(store, OTHER, WORDS)
        now = envelope_paths(store.path)[0].read_bytes()
    for path in envelope_paths(store.path):
        write_whole(path, old)
    assert backup.opens(store.path, read_key(store.path, WORDS))
    for path in envelope_paths(store.path):
        write_whole(path, now)
    with Store.open(store.path, clock=TestClock(), passphrase=OTHER) as again:
        rotate_key(again, OTHER)
    for path in envelope_paths(store.path):
        write_whole(path, old)
    assert not backup.opens(store.path, read_key(store.path, WORDS))


def test_left_behind_backups_are_followed_only_as_far_as_possible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk while the backups follow takes neither the new code nor the later try away."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        set_passphrase(store, WORDS)
        protect.new_recovery_code(store, WORDS)
        made = store.backup("hand")

        def full(*_: object) -> None:
            raise PlannerError("store.disk_full", file="x")

        with monkeypatch.context() as patch:
            patch.setattr(backup, "encrypt_anew", full)
            assert rotate_key(store, WORDS) is not None
            assert code_of(backups_follow, store) == "store.disk_full"
        backups_follow(store)
        assert backup.opens(made.path, store.key_for_copies())
