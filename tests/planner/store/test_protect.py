"""Who may open a workspace, and what follows when that changes."""

import threading
from pathlib import Path

import nacl.public
import pytest
from store_factory import TestClock, append, listed, make_store, visit

from planner.errors import PlannerError
from planner.store import backup, keys, os_keyring, protect
from planner.store.driver import connect
from planner.store.envelope import envelope_paths, read_body, write_body
from planner.store.keys import Opened, open_envelope, read_key
from planner.store.protect import remember, rotate_key, set_passphrase
from planner.store.store import Store
from planner.store.verify import verify

WORDS = "七个小矮人 und 1 Riese"
OTHER = "another passphrase"


@pytest.fixture(autouse=True)
def quick_argon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least work Argon2id allows: the strength is not what is tested."""
    monkeypatch.setattr(keys, "OPS", 1)
    monkeypatch.setattr(keys, "MEMORY", 8192)


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A keyring that this machine may not have."""
    kept: dict[str, bytes] = {}
    monkeypatch.setattr(os_keyring, "get", kept.get)
    monkeypatch.setattr(os_keyring, "put", kept.__setitem__)
    monkeypatch.setattr(os_keyring, "forget", lambda name: kept.pop(name, None))
    return kept


def code_of(call: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(PlannerError) as caught:
        call(*args, **kwargs)  # type: ignore[operator]
    return caught.value.code


def opens(path: Path, words: str | None) -> bool:
    try:
        with Store.open(path, clock=TestClock(), passphrase=words) as store, store.read() as conn:
            return bool(conn.execute("SELECT count(*) FROM person").fetchone()[0])
    except PlannerError:
        return False


def test_open_until_a_passphrase_is_set(tmp_path: Path) -> None:
    """A new workspace opens without asking; with a passphrase set it needs exactly that one."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        assert not store.protected
        set_passphrase(store, WORDS)
        assert store.protected
        append(store, visit("A"))
    assert code_of(Store.open, store.path, clock=TestClock()) == "store.passphrase_needed"
    wrong = code_of(Store.open, store.path, clock=TestClock(), passphrase="wrong one")
    assert wrong == "store.passphrase_wrong"
    with Store.open(store.path, clock=TestClock(), passphrase=WORDS) as again:
        assert verify(again).ok
        assert verify(again).events == 2


def test_the_first_passphrase_makes_the_former_key_worthless(tmp_path: Path) -> None:
    """Who copied the open envelope before cannot open the file, nor any backup, afterwards; and
    neither key nor master key stand in the new envelope."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        store.backup("hand")
        former = open_envelope(store.path)
        set_passphrase(store, WORDS)
        now = open_envelope(store.path, WORDS)
        (made,) = backup.backups(store.path)
    for path in (store.path, made.path):
        assert not backup.opens(path, former.keys[0])
        assert backup.opens(path, now.keys[0])
        assert read_key(path, WORDS) == now.keys[0]
        for copy in envelope_paths(path):
            text = copy.read_text()
            assert now.keys[0][:32] not in text
            assert now.master.hex()[:32] not in text
            assert former.master.hex()[:32] not in text


def test_changing_needs_the_old_passphrase(tmp_path: Path) -> None:
    """The wrap changes, the key stays; the old words open neither the file nor its backups."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        set_passphrase(store, WORDS)
        key = read_key(store.path, WORDS)
        made = store.backup("hand")
        assert code_of(set_passphrase, store, OTHER) == "store.passphrase_needed"
        assert code_of(set_passphrase, store, OTHER, "wrong") == "store.passphrase_wrong"
        assert code_of(set_passphrase, store, "seven77", WORDS) == "store.passphrase_short"
        set_passphrase(store, OTHER, WORDS)
        for path in (store.path, made.path):
            assert read_key(path, OTHER) == key
            assert code_of(read_key, path, WORDS) == "store.passphrase_wrong"


def test_a_recovery_code_opens_and_sets_a_new_passphrase(tmp_path: Path) -> None:
    """The printed code serves in the place of the passphrase; a newer code ends the older one."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        assert code_of(protect.new_recovery_code, store, "") == "store.not_protected"
        set_passphrase(store, WORDS)
        code = protect.new_recovery_code(store, WORDS)
        made = store.backup("hand")
        set_passphrase(store, OTHER, code.lower())
    assert opens(store.path, OTHER)
    assert opens(store.path, code)
    assert read_key(made.path, code)
    with Store.open(store.path, clock=TestClock(), passphrase=OTHER) as again:
        newer = protect.new_recovery_code(again, OTHER)
    assert opens(store.path, newer)
    assert not opens(store.path, code)


def test_the_keyring_opens_without_words(tmp_path: Path, keyring: dict[str, bytes]) -> None:
    """Once remembered the workspace opens by itself, on this machine only; changing the passphrase
    still needs the words; forgetting ends it."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        set_passphrase(store, WORDS)
        remember(store, WORDS, on=True)
    assert opens(store.path, None)
    with Store.open(store.path, clock=TestClock()) as again:
        assert code_of(set_passphrase, again, OTHER) == "store.passphrase_needed"
    elsewhere = dict(keyring)
    keyring.clear()
    assert not opens(store.path, None)
    keyring.update(elsewhere)
    with Store.open(store.path, clock=TestClock()) as again:
        rotate_key(again, WORDS)
    assert opens(store.path, None)
    with Store.open(store.path, clock=TestClock()) as again:
        remember(again, WORDS, on=False)
    assert keyring == {}
    assert not opens(store.path, None)


def test_no_keyring_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the machine keeps no secrets the wish is refused and nothing changes."""
    monkeypatch.setattr(os_keyring, "available", lambda: False)
    with make_store(tmp_path) as store:
        set_passphrase(store, WORDS)
        body = read_body(store.path)
        assert code_of(remember, store, WORDS, on=True) == "store.no_keyring"
        assert read_body(store.path) == body


def test_the_organisation_opens_what_was_forgotten(tmp_path: Path) -> None:
    """The private key of the organisation sets a new passphrase; another key does not."""
    own, foreign = nacl.public.PrivateKey.generate(), nacl.public.PrivateKey.generate()
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        set_passphrase(store, WORDS)
        wrong = code_of(protect.trust_organisation, store, WORDS, b"short", "Head office")
        assert wrong == "store.organisation_key"
        protect.trust_organisation(store, WORDS, bytes(own.public_key), "Head office")
        rotate_key(store, WORDS)
    path = store.path
    refused = code_of(protect.reset_passphrase, path, bytes(foreign), OTHER)
    assert refused == "store.organisation_wrong"
    protect.reset_passphrase(path, bytes(own), OTHER)
    assert opens(path, OTHER)
    assert not opens(path, WORDS)


def test_another_key_for_file_and_backups(tmp_path: Path) -> None:
    """After a rotation the old key opens nothing, the passphrase everything, the old code nothing;
    what was recorded before and is recorded after is whole."""
    with make_store(tmp_path) as store:
        append(store, *(listed(f"P{k}") for k in range(50)))
        set_passphrase(store, WORDS)
        code = protect.new_recovery_code(store, WORDS)
        made = store.backup("hand")
        former = read_key(store.path, WORDS)
        fresh = rotate_key(store, WORDS)
        assert fresh is not None
        append(store, visit("P3"))
        assert verify(store).ok
    for path in (store.path, made.path):
        assert not backup.opens(path, former)
        assert read_key(path, WORDS) == read_key(path, fresh) != former
        assert code_of(read_key, path, code) == "store.passphrase_wrong"
    assert verify(Store.open(store.path, clock=TestClock(), passphrase=WORDS)).events == 51


def test_readers_wait_for_another_key(tmp_path: Path) -> None:
    """A reader that is at work ends first, one that comes meanwhile sees the file afterwards."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        reading, go_on, counts = threading.Event(), threading.Event(), []

        def read_long() -> None:
            with store.read() as conn:
                reading.set()
                go_on.wait()
                counts.append(conn.execute("SELECT count(*) FROM person").fetchone()[0])

        reader = threading.Thread(target=read_long)
        reader.start()
        reading.wait()
        changer = threading.Thread(target=set_passphrase, args=(store, WORDS))
        changer.start()
        go_on.set()
        changer.join()
        reader.join()
        with store.read() as conn:
            counts.append(conn.execute("SELECT count(*) FROM person").fetchone()[0])
        assert counts == [1, 1]


def test_not_while_another_program_has_the_file(tmp_path: Path) -> None:
    """While somebody else has the workspace open it keeps its key."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        key = read_key(store.path)
        other = connect(store.path, key, read_only=True)
        other.execute("BEGIN")
        other.execute("SELECT * FROM person").fetchall()
        assert code_of(set_passphrase, store, WORDS) == "store.in_use"
        other.close()
        assert not store.protected
        append(store, visit("A"))


@pytest.mark.parametrize("which", [0, 1])
def test_a_cut_between_two_keys_is_settled(tmp_path: Path, which: int) -> None:
    """With both keys in the envelope the workspace opens by the one that fits, and the other one
    leaves the envelope."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        opened = open_envelope(store.path)
    pair = [keys.new_key(), keys.new_key()]
    pair[which] = opened.keys[0]
    both = Opened(opened.master, tuple(pair))
    ways = read_body(store.path)["ways"]
    write_body(store.path, {"ways": ways, "keys": keys.box_keys(both.master, both.keys)})
    with Store.open(store.path, clock=TestClock()) as again:
        append(again, visit("A"))
        assert verify(again).ok
    assert open_envelope(store.path).keys == opened.keys


def test_backups_left_behind_are_brought_along(tmp_path: Path) -> None:
    """A backup that a cut left under the open envelope is closed the next time."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        made = store.backup("hand")
        content = {path: path.read_bytes() for path in (made.path, *envelope_paths(made.path))}
        set_passphrase(store, WORDS)
        for path, was in content.items():
            path.write_bytes(was)
        assert not keys.is_protected(made.path)
        protect.backups_follow(store)
        assert read_key(made.path, WORDS) == read_key(store.path, WORDS)
        assert backup.opens(made.path, read_key(store.path, WORDS))
