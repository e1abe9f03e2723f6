"""The envelope: its two copies, and what happens when one is damaged."""

import json
from pathlib import Path

import pytest

from planner.errors import PlannerError
from planner.store import envelope, keys
from planner.store.envelope import envelope_paths, write_body
from planner.store.keys import create_envelope, is_protected, new_key, read_key


def code_of(call: object, *args: object) -> str:
    with pytest.raises(PlannerError) as caught:
        call(*args)  # type: ignore[operator]
    return caught.value.code


def test_a_key_is_96_hex_digits_and_random() -> None:
    """Key and salt: 48 bytes, never the same."""
    assert len(bytes.fromhex(new_key())) == 48
    assert new_key() != new_key()


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("damage", ["gone", "cut", "changed"])
def test_one_good_copy_is_enough(tmp_path: Path, which: int, damage: str) -> None:
    """A copy that is gone, cut short or altered is healed from the other one."""
    path = tmp_path / "w"
    key = create_envelope(path)
    copy = envelope_paths(path)[which]
    good = copy.read_bytes()
    if damage == "gone":
        copy.unlink()
    else:
        copy.write_bytes(good[:50] if damage == "cut" else good.replace(b'"open"', b'"gone"'))
    assert read_key(path) == key
    assert copy.read_bytes() == good


def test_the_newer_copy_counts(tmp_path: Path) -> None:
    """A cut between the two copies of a change leaves the change done."""
    path = tmp_path / "w"
    create_envelope(path)
    old = envelope_paths(path)[1].read_bytes()
    opened = keys.open_envelope(path)
    ways = {"recovery": keys.stretched(opened.master, keys.new_code())}
    write_body(path, {"ways": ways, "keys": keys.box_keys(opened.master, opened.keys)})
    envelope_paths(path)[1].write_bytes(old)
    assert is_protected(path)
    assert code_of(read_key, path) == "store.passphrase_needed"
    assert envelope_paths(path)[1].read_bytes() != old


def test_no_envelope_and_no_good_one(tmp_path: Path) -> None:
    """A missing envelope and a damaged one are told apart; a newer format is refused."""
    path = tmp_path / "w"
    assert code_of(read_key, path) == "store.key_missing"
    create_envelope(path)
    for copy in envelope_paths(path):
        copy.write_bytes(b"{")
    assert code_of(read_key, path) == "store.key_damaged"
    body = {"format": envelope.FORMAT + 1, "version": 9, "ways": {}, "keys": ""}
    for copy in envelope_paths(path):
        copy.write_text(json.dumps(body | {"sum": envelope._sum(body)}))
    assert code_of(read_key, path) == "store.newer"


def test_an_envelope_of_another_workspace_is_refused(tmp_path: Path) -> None:
    """Keys that the master key of the same envelope does not open are called damaged."""
    one, two = tmp_path / "one", tmp_path / "two"
    create_envelope(one)
    create_envelope(two)
    mixed = envelope.read_body(one) | {"keys": envelope.read_body(two)["keys"]}
    write_body(one, {"ways": mixed["ways"], "keys": mixed["keys"]})
    assert code_of(read_key, one) == "store.key_damaged"


def test_nothing_is_left_beside_the_envelope(tmp_path: Path) -> None:
    """Temporary files of the change are gone, and only the owner may read the envelope."""
    create_envelope(tmp_path / "w")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["w-keys", "w-keys2"]
    assert envelope_paths(tmp_path / "w")[0].stat().st_mode & 0o077 == 0


def test_an_opened_envelope_does_not_show_itself(tmp_path: Path) -> None:
    """Neither the key nor the master key gets into a log by way of repr."""
    key = create_envelope(tmp_path / "w")
    opened = keys.open_envelope(tmp_path / "w")
    assert key[:16] not in f"{opened} {opened!r}"
    assert opened.master.hex()[:16] not in repr(opened)


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{bare}", "{zero}"])
def test_a_code_may_be_typed_as_one_likes(typed: str) -> None:
    """Small letters, blanks, missing dashes and a nought for an O make the same code."""
    code = "OBCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ23-4567"
    text = typed.format(
        code, lower=code.lower(), bare=code.replace("-", " "), zero=code.replace("O", "0")
    )
    assert keys.as_code(text) == code
    assert keys.as_code("seven dwarfs") is None


@pytest.mark.parametrize("words", [None, "seven dwarfs"])
def test_an_envelope_of_the_first_format_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str | None
) -> None:
    """Envelopes without a master key open as before, once, and have one afterwards."""
    monkeypatch.setattr(keys, "OPS", 1)
    monkeypatch.setattr(keys, "MEMORY", 8192)
    path, key = tmp_path / "w", new_key()
    wrap = {"wrap": "none", "key": key}
    if words:
        wrap = {"wrap": "argon2id", **keys.stretched(bytes.fromhex(key), words)}
    body = {"format": 1, "version": 3, **wrap}
    for copy in envelope_paths(path):
        copy.write_text(json.dumps(body | {"sum": envelope._sum(body)}))
    assert is_protected(path) is bool(words)
    if words:
        assert code_of(read_key, path) == "store.passphrase_needed"
        assert code_of(read_key, path, "wrong one") == "store.passphrase_wrong"
    assert read_key(path, words) == key
    assert envelope.read_body(path)["format"] == envelope.FORMAT
    assert read_key(path, words) == key
    assert is_protected(path) is bool(words)
