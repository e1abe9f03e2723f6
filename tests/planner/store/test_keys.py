"""The envelope: passphrases, its two copies, and what happens when one is damaged."""

import json
from pathlib import Path

import pytest
from store_factory import TestClock, append, listed, make_store

from planner.errors import PlannerError
from planner.store import keys
from planner.store.keys import envelope_paths, is_protected, new_key, read_key, write_key
from planner.store.store import Store

WORDS = "七个小矮人 und 1 Riese"


@pytest.fixture(autouse=True)
def quick_argon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least work Argon2id allows: the strength is not what is tested."""
    monkeypatch.setattr(keys, "OPS", 1)
    monkeypatch.setattr(keys, "MEMORY", 8192)


def code_of(call: object, *args: object) -> str:
    with pytest.raises(PlannerError) as caught:
        call(*args)  # type: ignore[operator]
    return caught.value.code


def test_a_key_is_96_hex_digits_and_random() -> None:
    """Key and salt: 48 bytes, never the same."""
    assert len(bytes.fromhex(new_key())) == 48
    assert new_key() != new_key()


def test_open_until_a_passphrase_is_set(tmp_path: Path) -> None:
    """A new workspace opens without asking; with a passphrase set it needs exactly that one."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        assert not store.protected
        store.set_passphrase(WORDS)
        assert store.protected
    path, clock = store.path, TestClock()
    for given, code in ((None, "store.passphrase_needed"), ("wrong one", "store.passphrase_wrong")):
        with pytest.raises(PlannerError) as caught:
            Store.open(path, clock=clock, passphrase=given)
        assert caught.value.code == code
    with Store.open(path, clock=clock, passphrase=WORDS) as again, again.read() as conn:
        assert conn.execute("SELECT count(*) FROM person").fetchone()[0] == 1


def test_the_key_is_not_in_a_protected_envelope(tmp_path: Path) -> None:
    """With a passphrase neither copy holds the key in clear."""
    path = tmp_path / "w"
    key = new_key()
    write_key(path, key)
    write_key(path, key, WORDS)
    for copy in envelope_paths(path):
        assert key[:64] not in copy.read_text()
    assert read_key(path, WORDS) == key


def test_changing_needs_the_old_passphrase(tmp_path: Path) -> None:
    """The wrap changes, the key stays; the old words do not open it any more."""
    with make_store(tmp_path) as store:
        key = read_key(store.path)
        store.set_passphrase(WORDS)
        assert code_of(store.set_passphrase, "another one") == "store.passphrase_needed"
        assert code_of(store.set_passphrase, "another one", "wrong") == "store.passphrase_wrong"
        store.set_passphrase("another one", WORDS)
        assert read_key(store.path, "another one") == key
        assert code_of(read_key, store.path, WORDS) == "store.passphrase_wrong"


def test_short_passphrases_are_refused(tmp_path: Path) -> None:
    """Fewer than eight characters change nothing."""
    write_key(tmp_path / "w", new_key())
    assert code_of(write_key, tmp_path / "w", new_key(), "seven77") == "store.passphrase_short"
    assert not is_protected(tmp_path / "w")


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("damage", ["gone", "cut", "changed"])
def test_one_good_copy_is_enough(tmp_path: Path, which: int, damage: str) -> None:
    """A copy that is gone, cut short or altered is healed from the other one."""
    path, key = tmp_path / "w", new_key()
    write_key(path, key)
    copy = envelope_paths(path)[which]
    good = copy.read_bytes()
    if damage == "gone":
        copy.unlink()
    else:
        copy.write_bytes(good[:50] if damage == "cut" else good.replace(b'"none"', b'"gone"'))
    assert read_key(path) == key
    assert copy.read_bytes() == good


def test_the_newer_copy_counts(tmp_path: Path) -> None:
    """A cut between the two copies of a change leaves the change done."""
    path, key = tmp_path / "w", new_key()
    write_key(path, key)
    old = envelope_paths(path)[1].read_bytes()
    write_key(path, key, WORDS)
    envelope_paths(path)[1].write_bytes(old)
    assert is_protected(path)
    assert read_key(path, WORDS) == key
    assert envelope_paths(path)[1].read_bytes() != old


def test_no_envelope_and_no_good_one(tmp_path: Path) -> None:
    """A missing envelope and a damaged one are told apart; a newer format is refused."""
    path = tmp_path / "w"
    assert code_of(read_key, path) == "store.key_missing"
    write_key(path, new_key())
    for copy in envelope_paths(path):
        copy.write_bytes(b"{")
    assert code_of(read_key, path) == "store.key_damaged"
    body = {"format": 2, "version": 9, "wrap": "none", "key": new_key()}
    for copy in envelope_paths(path):
        copy.write_text(json.dumps(body | {"sum": keys._sum(body)}))
    assert code_of(read_key, path) == "store.newer"


def test_nothing_is_left_beside_the_envelope(tmp_path: Path) -> None:
    """Temporary files of the change are gone, and only the owner may read the envelope."""
    write_key(tmp_path / "w", new_key())
    assert sorted(one.name for one in tmp_path.iterdir()) == ["w-keys", "w-keys2"]
    assert envelope_paths(tmp_path / "w")[0].stat().st_mode & 0o077 == 0
