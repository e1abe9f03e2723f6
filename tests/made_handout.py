"""Handouts for the tests of what leaves the program."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from planner.domain.plan import Plan, Route, Stop
from planner.export.handout import Handout, Line, Person, make_handout

MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
HOSTILE = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(2)>',
    "</script><script>alert(3)</script>",
    "<iframe src=https://example.org></iframe>",
    "<a href=javascript:alert(4)>x</a>",
    "javascript:alert(5)",
    "<!--<script>alert(6)//-->",
    "]]><script>alert(7)</script>",
    "<![CDATA[<script>alert(8)</script>]]>",
    "${alert(9)}",
    "`${alert(10)}`",
    "{{constructor.constructor('alert(11)')()}}",
    "&lt;script&gt;alert(12)&lt;/script&gt;",
    "&#60;script&#62;alert(13)",
    "\\u003cscript\\u003ealert(14)",
    "\u2028alert(15)\u2029",
    "\u202egro.elpmaxe//:sptth",
    "a\nBEGIN:VEVENT\nSUMMARY:x",
    "a\r\nATTACH:https://example.org/x",
    '=HYPERLINK("https://example.org")',
    "+cmd|' /C calc'!A0",
    "@import url(https://example.org/x.css);",
    "background:url(https://example.org/a.png)",
    "<style>@import 'https://example.org'</style>",
    "<meta http-equiv=refresh content=0;url=https://example.org>",
    "<base href=https://example.org/>",
    "<link rel=stylesheet href=https://example.org/a.css>",
    "file:///etc/hostname",
    "\x00\x07\x1b[31m\ud800<b>",
)


def made_plan(sizes: tuple[int, ...] = (3,), crew: str = "第{}组", **changes: Any) -> Plan:
    """A plan with one crew for each of `sizes`; `changes` go into every stop."""
    routes = []
    for index, size in enumerate(sizes, 1):
        stops = []
        for number in range(1, size + 1):
            at = MORNING + timedelta(minutes=40 * number)
            facts = {
                "debtor_id": f"P{index}X{number}", "case_ids": (f"远山银行/HT{number}",),
                "address_id": f"A{number}", "lat": 30.0 + index / 20 + number / 90,
                "lon": 102.6 + number / 70, "arrive": at, "start": at,
                "leave": at + timedelta(minutes=26), "value": 123_456,
            }  # fmt: skip
            stops.append(Stop(**facts | changes))
        name, back = crew.format(index), MORNING + timedelta(hours=8)
        routes.append(
            Route(f"C{index}", name, ("陈一", "刘二"), 30.0, 102.6, MORNING, back, tuple(stops),
                  metres=41_200)
        )  # fmt: skip
    day = date(2026, 11, 24)
    return Plan("0193-abc123", day, MORNING, tuple(routes), (), 0, 100, "p", "r")


def made_handout(
    plan: Plan | None = None,
    people: dict[str, Person] | None = None,
    language: str = "zh_CN",
    app: str = "amap",
    ways: dict[str, Line] | None = None,
) -> Handout:
    """The handout of a plan; without people nobody is named."""
    return make_handout(
        plan or made_plan(), people or {}, language=language, zone="Asia/Shanghai", app=app,
        ways=ways,
    )  # fmt: skip


def made_people(plan: Plan, **changes: Any) -> dict[str, Person]:
    """The same person behind every stop of `plan`."""
    facts: dict[str, Any] = {
        "name": "张三丰",
        "address": "青溪镇白石村 12 号",
        "phone_tail": "4821",
    }
    return {
        stop.debtor_id: Person(**facts | changes) for route in plan.routes for stop in route.stops
    }


def hostile_handout(app: str = "amap", language: str = "zh_CN") -> Handout:
    """Thirty stops; every text that others can set is an attack."""
    plan = made_plan((len(HOSTILE),), crew=HOSTILE[3])
    people = {
        stop.debtor_id: Person(text, text[::-1] + text, text[-4:], text)
        for stop, text in zip(plan.routes[0].stops, HOSTILE, strict=True)
    }
    return made_handout(plan, people, language, app)
