"""A small workspace made of events: persons around one town, one crew, calls that failed."""

from datetime import UTC, date, datetime, timedelta

from planner.store.store import NewEvent, Store, new_debtor_id

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
_NAMES = ("张伟", "李秀英", "王芳", "欧阳明月", "赵强", "孙丽")


def fill(store: Store, n: int = 6) -> list[str]:
    """Write `n` persons who may be visited, and a crew; returns their ids."""
    ids = []
    with store.write() as tx:
        for i in range(n):
            who = new_debtor_id(tx, f"id:{i:018d}")
            ids.append(who)
            tx.append([listed(who, i), *calls(who, i)])
        tx.append([crew()])
        tx.append(
            [NewEvent("import", "", NOW - timedelta(hours=3), {"files": [{"name": "a.csv"}]})]
        )
    return ids


def listed(who: str, i: int) -> NewEvent:
    """A person with one case and one address a few kilometres from the crew."""
    address = {
        "address_id": f"A{i}", "text": f"青石镇和平路{i + 1}号", "kind": 0, "region": 0, "grade": 0,
        "lat": 30.6 + 0.01 * i, "lon": 114.3 + 0.008 * i, "township": "青石镇", "valid": True,
    }  # fmt: skip
    case = {
        "case_id": f"远山/{i:04d}", "lender": "远山", "contract_no": f"{i:04d}", "product": "",
        "amount_overdue": (20_000 + 15_000 * i) * 100, "status": "open",
        "overdue_since": (date(2026, 11, 23) - timedelta(days=70 + 10 * i)).isoformat(),
    }  # fmt: skip
    payload = {
        "name": _NAMES[i % len(_NAMES)],
        "phones": [f"1380000{i:04d}"],
        "jurisdiction": "CN",
        "addresses": [address],
        "cases": [case],
    }
    return NewEvent("person.listed", who, NOW - timedelta(days=60), payload)


def calls(who: str, i: int) -> list[NewEvent]:
    """Three calls without an answer in the last three weeks: a visit is the next step."""
    return [
        NewEvent(
            "contact", who, NOW - timedelta(days=d, hours=-3),
            {"channel": "call", "code": "CALL-NA", "phone": f"1380000{i:04d}"},
        )
        for d in (4, 8, 12)
    ]  # fmt: skip


def crew() -> NewEvent:
    """Two people, 09:00 to 18:00, Monday to Saturday."""
    members = [{"collector_id": "c1", "name": "周平"}, {"collector_id": "c2", "name": "吴静"}]
    payload = {
        "crew_id": "k1", "name": "一组", "members": members, "lat": 30.6, "lon": 114.3,
        "start": 9 * 3600, "end": 18 * 3600, "weekdays": [1, 2, 3, 4, 5, 6],
    }  # fmt: skip
    return NewEvent("crew.listed", "", NOW - timedelta(days=60), payload)
