"""Workspaces and events for the tests of the store, and what they must come to in plain Python."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from planner.domain.codes import AddressKind, Channel, Flag, Grade, HoldKind, Region, channel_of
from planner.domain.facts import PersonFacts
from planner.domain.people import (
    Address,
    Agreement,
    Contact,
    Hold,
    Notice,
    Override,
    Payment,
    Promise,
)
from planner.domain.plan import Plan, Route, Stop, Unserved
from planner.store.events import NewEvent
from planner.store.state import mark
from planner.store.store import Store

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
ZONE = "Asia/Shanghai"
PLAN_DAY = date(2026, 3, 3)
CHINA = timezone(timedelta(hours=8))
ZONES = (ZONE, "Asia/Urumqi", "America/New_York")
CODES = ("VIS-RPC", "VIS-NC", "VIS-TPC", "CALL-RPC", "CALL-NA", "MSG-SENT")


class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: int) -> None:
        self.now += timedelta(**delta)


def make_store(folder: Path, clock: TestClock | None = None) -> Store:
    return Store.create(folder / "w.fairvisit", clock=clock or TestClock())


def append(store: Store, *events: NewEvent, batch: bytes | None = None) -> bytes:
    with store.write() as tx:
        return tx.append(events, batch)


def listed(who: str, at: datetime = NOW, **changes: Any) -> NewEvent:
    """A person with one address and one open case, as a lender's file brings it."""
    payload: dict[str, Any] = {
        "name": "王小明",
        "phones": ["13800001234"],
        "addresses": [
            {"address_id": f"{who}-a", "text": "河西镇一号", "kind": 0, "region": 1, "grade": 0,
             "lat": 30.1234567, "lon": 120.7654321, "township": "河西镇"}
        ],
        "cases": [
            {"case_id": f"银行/{who}", "lender": "银行", "contract_no": who,
             "amount_overdue": 120_000, "overdue_since": "2025-11-05"}
        ],
    }  # fmt: skip
    return NewEvent("person.listed", who, at, payload | changes)


def visit(who: str, at: datetime = NOW, code: str = "VIS-NC", **fields: Any) -> NewEvent:
    return NewEvent("contact", who, at, {"channel": "visit", "code": code, **fields})


def random_event(rnd: random.Random, who: str) -> NewEvent:
    """Any kind of event about `who` except a reversal, at any moment of ninety days."""
    at = NOW + timedelta(seconds=rnd.randrange(-86400 * 90, 86400))
    kind = rnd.choice(
        ["person.listed", "person.listed", "contact", "contact", "contact", "promise", "payment",
         "payment", "plan.agreed", "plan.approved", "plan.ended", "hold", "hold.ended",
         "flag", "address.judged", "address.placed",
         "exception", "agreement",
         "agreement.ended", "notice", "override", "step.set", "step.done",
         "assigned", "record.returned", "record.answered",
         "person.listed", "contact", "payment"]
    )  # fmt: skip
    return NewEvent(kind, who, at, _PAYLOADS[kind](rnd, who))


def _listed(rnd: random.Random, who: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": rnd.choice(["王小明", "李静", "欧阳海"]), "id_number": str(rnd.randrange(10**17)),
        "phones": [f"138{rnd.randrange(10**8):08}"], "flags": rnd.randrange(1024),
        "zone": rnd.choice(["", *ZONES]), "jurisdiction": rnd.choice(["CN", ""]),
        "addresses": [_address(rnd, who) for _ in range(rnd.randrange(3))],
        "cases": [_case(rnd, who) for _ in range(rnd.randrange(3))],
    }  # fmt: skip
    return {name: told[name] for name in told if rnd.random() < 0.7}


def _address(rnd: random.Random, who: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "text": "某路", "kind": rnd.randrange(5), "region": rnd.randrange(3),
        "grade": rnd.randrange(6), "lat": rnd.choice([None, round(rnd.uniform(20, 50), 7)]),
        "lon": round(rnd.uniform(80, 130), 7), "source": "file", "township": "河西镇",
        "valid": rnd.random() < 0.8,
    }  # fmt: skip
    kept = {name: told[name] for name in told if rnd.random() < 0.7}
    return {"address_id": f"{who}-{rnd.randrange(3)}", **kept}


def _case(rnd: random.Random, who: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "lender": "银行", "contract_no": "1", "product": "消费贷",
        "amount_overdue": rnd.randrange(10**7), "status": rnd.choice(["open", "open", "paid"]),
        "overdue_since": date(2025, 1, 1) + timedelta(rnd.randrange(400)),
        "limitation_date": rnd.choice([None, "2027-01-31", "2028-06-01"]),
    }  # fmt: skip
    kept = {name: told[name] for name in told if rnd.random() < 0.8}
    return {"case_id": f"{rnd.randrange(10)}/{who}-{rnd.randrange(2)}", **kept}


def _contact(rnd: random.Random, who: str) -> dict[str, Any]:
    code = rnd.choice(CODES)
    told = {"channel": str(channel_of(code)), "code": code, "note": "备注"}
    if rnd.random() < 0.5:
        told["result"] = rnd.choice(["OUT-PTP", "OUT-RTP", ""])
    if rnd.random() < 0.5:
        told["phone"] = f"138{rnd.randrange(3)}"
    if rnd.random() < 0.5:
        told["address_id"] = f"{who}-{rnd.randrange(4)}"
    return told


def _promise(rnd: random.Random, who: str) -> dict[str, Any]:
    due = NOW.date() + timedelta(rnd.randrange(-80, 10))
    return {"promise_id": f"{who}-{rnd.randrange(6)}", "amount": rnd.randrange(1, 5000), "due": due}


def _plan(rnd: random.Random, who: str) -> dict[str, Any]:
    first = NOW.date() + timedelta(rnd.randrange(-80, 10))
    return {"plan_id": f"{who}-plan{rnd.randrange(3)}", "instalments": [
        {"due": first + timedelta(k * 9), "amount": rnd.randrange(1, 3000)}
        for k in range(rnd.randrange(1, 5))
    ]}  # fmt: skip


def _hold(rnd: random.Random, who: str) -> dict[str, Any]:
    until = rnd.choice([None, NOW + timedelta(days=rnd.randrange(9)), date(2026, 3, 9)])
    return {"hold_id": f"{who}-{rnd.randrange(3)}", "kind": rnd.randrange(9), "until": until}


def _agreement(rnd: random.Random, who: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "from": "18:30", "until": "24:00", "weekday": rnd.randrange(1, 8),
        "date": NOW.date() + timedelta(rnd.randrange(9)),
        "address_id": f"{who}-{rnd.randrange(4)}",
    }  # fmt: skip
    kept = {name: told[name] for name in told if rnd.random() < 0.6}
    channel = rnd.choice(["visit", "call"])
    return {"agreement_id": f"{who}-{rnd.randrange(3)}", "channel": channel, "evidence": "录音",
            **kept}  # fmt: skip


def _span(rnd: random.Random) -> dict[str, Any]:
    start = NOW + timedelta(hours=rnd.randrange(99))
    return {"from": start, "until": start + timedelta(hours=2)}


_PAYLOADS: dict[str, Any] = {
    "agreement": _agreement,
    "agreement.ended": lambda rnd, who: {"agreement_id": f"{who}-{rnd.randrange(3)}"},
    "notice": lambda rnd, who: _span(rnd) | {"evidence": "短信"},
    "override": lambda rnd, who: _span(rnd) | {
        "rule": rnd.choice(["cn.house.hours", "cn.house.closed_days"]), "channel": "visit",
        "reason": "客户要求", "by": "组长",
    },
    "step.set": lambda rnd, who: {
        "step_id": f"{who}-{rnd.randrange(3)}", "day": NOW.date() + timedelta(rnd.randrange(9)),
        "means": rnd.choice(["call", "message", "visit", "lead"]), "part": rnd.randrange(-1, 4),
        "objective": rnd.choice(["early", "clarify"]),
    },
    "step.done": lambda rnd, who: {"step_id": f"{who}-{rnd.randrange(3)}", "how": "dropped"},
    "assigned": lambda rnd, who: {"collector_id": rnd.choice(["", "C1", "C2"]), "by": "组长"},
    "record.returned": lambda rnd, who: {"event": f"{rnd.randrange(3):032x}", "comment": "请补充"},
    "record.answered": lambda rnd, who: {"event": f"{rnd.randrange(3):032x}", "comment": "已补"},
    "person.listed": _listed,
    "contact": _contact,
    "promise": _promise,
    "plan.agreed": lambda rnd, who: (
        _plan(rnd, who) | {"approval": rnd.choice([[], [], ["months"]])}
    ),
    "plan.approved": lambda rnd, who: _plan(rnd, who) | {"reason": "组长同意"},
    "plan.ended": lambda rnd, who: {"plan_id": f"{who}-plan{rnd.randrange(3)}", "reason": "结清",
                                    "day": NOW.date() - timedelta(rnd.randrange(60))},
    "payment": lambda rnd, who: {"amount": rnd.choice([-700, *range(1, 3000, 7)])},
    "hold": _hold,
    "hold.ended": lambda rnd, who: {"hold_id": f"{who}-{rnd.randrange(3)}"},
    "flag": lambda rnd, who: {"flag": 1 << rnd.randrange(10), "on": rnd.random() < 0.6},
    "address.judged": lambda rnd, who: {
        "address_id": f"{who}-{rnd.randrange(3)}", "valid": rnd.random() < 0.5,
    },
    "address.placed": lambda rnd, who: {
        "address_id": f"{who}-{rnd.randrange(3)}", "lat": round(rnd.uniform(20, 50), 7),
        "lon": round(rnd.uniform(80, 130), 7), "grade": rnd.randrange(5), "source": "pin",
        "datum": "wgs84", "confirmed": rnd.random() < 0.5, "by": "组长",
    },
    "exception": lambda rnd, who: {"rule": "cn.law.hours", "channel": "visit", "event": "x"},
}  # fmt: skip


def _day(told: Any) -> date | None:
    return date.fromisoformat(told) if isinstance(told, str) else told


def _told(addresses: dict[str, dict[str, Any]], told: dict[str, Any]) -> None:
    """A place as a list or a proposal tells it: a confirmed position stays."""
    known = addresses.setdefault(told["address_id"], {})
    kept = ("lat", "lon", "grade", "source", "confirmed") if known.get("confirmed") else ()
    known.update({name: value for name, value in told.items() if name not in kept})


def expected(who: str, events: Sequence[NewEvent], day: date) -> PersonFacts | None:
    """What all of `events` (in the order of recording, none undone) say about `who`.

    A second opinion in plain Python; phones as the decimal text of their mark. None when there is
    no open case.
    """
    mine = sorted((one for one in events if one.debtor_id == who), key=lambda one: one.occurred_at)
    person: dict[str, Any] = {"flags": 0, "zone": "", "jurisdiction": "CN"}
    addresses: dict[str, dict[str, Any]] = {}
    cases: dict[str, dict[str, Any]] = {}
    promises: dict[str, tuple[datetime, dict[str, Any]]] = {}
    holds: dict[str, list[Any]] = {}
    agreed: dict[str, list[Any]] = {}
    plans, over, agreed_to = set[str](), set[str](), set[str]()
    for event in mine:
        told = event.payload
        if event.kind == "person.listed":
            person |= {name: told[name] for name in person if name in told}
            for address in told.get("addresses", ()):
                _told(addresses, address)
            for case in told.get("cases", ()):
                cases.setdefault(case["case_id"], {}).update(case)
        elif event.kind == "address.placed":
            if told["confirmed"]:
                addresses.setdefault(told["address_id"], {}).update(told)
            else:
                _told(addresses, told)
        elif event.kind == "address.judged":
            addresses.setdefault(told["address_id"], {}).update(told)
        elif event.kind == "flag" and told["on"]:
            person["flags"] |= told["flag"]
        elif event.kind == "flag":
            person["flags"] &= ~told["flag"]
        elif event.kind == "promise":
            promises[told["promise_id"]] = (event.occurred_at, told)
        elif event.kind == "plan.ended":
            gone = [key for key, (_, one) in promises.items()
                    if one.get("plan") == told["plan_id"]
                    and one["due"] >= told["day"]]  # fmt: skip
            for key in gone:
                del promises[key]
            over |= plans & {told["plan_id"]}
        elif event.kind == "plan.agreed" and told.get("approval"):
            plans.add(told["plan_id"])
        elif event.kind == "plan.agreed" or (
            event.kind == "plan.approved" and told["plan_id"] in plans - over - agreed_to
        ):
            (plans if event.kind == "plan.agreed" else agreed_to).add(told["plan_id"])
            for k, one in enumerate(told["instalments"], 1):
                key = f"{told['plan_id']}/{k:03}"
                promises[key] = (event.occurred_at, one | {"plan": told["plan_id"]})
        elif event.kind == "hold":
            until = told["until"]
            if until is not None and not isinstance(until, datetime):
                until = datetime.combine(until + timedelta(1), time(), ZoneInfo(ZONE))
            holds[told["hold_id"]] = [told["kind"], event.occurred_at, until]
        elif event.kind == "hold.ended" and told["hold_id"] in holds:
            hold = holds[told["hold_id"]]
            hold[2] = min(hold[2] or event.occurred_at, event.occurred_at)
        elif event.kind == "agreement":
            agreed[told["agreement_id"]] = [event.occurred_at, told, None]
        elif event.kind == "agreement.ended" and told["agreement_id"] in agreed:
            one = agreed[told["agreement_id"]]
            one[2] = min(one[2] or event.occurred_at, event.occurred_at)
    open_cases = {key: one for key, one in cases.items() if one.get("status", "open") == "open"}
    if not open_cases:
        return None
    zone = person["zone"] or ZONE
    made = sorted(promises.items(), key=lambda pair: (pair[1][0], pair[0]))
    money = [(one.occurred_at, one.payload["amount"]) for one in mine if one.kind == "payment"]
    limits = [_day(one["limitation_date"]) for one in open_cases.values()
              if one.get("limitation_date")]  # fmt: skip
    return PersonFacts(
        who, sum(one.get("amount_overdue", 0) for one in open_cases.values()),
        min(one.get("overdue_since", date.min) for one in open_cases.values()), len(open_cases),
        Flag(person["flags"]), min(limits, default=None), zone, person["jurisdiction"],
        tuple(_expected_address(who, key, addresses[key]) for key in sorted(addresses)),
        tuple(_expected_contact(one, addresses) for one in mine if one.kind == "contact"),
        tuple(Promise("", who, told["amount"], told["due"], at.astimezone(UTC),
                      plan_id=str(mark(told["plan"])) if "plan" in told else "")
              for _, (at, told) in made),
        _expected_paid([(at, told) for _, (at, told) in made], money, day, ZoneInfo(zone)),
        tuple(Payment("", who, amount, at) for at, amount in money),
        tuple(Hold("", who, HoldKind(kind), start, until)
              for _, (kind, start, until) in sorted(holds.items(), key=lambda h: (h[1][1], h[0]))),
        tuple(_expected_agreement(who, *agreed[key], addresses)
              for key in sorted(agreed, key=lambda key: (agreed[key][0], key))),
        tuple(Notice("", who, one.occurred_at, one.payload["from"], one.payload["until"])
              for one in mine if one.kind == "notice"),
        tuple(Override("", who, one.payload["rule"], Channel.VISIT, one.occurred_at,
                       one.payload["from"], one.payload["until"])
              for one in mine if one.kind == "override"),
    )  # fmt: skip


def _expected_agreement(
    who: str, at: datetime, told: dict[str, Any], ended: datetime | None, addresses: dict[str, Any]
) -> Agreement:
    place = told.get("address_id", "")
    return Agreement(
        "", who, Channel(told["channel"]), at, 18 * 60 + 30 if "from" in told else 0,
        24 * 60 if "until" in told else 0, told.get("weekday", 0), told.get("date"),
        place if place in addresses else "", ended,
    )  # fmt: skip


def _expected_address(who: str, key: str, told: dict[str, Any]) -> Address:
    return Address(
        key, who, "", AddressKind(told.get("kind", 4)), Region(told.get("region", 0)),
        Grade(told.get("grade", 5)), told.get("lat"), told.get("lon"),
        valid=told.get("valid", True),
    )  # fmt: skip


def _expected_contact(event: NewEvent, addresses: dict[str, Any]) -> Contact:
    told = event.payload
    phone, place = told.get("phone", ""), told.get("address_id", "")
    return Contact(
        "", event.debtor_id, channel_of(told["code"]), told["code"], event.occurred_at,
        result=told.get("result", ""), phone=str(mark(phone)) if phone else "",
        address_id=place if place in addresses else "",
    )  # fmt: skip


def _kept_money(money: list[tuple[datetime, int]]) -> list[tuple[datetime, int]]:
    """Payments with each one taken back struck out, the latest before it first."""
    left: list[list[Any]] = []
    for at, amount in money:
        for one in reversed(left):
            if amount < 0:
                part = min(one[1], -amount)
                one[1] -= part
                amount += part
        left.append([at, max(0, amount)])
    return [(at, amount) for at, amount in left]


def _expected_paid(
    promises: list[tuple[datetime, dict[str, Any]]],
    money: list[tuple[datetime, int]],
    day: date,
    zone: ZoneInfo,
) -> tuple[int, ...]:
    """Every minor unit one by one: to the open promise that is due first."""
    paid = [0] * len(promises)
    money = _kept_money([one for one in money if one[0].astimezone(zone).date() <= day])
    order = sorted(range(len(promises)), key=lambda k: (promises[k][1]["due"], promises[k][0], k))
    for at, amount in money:
        for k in order:
            made, told = promises[k]
            last = min(told["due"] + timedelta(1), day)
            if made < at and at.astimezone(zone).date() <= last:
                part = min(amount, told["amount"] - paid[k])
                paid[k] += part
                amount -= part
    return tuple(paid)


def make_plan(plan_id: str = "p1", day: date = PLAN_DAY, debtor: str = "A") -> Plan:
    at = datetime(day.year, day.month, day.day, 9, 30, tzinfo=CHINA)
    stop = Stop(debtor, ("银行/1", "银行/2"), "a1", 30.1234567, 120.7654321,
                at, at + timedelta(minutes=1), at + timedelta(minutes=20),
                123_456, True)  # fmt: skip
    route = Route("K1", "一组", ("赵一", "钱二"), 30.0, 120.0, at - timedelta(minutes=30),
                  at + timedelta(hours=8), (stop,), 12_345, 3_600, 9_900)  # fmt: skip
    left = Unserved("B", "LOW_VALUE", {"value": 100, "needed": 250.5})
    return Plan(plan_id, day, NOW, (route,), (left,), 7, 2000, "cn-1+ab12", "r-3", 98_765, 2)
