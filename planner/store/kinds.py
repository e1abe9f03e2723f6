"""The kinds of events and the fields of their payloads, checked before anything is written.

A payload is kept as JSON. Days are "YYYY-MM-DD", instants ISO 8601 with an offset; date and
datetime objects are accepted and written so. A field that is None counts as not given, except
where None says something ("no position", "open end").
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from planner.domain.codes import (
    CHANNELS,
    CODE_INDEX,
    RESULT_INDEX,
    AddressKind,
    Flag,
    Grade,
    HoldKind,
    Region,
    channel_of,
)
from planner.domain.datum import DATUMS
from planner.domain.step import ANY_PART, ENDS, OBJECTIVES, PARTS, Means
from planner.domain.trip import EXPENSE_KINDS
from planner.domain.work import clean_tags, work_of, work_payload, wrong_field
from planner.errors import PlannerError

Check = Callable[[Any, str], Any]  # (value, zone of the workspace) -> value for JSON


@dataclass(frozen=True, slots=True)
class Kind:
    """Fields of one kind; `required` must be there; `workspace` events belong to no person."""

    fields: dict[str, Check]
    required: tuple[str, ...] = ()
    workspace: bool = False
    commutes: bool = False  # its row does not depend on any other event
    shapes: "dict[tuple[Any, ...], _Shape | None]" = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is left to check of a payload whose field names and types are known: these fields by
    their own checks, those texts together; the rest is right as it is."""

    checks: tuple[tuple[str, Check], ...]
    allowed: tuple[tuple[str, frozenset[Any]], ...]
    texts: tuple[str, ...]


# Days and instants outside these years are slips of the pen, and calendar arithmetic beyond them
# would overflow; amounts stay below what a float and an SQLite integer hold exactly.
FIRST_YEAR, LAST_YEAR = 1900, 2199
LARGEST_WHOLE = 2**53
_SHAPES = 64  # of one kind; more than the program itself ever writes


def _text(value: Any, _zone: str) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    if not value.isascii():
        value.encode()  # half a surrogate pair cannot be kept
    return str(value)


def _int(value: Any, _zone: str) -> int:
    if type(value) is int and -LARGEST_WHOLE <= value <= LARGEST_WHOLE:
        return value
    if int(value) != value or abs(value) > LARGEST_WHOLE:
        raise ValueError(value)
    return int(value)


def _number(value: Any, _zone: str) -> float:
    return float(value)


def _bool(value: Any, _zone: str) -> bool:
    return bool(value)


def _day(value: Any, _zone: str) -> str:
    if isinstance(value, str):
        return _day_of(value)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise TypeError(value)
    return _sane(value).isoformat()


@lru_cache(maxsize=10_000)
def _day_of(text: str) -> str:
    return _sane(date.fromisoformat(text)).isoformat()


def _sane(value: date) -> date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(value)
    return value


def _instant(value: Any, _zone: str) -> str:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value.utcoffset() is None:
        raise ValueError(value)
    return str(_sane(value).isoformat())


def _until(value: Any, zone: str) -> str:
    """An instant; a bare day means its end in the workspace's zone."""
    if isinstance(value, str) and len(value) == 10:
        value = date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(_sane(value) + timedelta(days=1), time(), ZoneInfo(zone))
    return _instant(value, zone)


def _texts(value: Any, zone: str) -> list[str]:
    if isinstance(value, str):
        raise TypeError(value)
    return [_text(item, zone) for item in value]


def _hex(value: Any, _zone: str) -> str:
    return value.hex() if isinstance(value, bytes) else bytes.fromhex(value).hex()


def _filled(value: Any, zone: str) -> str:
    """A text that says something."""
    if not _text(value, zone).strip():
        raise ValueError(value)
    return str(value)


def _clock(value: Any, _zone: str) -> str:
    """A time of day "HH:MM" up to "24:00"."""
    hours, _, minutes = value.partition(":")
    if len(value) != 5 or not 0 <= int(hours) * 60 + int(minutes) <= 1440 or int(minutes) > 59:
        raise ValueError(value)
    return str(value)


def _tags(value: Any, zone: str) -> list[str]:
    return list(clean_tags(_texts(value, zone)))


def _work(value: Any, _zone: str) -> dict[str, Any]:
    """A crew's terms, only what differs from the usual."""
    work = work_of(value)
    if wrong_field(work):
        raise ValueError(value)
    return work_payload(work)


def _one_of(values: Any, convert: Check = _text) -> Check:
    allowed = frozenset(values)

    def check(value: Any, zone: str) -> Any:
        found = convert(value, zone)
        if found not in allowed:
            raise ValueError(value)
        return found

    # A value of this very type that is among these is right as it is.
    check.one_of = (str if convert is _text else int, allowed)  # type: ignore[attr-defined]
    return check


def _degrees(most: int) -> Check:
    def check(value: Any, _zone: str) -> float:
        if not abs(float(value)) <= most:  # so written, NaN is refused too
            raise ValueError(value)
        return float(value)

    return check


def _or_none(check: Check) -> Check:
    def checked(value: Any, zone: str) -> Any:
        return None if value is None else check(value, zone)

    checked.keeps_none = check  # type: ignore[attr-defined]
    return checked


def _told(value: Any, zone: str) -> dict[str, int]:
    """What a household said of its month: names and minor units."""
    return {_text(name, zone): _int(figure, zone) for name, figure in value.items()}


def _each(kind: Kind, what: str) -> Check:
    def check(value: Any, zone: str) -> list[dict[str, Any]]:
        return [_fields(kind, what, item, zone) for item in value]

    check.each = kind  # type: ignore[attr-defined]
    return check


_DATUM = _one_of(DATUMS)
_ADDRESS = Kind(
    {
        "address_id": _text, "text": _text, "kind": _one_of(map(int, AddressKind), _int),
        "region": _one_of(map(int, Region), _int), "grade": _one_of(map(int, Grade), _int),
        "lat": _or_none(_number), "lon": _or_none(_number), "source": _text, "township": _text,
        "valid": _bool, "datum": _DATUM, "placed": _instant, "by": _text, "confirmed": _bool,
        "county": _text,
    },
    ("address_id",),
)  # fmt: skip
_CASE = Kind(
    {
        "case_id": _text, "lender": _text, "contract_no": _text, "product": _text,
        "amount_overdue": _int, "overdue_since": _day,
        "status": _one_of(("open", "paid", "withdrawn")), "limitation_date": _or_none(_day),
    },
    ("case_id",),
)  # fmt: skip
_MEMBER = Kind({"collector_id": _text, "name": _text}, ("collector_id", "name"))
_INSTALMENT = Kind({"due": _day, "amount": _int}, ("due", "amount"))
_EXPENSE = Kind({"expense_id": _filled, "kind": _one_of(EXPENSE_KINDS), "amount": _int,
                 "receipt": _text, "note": _text, "gone": _bool},
                ("expense_id", "kind", "amount"))  # fmt: skip
_FILE = Kind({"name": _text, "kind": _text, "rows": _int, "faulty": _int}, ("name",))
_CHANNEL = _one_of(str(channel) for channel in CHANNELS)

KINDS: dict[str, Kind] = {
    "person.listed": Kind({
        "name": _text, "id_number": _text, "phones": _texts, "flags": _int, "zone": _text,
        "jurisdiction": _text, "needs": _tags, "addresses": _each(_ADDRESS, "address"),
        "cases": _each(_CASE, "case"),
    }),
    "contact": Kind(
        {
            "channel": _CHANNEL, "code": _one_of(CODE_INDEX),
            "result": _one_of(("", *RESULT_INDEX)), "phone": _text, "address_id": _text,
            "case_id": _text, "by": _texts, "leave": _or_none(_instant), "note": _text,
            "source_id": _text,
            # What else is asked at a door: whether the person agreed to a recording, whether a
            # third person learned anything, why somebody refuses, which papers were shown, and
            # which entry this one corrects.
            "consent": _one_of(("yes", "no")), "disclosed": _bool, "reason": _text,
            "shown": _text, "corrects": _hex,
        },
        ("channel", "code"), commutes=True,
    ),
    "promise": Kind({"promise_id": _text, "amount": _int, "due": _day, "case_id": _text,
                     "channel": _text},
                    ("promise_id", "amount", "due")),
    "plan.agreed": Kind(
        {"plan_id": _filled, "case_ids": _texts, "instalments": _each(_INSTALMENT, "instalment"),
         "down": _int, "waived": _int, "told": _told, "approval": _texts, "by": _text},
        ("plan_id", "instalments"),
    ),
    "plan.approved": Kind(
        {"plan_id": _filled, "case_ids": _texts, "instalments": _each(_INSTALMENT, "instalment"),
         "reason": _filled, "by": _text, "since": _instant},
        ("plan_id", "instalments", "reason"),
    ),
    "plan.ended": Kind({"plan_id": _filled, "case_ids": _texts, "day": _day, "reason": _filled,
                        "by": _text, "declined": _bool},
                       ("plan_id", "day", "reason")),
    "payment": Kind({"amount": _int, "case_id": _text, "receipt": _text, "source_id": _text},
                    ("amount",), commutes=True),
    "hold": Kind({"hold_id": _text, "kind": _one_of(map(int, HoldKind), _int),
                  "until": _or_none(_until), "reason": _text}, ("hold_id", "kind")),
    "hold.ended": Kind({"hold_id": _text}, ("hold_id",)),
    "flag": Kind({"flag": _one_of(map(int, Flag), _int), "on": _bool, "reason": _text},
                 ("flag", "on")),
    "agreement": Kind(
        {"agreement_id": _text, "channel": _CHANNEL, "from": _clock, "until": _clock,
         "weekday": _one_of(range(1, 8), _int), "date": _day, "address_id": _text,
         "evidence": _filled},
        ("agreement_id", "channel", "evidence"),
    ),
    "agreement.ended": Kind({"agreement_id": _text}, ("agreement_id",)),
    "notice": Kind({"from": _instant, "until": _instant, "evidence": _filled},
                   ("from", "until", "evidence"), commutes=True),
    "override": Kind({"rule": _text, "channel": _CHANNEL, "from": _instant, "until": _instant,
                      "reason": _filled, "by": _text},
                     ("rule", "channel", "from", "until", "reason"), commutes=True),
    "needs": Kind({"tags": _tags}, ("tags",)),
    "must": Kind({"date": _day, "on": _bool, "reason": _text, "by": _text}, ("date", "on")),
    "step.set": Kind(
        {"step_id": _filled, "day": _day, "means": _one_of(map(str, Means)),
         "part": _one_of((ANY_PART, *PARTS), _int), "objective": _one_of(OBJECTIVES), "by": _text},
        ("step_id", "day", "means", "part", "objective"),
    ),
    "step.done": Kind({"step_id": _filled, "how": _one_of(ENDS), "by": _text}, ("step_id", "how")),
    "address.judged": Kind({"address_id": _text, "valid": _bool, "lat": _or_none(_number),
                            "lon": _or_none(_number),
                            "grade": _one_of(map(int, Grade), _int)}, ("address_id",)),
    # A position that somebody chose, or found on the spot; only a confirmed one outlasts a list.
    "address.placed": Kind(
        {"address_id": _text, "lat": _degrees(90), "lon": _degrees(180), "source": _filled,
         "grade": _one_of(map(int, Grade), _int), "datum": _DATUM, "township": _text,
         "confirmed": _bool, "by": _text},
        ("address_id", "lat", "lon", "grade", "source", "datum"),
    ),
    # A file kept under the person's key (`blobs`); its hash makes it part of the chain.
    "evidence": Kind(
        {"evidence_id": _filled, "media": _filled, "size": _int, "sha256": _hex, "name": _text,
         "case_id": _text, "note": _text, "by": _texts},
        ("evidence_id", "media", "size", "sha256"), commutes=True,
    ),
    # A phone number or an address that somebody heard of; it counts once it is accepted.
    "change.proposed": Kind(
        {"change_id": _filled, "field": _one_of(("phone", "address")), "value": _filled,
         "source": _filled, "by": _texts},
        ("change_id", "field", "value", "source"),
    ),
    "change.decided": Kind(
        {"change_id": _filled, "accepted": _bool, "field": _one_of(("phone", "address")),
         "value": _filled, "address_id": _text,
         "address_kind": _one_of(map(int, AddressKind), _int),
         "region": _one_of(map(int, Region), _int), "reason": _text, "by": _text},
        ("change_id", "accepted", "field", "value"),
    ),
    "exception": Kind({"rule": _text, "channel": _CHANNEL, "at": _instant, "event": _text},
                      ("rule", "channel"), commutes=True),
    "remote.decided": Kind(
        {"decision_id": _text, "decision": _one_of(("GO", "OVERNIGHT", "WAIT", "MEANS", "OPEN")),
         "day": _day, "nights": _int, "crew_id": _text, "until": _day, "means": _text,
         "reason": _text},
        ("decision_id", "decision"), commutes=True,
    ),
    "reversal": Kind({"batch": _hex}, ("batch",)),
    "crew.listed": Kind(
        {"crew_id": _text, "name": _text, "members": _each(_MEMBER, "member"), "lat": _number,
         "lon": _number, "start": _int, "end": _int,
         "weekdays": lambda days, zone: [_int(day, zone) for day in days], "work": _work},
        ("crew_id", "name", "members", "lat", "lon", "start", "end", "weekdays"), workspace=True,
    ),
    # A crew's day as it was: each event tells what changed; instants and distances may be cleared.
    "trip": Kind(
        {"crew_id": _filled, "day": _day, "left": _or_none(_instant), "back": _or_none(_instant),
         "odometer_start": _or_none(_int), "odometer_end": _or_none(_int),
         "metres": _or_none(_int), "note": _text, "expenses": _each(_EXPENSE, "expense")},
        ("crew_id", "day"), workspace=True,
    ),
    # What a team decides: who has a person ("" = nobody), and a record given back and answered.
    "assigned": Kind({"collector_id": _text, "by": _text, "reason": _text}, ("collector_id",)),
    "record.returned": Kind({"event": _hex, "comment": _filled, "by": _text},
                            ("event", "comment")),
    "record.answered": Kind({"event": _hex, "comment": _filled, "by": _text},
                            ("event", "comment")),
    # `route` is the fingerprint of the route that was reviewed: another one is another plan.
    "plan.reviewed": Kind(
        {"plan_id": _filled, "day": _day, "crew_id": _filled,
         "decision": _one_of(("submitted", "approved", "returned")), "comment": _text,
         "by": _text, "route": _text},
        ("plan_id", "day", "crew_id", "decision"), workspace=True, commutes=True,
    ),
    "absence": Kind(
        {"absence_id": _filled, "collector_id": _filled, "from": _day, "to": _day,
         "reason": _text, "gone": _bool},
        ("absence_id", "collector_id", "from", "to"), workspace=True,
    ),
    "purge": Kind(
        {"lender": _text, "reason": _filled, "by": _filled, "persons": _int, "kept": _int,
         "cases": _int, "entries": _int, "backups": _int, "digest": _hex},
        ("lender", "reason", "by", "digest"), workspace=True, commutes=True,
    ),
    "export": Kind(
        {"what": _text, "by": _text, "persons": _int, "cases": _int, "digest": _hex,
         "who": _filled, "plan": _filled},
        ("what",), workspace=True, commutes=True,
    ),
    "import": Kind({"files": _each(_FILE, "file")}, ("files",), workspace=True, commutes=True),
    # Of the workspace, not of the person: who looked stays known when the person is erased.
    "reveal": Kind({"who": _filled, "fields": _texts, "where": _text, "by": _text},
                   ("who", "fields", "where"), workspace=True, commutes=True),
}  # fmt: skip


def check_payload(kind: str, debtor_id: str, payload: dict[str, Any], zone: str) -> dict[str, Any]:
    """`payload` as it will be kept; PlannerError("store.bad_event", kind, field) on a mistake."""
    spec = KINDS.get(kind)
    if spec is None:
        raise PlannerError("store.bad_event", kind=kind, field="kind")
    if kind != "reversal" and spec.workspace == bool(debtor_id):
        raise PlannerError("store.bad_event", kind=kind, field="debtor_id")
    clean = _fields(spec, kind, payload, zone)
    if kind == "contact" and channel_of(clean["code"]) != clean["channel"]:
        raise PlannerError("store.bad_event", kind=kind, field="channel")
    return clean


def _fields(spec: Kind, what: str, given: dict[str, Any], zone: str) -> dict[str, Any]:
    """The fields as they will be kept. Most payloads look like the one before: what follows from
    the names and types of their fields is worked out once (`_shape`); whatever is unusual or wrong
    goes through every check by itself, which also finds the words for it."""
    names = (*given, *map(type, given.values()))
    shape = spec.shapes.get(names)
    if shape is None and names not in spec.shapes:
        shape = _shape(spec, given)
        if len(spec.shapes) < _SHAPES:
            spec.shapes[names] = shape
    if shape is not None:
        try:
            "".join([given[name] for name in shape.texts]).encode()
            clean = given.copy()
            for name, allowed in shape.allowed:
                if given[name] not in allowed:
                    raise ValueError(given[name])
            for name, check in shape.checks:
                clean[name] = check(given[name], zone)
            return clean
        except (TypeError, ValueError, AttributeError, KeyError, OverflowError, PlannerError):
            pass
    return _one_by_one(spec, what, given, zone)


def _shape(spec: Kind, given: dict[str, Any]) -> _Shape | None:
    """What to check of payloads like this one; None for one that cannot be right as it is."""
    if not set(spec.required) <= set(given) <= set(spec.fields):
        return None
    checks: list[tuple[str, Check]] = []
    allowed: list[tuple[str, frozenset[Any]]] = []
    texts: list[str] = []
    for name, value in given.items():
        check = spec.fields[name]
        inner = getattr(check, "keeps_none", None)
        if value is None:
            if inner is None:
                return None
            continue
        check, kind = inner or check, type(value)
        plain, values = getattr(check, "one_of", (None, frozenset()))
        if check is _text and kind is str:
            texts.append(name)
        elif kind is plain:
            allowed.append((name, values))
        elif (check, kind) not in _AS_IT_IS:
            checks.append((name, check))
    return _Shape(tuple(checks), tuple(allowed), tuple(texts))


_AS_IT_IS = ((_bool, bool), (_number, float))
# What `columnwise` knows of these checks.
PLAIN: dict[Check, str] = {
    _text: "text", _texts: "texts", _int: "int", _number: "number", _bool: "bool", _day: "day",
    _tags: "tags",
}  # fmt: skip


def _one_by_one(spec: Kind, what: str, given: dict[str, Any], zone: str) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    for name, value in given.items():
        check = spec.fields.get(name)
        if check is None:
            raise PlannerError("store.bad_event", kind=what, field=name)
        if value is None and not hasattr(check, "keeps_none"):
            continue
        try:
            clean[name] = check(value, zone)
        except (TypeError, ValueError, AttributeError, KeyError, OverflowError) as error:
            raise PlannerError("store.bad_event", kind=what, field=name) from error
    for name in spec.required:
        if name not in clean:
            raise PlannerError("store.bad_event", kind=what, field=name)
    return clean
