"""The end of a mandate: nothing of the lender's book is left, all of the others' is."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from purge_book import BOTH, ELSE, ONLY, OTHERS, Clock, cases, clear_pages, history, persons

from planner.actions import purge as deed
from planner.actions.import_files import import_files
from planner.actions.purge import lenders, purge, purge_scope
from planner.actions.undo import undo_batch
from planner.cli import cli
from planner.errors import PlannerError
from planner.store.backup import backups
from planner.store.cleaning import finish_purge
from planner.store.people import find_persons, timeline
from planner.store.state import derived_hash
from planner.store.store import Store
from planner.store.verify import verify


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Four loans of three persons with two lenders, and a call on each."""
    clock = Clock()
    made = Store.create(tmp_path / "w.fairvisit", clock=clock)
    files = [cases(tmp_path, ONLY, BOTH), cases(tmp_path, OTHERS, ELSE), history(tmp_path)]
    for path in files:
        report = import_files(made, [path], clock=clock)
        assert not [fault for fault in report.faults if not fault.note]
    return made


def test_only_the_lenders_book_goes(store: Store) -> None:
    """Who owes this lender alone is gone, who owes another too keeps that loan, others stay; the
    history verifies and says what was done."""
    assert lenders(store) == [("乙机构", 2, 2), ("甲机构", 2, 2)]
    scope = purge_scope(store, "甲机构")
    assert (len(scope.erased), len(scope.kept), scope.cases) == (1, 1, 2)
    done = purge(store, "甲机构", reason="委托到期", by="组长", clock=store.clock)
    assert (done.erased, done.kept, done.cases) == (1, 1, 2)
    assert done.entries == scope.entries
    assert persons(store) == {ELSE[0]: ["乙机构/B3"], BOTH[0]: ["乙机构/B2"]}
    assert verify(store).ok
    with store.read() as conn:
        (entry,) = [one for one in timeline(conn, "") if one.kind == "purge"]
    assert entry.fields["lender"] == "甲机构"
    assert bytes.fromhex(entry.fields["digest"]).hex() == done.persons_digest


def test_calls_keep_counting_without_the_lenders_words(store: Store) -> None:
    """A call made for the purged lender still counts against the person's limits; its note and its
    loan are gone, the other lender's are not."""
    purge(store, "甲机构", reason="委托到期", by="组长", clock=store.clock)
    with store.read() as conn:
        (who,) = find_persons(conn, text=BOTH[0])
        calls = [one.fields for one in timeline(conn, who) if one.kind == "contact"]
    assert len(calls) == 2
    assert [call.get("case_id") for call in calls] == [None, "乙机构/B2"]


def test_nothing_is_left_in_any_page(store: Store) -> None:
    """Names, phones, streets and loans of the purged book stand in no page of the file once it is
    decrypted, used or free, nor in the log, nor in any backup; the others' do."""
    key = store.key_for_copies()
    with store.alone():
        pass  # writes the log back
    gone = [ONLY[0], ONLY[1], ONLY[4], "甲机构/A2"]
    before = clear_pages(store.path, key)
    assert all(text.encode() in before for text in gone)
    purge(store, "甲机构", reason="委托到期", by="组长", clock=store.clock)
    store.close()
    (fresh,) = backups(store.path)
    assert fresh.why == "purge"
    for path in (store.path, fresh.path):
        clear = clear_pages(path, key)
        assert ELSE[0].encode() in clear
        for text in gone:
            assert text.encode() not in clear, text
    for path in store.path.parent.rglob("*"):
        if path.is_file() and path.suffix != ".csv":
            assert not any(text.encode() in path.read_bytes() for text in gone)


def test_what_was_undone_goes_too(store: Store, tmp_path: Path) -> None:
    """A book whose import was undone is still in the history: the purge finds it there."""
    stray = ("百里长风", "19900000009", "丙机构", "C1", "丙街一号院")
    report = import_files(store, [cases(tmp_path, stray)], clock=store.clock)
    assert report.batch is not None
    undo_batch(store, report.batch)
    assert purge(store, "丙机构", reason="委托到期", by="组长", clock=store.clock).erased == 1
    key = store.key_for_copies()
    store.close()
    assert stray[0].encode() not in clear_pages(store.path, key)


def test_the_same_book_may_come_again(store: Store, tmp_path: Path) -> None:
    """After a purge the same files can be imported: the erased person comes back as another one
    with the calls, the kept one is recognised, and a repeat changes nothing."""
    purge(store, "甲机构", reason="委托到期", by="组长", clock=store.clock)
    files = [cases(tmp_path, ONLY, BOTH), history(tmp_path)]
    import_files(store, files, clock=store.clock)
    assert persons(store) == {
        ELSE[0]: ["乙机构/B3"], BOTH[0]: ["乙机构/B2", "甲机构/A2"], ONLY[0]: ["甲机构/A1"],
    }  # fmt: skip
    with store.read() as conn:
        for name, calls in ((ONLY[0], 1), (BOTH[0], 2)):
            (who,) = find_persons(conn, text=name)
            assert len([e for e in timeline(conn, who) if e.kind == "contact"]) == calls
        before = derived_hash(conn)
    assert import_files(store, files, clock=store.clock).batch is None
    with store.read() as conn:
        assert derived_hash(conn) == before
    assert verify(store).ok


def test_a_cut_before_the_cleaning_is_made_good(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the program dies after the deletion and before free pages and backups are clean, the
    next start cleans them; once clean nothing more is done."""
    real = deed.finish_purge

    def cut(_store: Store) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(deed, "finish_purge", cut)
    with pytest.raises(KeyboardInterrupt):
        purge(store, "甲机构", reason="委托到期", by="组长", clock=store.clock)
    former = {one.path for one in backups(store.path)}
    assert former
    assert real(store) == len(former)
    assert not former & {one.path for one in backups(store.path)}
    assert finish_purge(store) == 0
    assert ONLY[0].encode() not in clear_pages(store.path, store.key_for_copies())


@pytest.mark.parametrize(("lender", "reason", "code"), [
    ("丁机构", "x", "purge.no_lender"), ("甲机构", " ", "purge.no_reason"),
])  # fmt: skip
def test_refused_purges_change_nothing(store: Store, lender: str, reason: str, code: str) -> None:
    """An unknown lender and a missing reason are refused; book and backups stay as they were."""
    before, kept = persons(store), backups(store.path)
    with pytest.raises(PlannerError, match=re.escape(code)):
        purge(store, lender, reason=reason, by="组长", clock=store.clock)
    assert persons(store) == before
    assert backups(store.path) == kept


def test_a_certificate_is_given_again(store: Store, tmp_path: Path) -> None:
    """The verb lists the certificates, prints one, writes it as PDF and as the JSON that the purge
    printed, and says in words that there is no other."""

    def call(*told: str, code: int = 0) -> str:
        place = ["--workspace", str(store.path)]
        done = CliRunner().invoke(cli, [*told, *place], env={"FAIRVISIT_LANG": "en"})
        assert done.exit_code == code, done.output
        return done.stderr if code else done.stdout

    store.close()
    assert "No mandate" in call("certificate")
    out = tmp_path / "one.pdf"
    order = ("--reason", "委托到期", "--by", "组长", "--certificate", str(tmp_path / "first.pdf"))
    told = ("purge", "--lender", "甲机构", "--confirm", "甲机构", *order, "--json")
    done = json.loads(call(*told))
    listed = json.loads(call("certificate", "--json"))["certificates"]
    assert [one["number"] for one in listed] == [1]
    assert json.loads(call("certificate", "1", "--json")) | {"done": True} == done
    assert f"Digest of the persons: {done['persons_digest']}" in call("certificate", "1")
    call("certificate", "1", "--out", str(out))
    assert out.read_bytes().startswith(b"%PDF")
    beside = [
        path.with_suffix(".json").read_text("utf-8") for path in (out, tmp_path / "first.pdf")
    ]
    assert beside[0] == beside[1]
    assert "number 2" in call("certificate", "2", code=1)
    assert "number" in call("certificate", "--out", str(out), code=2)
