"""What a purge must find beyond the tables, and what it must leave of the persons who stay."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from purge_book import BOTH, ELSE, NOW, ONLY, OTHERS, Clock, cases, persons

from planner.actions import purge as deed
from planner.actions.import_files import import_files
from planner.actions.make_plan import make_plan
from planner.actions.purge import certificates, purge
from planner.actions.undo import undo_batch
from planner.actions.upkeep import upkeep
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.ranking.snapshot import read_snapshot
from planner.store import backup, cleaning
from planner.store.backup import backups
from planner.store.envelope import write_whole
from planner.store.facts import load_person_facts
from planner.store.people import find_persons, load_debtor, timeline
from planner.store.plans import all_plans, find_plan, load_snapshot, save_plan
from planner.store.store import NewEvent, Store
from planner.store.verify import verify

LENDER = "甲机构"
DAY = date(2026, 11, 23)
TOLD = "贷款机构,合同号,姓名,手机号,时间,类型,结果,金额（元）,承诺日期,流水号,备注\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three persons: one of the lender, one of both lenders, one of the other."""
    clock = Clock()
    made = Store.create(tmp_path / "w.fairvisit", clock=clock)
    for path in (cases(tmp_path, ONLY, BOTH), cases(tmp_path, OTHERS, ELSE)):
        import_files(made, [path], clock=clock)
    return made


def end(store: Store) -> deed.Certificate:
    return purge(store, LENDER, reason="委托到期", by="组长", clock=store.clock)


def who_is(store: Store, name: str) -> str:
    with store.read() as conn:
        (who,) = find_persons(conn, text=name)
    return who


def entries(store: Store, name: str, *kinds: str) -> list[dict[str, object]]:
    with store.read() as conn:
        found = timeline(conn, who_is(store, name))
    return [dict(one.fields) for one in found if one.kind in kinds and not one.undone]


def tell(store: Store, *events: NewEvent) -> bytes:
    with store.write() as tx:
        return tx.append(events)


def history(folder: Path, *rows: str, name: str = "h.csv") -> Path:
    path = folder / name
    path.write_text(TOLD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_snapshots_of_plans_forget_the_purged(store: Store) -> None:
    """What planning knew (amounts, chances, why not) is kept for those who stay and gone for the
    purged; a stop of a person who stays goes on under the new id, without the purged loan."""
    gone, both, stays = (who_is(store, one[0]) for one in (ONLY, BOTH, ELSE))
    tell(store, NewEvent("crew.listed", "", NOW, {
        "crew_id": "K", "name": "K",
        "members": [{"collector_id": name, "name": name} for name in "km"],
        "lat": 30.5, "lon": 104.1, "start": 9 * 3600, "end": 18 * 3600,
        "weekdays": [1, 2, 3, 4, 5, 6, 7],
    }))  # fmt: skip
    plan: Plan = make_plan(store, DAY, clock=store.clock, seconds=None, iterations=5)
    with store.read() as conn:
        before = read_snapshot(load_snapshot(conn, plan.plan_id) or b"")
    assert {gone, both, stays} <= set(before["debtor_id"].tolist())
    end(store)
    with store.read() as conn:
        after = read_snapshot(load_snapshot(conn, plan.plan_id) or b"")
        (body,) = [text for _, text in all_plans(conn)]
        read = find_plan(conn, plan.plan_id)
    assert after["debtor_id"].tolist() == [stays]
    row = before["debtor_id"].tolist().index(stays)
    for name in before.keys() - {"meta"}:
        np.testing.assert_array_equal(after[name], before[name][row : row + 1])
    assert after["meta"] == before["meta"]
    assert read is not None
    assert "甲机构/" not in body
    stops = {stop.debtor_id: stop for route in read.routes for stop in route.stops}
    fresh = who_is(store, BOTH[0])
    was = {stop.debtor_id: stop for route in plan.routes for stop in route.stops}
    if both in was:
        assert stops[fresh].case_ids == ("乙机构/B2",)
        with store.read() as conn:
            facts = load_person_facts(conn, fresh, DAY)
        assert stops[fresh].address_id in {one.address_id for one in facts.addresses}
    if gone in was:
        assert (stops[gone].address_id, stops[gone].case_ids) == ("", ())


def test_a_damaged_snapshot_goes_whole(store: Store) -> None:
    """What cannot be read cannot be shown to be free of the purged."""
    gone = who_is(store, ONLY[0])
    with store.write() as tx:
        plan = Plan("p", DAY, NOW, (), (), 0, 0, "", "", 0, 0)
        save_plan(tx, plan, f"damaged {gone}".encode(), tx.append([]))
    end(store)
    with store.read() as conn:
        assert load_snapshot(conn, "p") == b""


def test_copies_beside_the_workspace_go(store: Store) -> None:
    """A damaged file that a restore kept, a copy of an earlier version of the program, a copy cut
    while it was made: all hold the purged book and open by the same key."""
    store.backup("hand")
    content = store.path.read_bytes()
    folder = backup.folder_of(store.path)
    names = [
        f"{store.path.name}-damaged0a1b2c3d", f"{store.path.name}-damaged0a1b2c3d-wal",
        f"{store.path.name}-before2", f"{store.path.name}-restore0a1b2c3d",
    ]  # fmt: skip
    strays = [*(store.path.with_name(name) for name in names), folder / ".0123456789abcdef.part"]
    other = store.path.with_name("other.fairvisit")
    for path in (*strays, other):
        write_whole(path, content)
    end(store)
    assert [path.name for path in strays if path.exists()] == []
    assert other.exists()
    assert [one.why for one in backups(store.path)] == ["purge"]


def test_names_of_files_go(store: Store, tmp_path: Path) -> None:
    """A lender's file may be called after the debtor: the list of imports forgets its name, and
    keeps those of others."""
    theirs = history(tmp_path, f"甲机构,A1,,,2026-11-10 10:00,电话,无人接听,,,S1,{ONLY[0]}",
                     name=f"{ONLY[0]}{ONLY[1]}.csv")  # fmt: skip
    import_files(store, [theirs], clock=store.clock)
    third = ("宇文白杨", "19900000007", "丙机构", "C7", "丙街一号院")
    import_files(store, [cases(tmp_path, third)], clock=store.clock)
    end(store)
    with store.read() as conn:
        names = [f["name"] for one in timeline(conn, "") if one.kind == "import"
                 for f in one.fields["files"]]  # fmt: skip
    assert "C7.csv" in names
    assert not any(ONLY[0] in name for name in names)
    assert verify(store).ok


def test_what_stays_is_recognised_again(store: Store, tmp_path: Path) -> None:
    """Promises, pauses, payments and calls of a person who stays are not doubled when the other
    lender's history comes again, nor when the purged lender's does; with numbers of their own or
    without."""
    rows = [
        "乙机构,B2,,,2026-11-10 10:00,电话,无人接听,,,,",
        "乙机构,B2,,,2026-11-11,承诺,,200,2026-11-30,,",
        "乙机构,B2,,,2026-11-12,还款,,100,,,",
        "乙机构,B2,,,2026-11-12 11:00,电话,无人接听,,,S9,",
        "乙机构,B2,,,2026-11-13,暂停,投诉,,,,",
        "乙机构,B2,,,2026-11-14,承诺,,300,2026-12-01,P7,",
    ]
    own = [
        "甲机构,A2,,,2026-11-15 10:00,电话,无人接听,,,S1,",
        "甲机构,A2,,,2026-11-15 12:00,电话,无人接听,,,,",
        f"甲机构,,{BOTH[0]},{BOTH[1]},2026-11-16 12:00,电话,无人接听,,,S3,",
    ]
    files = [history(tmp_path, *rows), history(tmp_path, *own, name="own.csv")]
    report = import_files(store, files, clock=store.clock)
    assert [f for f in report.faults if not f.note] == []
    kinds = ("contact", "promise", "payment", "hold")
    before = entries(store, BOTH[0], *kinds)
    assert len(before) == 9
    end(store)
    import_files(store, [cases(tmp_path, BOTH)], clock=store.clock)
    after = entries(store, BOTH[0], *kinds)
    assert len(after) == 9
    import_files(store, files, clock=store.clock)
    assert entries(store, BOTH[0], *kinds) == after
    assert not any(one.get("source_id") in ("S1", "S3") for one in after)
    assert verify(store).ok


def test_two_equal_entries_by_hand_both_stay(store: Store) -> None:
    """Two payments of the same moment and amount, recorded one after the other, are two."""
    who = who_is(store, BOTH[0])
    for _ in range(2):
        tell(store, NewEvent("payment", who, NOW, {"amount": 500, "case_id": "乙机构/B2"}))
    end(store)
    assert len(entries(store, BOTH[0], "payment")) == 2


def test_everything_that_binds_is_carried_over(store: Store) -> None:
    """Pause and its end, agreement, notice, override, exception, need, must and a decision on the
    area are there under the new id, the agreed address is the person's own, and the gates see the
    same."""
    who = who_is(store, BOTH[0])
    with store.read() as conn:
        old = load_person_facts(conn, who, DAY)
    place = old.addresses[0]
    soon = (NOW + timedelta(days=1)).isoformat()
    late = (NOW + timedelta(days=2)).isoformat()
    tell(
        store,
        NewEvent("hold", who, NOW, {"hold_id": "h1", "kind": 0, "reason": "x"}),
        NewEvent("hold", who, NOW, {"hold_id": "h2", "kind": 1}),
        NewEvent("hold.ended", who, NOW + timedelta(hours=1), {"hold_id": "h2"}),
        NewEvent("agreement", who, NOW, {"agreement_id": "a1", "channel": "visit", "from": "10:00",
                 "until": "11:00", "date": "2026-11-25", "address_id": place.address_id,
                 "evidence": "e"}),
        NewEvent("notice", who, NOW, {"from": soon, "until": late, "evidence": "n"}),
        NewEvent("override", who, NOW, {"rule": "R", "channel": "visit", "from": soon,
                 "until": late, "reason": "r", "by": "b"}),
        NewEvent("exception", who, NOW, {"rule": "R", "channel": "visit"}),
        NewEvent("needs", who, NOW, {"tags": ["dialect"]}),
        NewEvent("must", who, NOW, {"date": "2026-11-24", "on": True, "reason": "m", "by": "b"}),
        NewEvent("remote.decided", who, NOW, {"decision_id": "d", "decision": "WAIT",
                 "until": "2026-12-01"}),
        NewEvent("address.judged", who, NOW, {"address_id": place.address_id, "valid": False}),
        NewEvent("promise", who, NOW, {"promise_id": "p", "amount": 1, "due": "2026-11-30"}),
        NewEvent("contact", who, NOW, {"channel": "visit", "code": "VIS-NC",
                                       "address_id": place.address_id, "note": "on both"}),
    )  # fmt: skip
    before = facts_of(store, who)
    end(store)
    assert facts_of(store, who_is(store, BOTH[0])) == before
    (decided,) = entries(store, BOTH[0], "remote.decided")
    assert decided["until"] == "2026-12-01"
    assert verify(store).ok


def test_a_plan_of_instalments_stays_with_the_loans_that_stay(store: Store) -> None:
    """A plan about the lender's loans alone goes; one about loans of both stays and names the
    other's; the promises follow."""
    who = who_is(store, BOTH[0])
    due = [{"due": "2026-12-01", "amount": 100}]
    for plan, loans in (("p1", ["甲机构/A2"]), ("p2", ["甲机构/A2", "乙机构/B2"]), ("p3", [])):
        tell(store, NewEvent("plan.agreed", who, NOW, {"plan_id": plan, "case_ids": loans,
                             "instalments": due, "told": {"income": 4321}}))  # fmt: skip
    end(store)
    stayed = {str(one["plan_id"]): one.get("case_ids") for one in
              entries(store, BOTH[0], "plan.agreed")}  # fmt: skip
    assert stayed == {"p2": ["乙机构/B2"], "p3": []}
    with store.read() as conn:
        found = conn.execute("SELECT plan_id, case_id FROM promise ORDER BY plan_id").fetchall()
    assert found == [("p2", "乙机构/B2"), ("p3", "")]
    assert verify(store).ok


def test_a_loan_of_which_only_a_withdrawal_tells_is_carried_over(store: Store) -> None:
    """Where the list that told of a loan was undone, and a later one withdrew it, the purge of
    another lender goes through and the loan stays as it is."""
    who = who_is(store, BOTH[0])
    gone = {"cases": [{"case_id": "丙机构/C1", "status": "withdrawn"}]}
    tell(store, NewEvent("person.listed", who, NOW, gone))
    end(store)
    assert persons(store)[BOTH[0]] == ["丙机构/C1", "乙机构/B2"]
    assert verify(store).ok


def same(items: Iterable[Any]) -> list[dict[str, Any]]:
    """Without the ids that are new."""
    left_out = ("debtor_id", "override_id", "event_id", "notice_id")
    return [
        {name: value for name, value in asdict(one).items() if name not in left_out}
        for one in items
    ]


def facts_of(store: Store, who: str) -> dict[str, object]:
    """What the gates know of a person, places by their text."""
    with store.read() as conn:
        facts, debtor = load_person_facts(conn, who, DAY), load_debtor(conn, who)
        musts = conn.execute(
            "SELECT day, set_, reason FROM must JOIN who USING (pid) WHERE debtor_id = ?", (who,)
        ).fetchall()
        exceptions = conn.execute(
            "SELECT rule, channel FROM exception_ JOIN who USING (pid) WHERE debtor_id = ?", (who,)
        ).fetchall()
    where = {one.address_id: one.text for one in facts.addresses}
    return {
        "holds": same(facts.holds), "notices": same(facts.notices),
        "overrides": same(facts.overrides),
        "needs": debtor.needs, "promises": same(facts.promises),
        "agreements": same(replace(one, address_id=where[one.address_id])
                           for one in facts.agreements),
        "places": sorted((one.text, one.valid) for one in facts.addresses),
        "contacts": [(one.at, one.code) for one in facts.contacts],
        "musts": musts, "exceptions": exceptions,
    }  # fmt: skip


def test_who_stays_is_merged_with_nobody(store: Store, tmp_path: Path) -> None:
    """Another person who was first known by the name and phone that this one has now stays another
    person."""
    twin = ("司徒海棠", "19900000077", "乙机构", "B9", "乙街七号院")
    import_files(store, [cases(tmp_path, twin)], clock=store.clock)
    both = who_is(store, "19900000002")
    other = who_is(store, "19900000077")
    assert both != other
    tell(store, NewEvent("person.listed", both, store.clock(), {"phones": ["19900000077"]}))
    tell(store, NewEvent("person.listed", other, store.clock(), {"phones": ["19900000078"]}))
    end(store)
    assert sorted(case for one in find_all(store) for case in one) == [
        "乙机构/B2",
        "乙机构/B3",
        "乙机构/B9",
    ]
    assert len(find_all(store)) == 3
    assert who_is(store, "19900000078") == other


def find_all(store: Store) -> list[list[str]]:
    with store.read() as conn:
        return [
            [case.case_id for case in load_debtor(conn, who).cases] for who in find_persons(conn)
        ]


def test_an_older_deed_can_be_undone_alone(store: Store) -> None:
    """Undoing one earlier entry of a person who stays takes back that entry and no other."""
    who = who_is(store, BOTH[0])
    first = tell(store, NewEvent("payment", who, NOW, {"amount": 1, "case_id": "乙机构/B2"}))
    tell(store, NewEvent("payment", who, NOW, {"amount": 2, "case_id": "乙机构/B2"}))
    end(store)
    undo_batch(store, first)
    assert [one["amount"] for one in entries(store, BOTH[0], "payment")] == [2]
    assert persons(store)[BOTH[0]] == ["乙机构/B2"]


def test_cleaning_that_fails_is_said_and_the_certificate_comes_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk after the deletion: the refusal says that the deletion is done, no certificate
    is given before everything is clean, and the next upkeep makes it available."""
    store.backup("hand")

    def full(*_: object, **__: object) -> None:
        raise PlannerError("store.disk_full", file="w")

    with monkeypatch.context() as patch:
        patch.setattr(cleaning, "delete_backup", full)
        with pytest.raises(PlannerError, match=r"purge\.unfinished"):
            end(store)
        with pytest.raises(PlannerError, match=r"purge\.unfinished"):
            certificates(store)
    assert ONLY[0] not in persons(store)
    upkeep(store, clock=store.clock)
    (one,) = certificates(store)
    assert (one.lender, one.erased, one.kept, one.cases, one.by) == (LENDER, 1, 1, 2, "组长")
    assert one.backups == 2
    with store.read() as conn:
        (head,) = conn.execute("SELECT hash FROM event WHERE kind = 'purge'").fetchone()
    assert one.head == bytes(head).hex()


def test_the_certificate_is_the_same_later(store: Store) -> None:
    """What is printed again equals what was given at once."""
    done = end(store)
    assert certificates(store) == [done]


def test_no_room_for_the_fresh_backup(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deletion goes before: former backups are removed even where no fresh one can be made, and
    the next upkeep makes one."""
    real = backup.back_up

    def full(*_: object, **__: object) -> None:
        raise PlannerError("store.disk_full", file="w")

    store.backup("hand")
    with monkeypatch.context() as patch:
        patch.setattr(backup, "back_up", full)
        end(store)
    assert backups(store.path) == []
    assert real is backup.back_up
    upkeep(store, clock=store.clock)
    assert len(backups(store.path)) == 1


def test_one_trouble_of_upkeep_does_not_stop_the_rest(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a deletion cannot be finished now, the backup of the day is made all the same."""
    from planner.actions import upkeep as upkeeping

    def busy(_: Store) -> int:
        raise PlannerError("store.in_use", file="w")

    for one in backups(store.path):
        backup.delete_backup(one)
    monkeypatch.setattr(upkeeping, "finish_purge", busy)
    with pytest.raises(PlannerError, match=r"store\.in_use"):
        upkeep(store, clock=store.clock)
    assert [one.why for one in backups(store.path)] == ["day"]


def test_a_clock_that_was_ahead_stops_no_backup(store: Store) -> None:
    """Backups dated in the future, from a day when the clock was wrong, do not count as today's."""
    for one in backups(store.path):
        backup.delete_backup(one)
    ahead = Clock()
    ahead.now = datetime(2031, 1, 1, tzinfo=UTC)
    real, store.clock = store.clock, ahead
    store.backup("hand")
    store.clock = real
    assert upkeep(store, clock=real) is not None
