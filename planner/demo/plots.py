"""What happened to people in each situation: their story up to the first planning day.

The situations are those of `people.SITUATIONS`; each story leads to one list of the program (may
be visited, waits, is called first, pauses, is never visited, has an address to check).
"""

from collections.abc import Callable
from datetime import timedelta

from planner.demo.stories import Teller

ANY = "无人 无人 无人 见到家人 见到本人"
MISSED = "无人 无人 见到家人"


def _unreached(t: Teller) -> None:
    t.old_visit(0.75, ANY)
    t.earlier_calls(26)
    for day in t.several(3 + t.chance(0.5) + t.chance(0.2), 1, 17):
        t.no_answer(day)
    if t.chance(0.5):
        t.message(t.back(1, 17))


def _broken(t: Teller) -> None:
    t.old_visit(0.6, ANY)
    t.earlier_calls(32)
    if t.chance(0.3):
        first = t.back(36, 44)
        if t.overdue_on(first):
            t.promise(first, first + timedelta(days=4))
    made = t.back(14, 27)
    paid = t.promise(made, made + timedelta(days=t.rng.randrange(3, 8)))
    if t.chance(0.2):
        t.payment(made, max(10_000, paid // 5))
    for day in t.several(t.rng.randrange(0, 3), 1, 5):
        t.no_answer(day)


def _dead_number(t: Teller) -> None:
    t.old_visit(0.7, ANY)
    t.earlier_calls(30)
    day = t.back(3, 24)
    for phone in range(2):
        t.call(day, "空号" if t.chance(0.6) else "停机", phone=phone)


def _refused(t: Teller) -> None:
    t.old_visit(0.6, ANY)
    t.earlier_calls(34)
    t.call(t.back(5, 28), "本人接通", "拒绝还款")
    if t.chance(0.4):
        t.no_answer(t.back(1, 4))


def _missed(t: Teller) -> None:
    t.earlier_calls(30)
    for day in t.several(3, 13, 19):
        t.no_answer(day)
    t.visit(t.back(6, 11), "无人")
    for day in t.several(2, 1, 4):
        t.no_answer(day)


def _met_long_ago(t: Teller) -> None:
    day = t.back(14, 29)
    t.call(t.back(32, 40), "本人接通", "拒绝还款")
    if t.chance(0.5):
        t.promise(day, day + timedelta(days=5), at_door=True)
    else:
        t.visit(day, "见到本人", "拒绝还款")
    t.no_answer(t.back(1, 6))


def _live_promise(t: Teller) -> None:
    t.old_visit(0.45, ANY)
    t.earlier_calls(12)
    t.promise(t.back(1, 7), t.workday_after(t.rng.randrange(3, 10)), at_door=t.chance(0.15))


def _met_lately(t: Teller) -> None:
    for day in t.several(3, 8, 20):
        t.no_answer(day)
    t.visit(t.back(1, 4), "见到本人", t.rng.choice(("拒绝还款", "", "困难", "声称已还")))


def _missed_lately(t: Teller) -> None:
    for day in t.several(3, 4, 16):
        t.no_answer(day)
    t.visit(t.back(1, 1), "无人" if t.chance(0.7) else "见到家人")


def _new(t: Teller) -> None:
    if t.chance(0.5):
        day = t.back(1, 3)
        if t.overdue_on(day):
            t.message(day)


def _talked(t: Teller) -> None:
    t.old_visit(0.5, MISSED)
    t.earlier_calls(24)
    day = t.back(2, 12)
    if not t.overdue_on(day):
        day = t.back(1, 3)
    t.call(day, "本人接通", t.rng.choices(("", "困难", "声称已还"), (75, 15, 10))[0])
    if t.chance(0.4):
        t.no_answer(t.back(1, 2))


def _tried_once(t: Teller) -> None:
    t.old_visit(0.5, MISSED)
    day = t.back(1, 6)
    t.no_answer(day)
    if t.chance(0.4):
        t.message(day)


def _paid_lately(t: Teller) -> None:
    t.old_visit(0.3, MISSED)
    for day in t.several(2, 22, 40):
        if t.overdue_on(day):
            t.no_answer(day)
    made = t.back(9, 20)
    if t.overdue_on(made):
        amount = t.promise(made, made + timedelta(days=4))
        t.payment(min(made + timedelta(days=3), t.back(1, 1)), amount)
    else:
        t.payment(t.back(1, 3), 50_000)


def _dispute(t: Teller) -> None:
    day = t.back(3, 18)
    t.call(day, "本人接通", "异议")
    t.hold(t.back(2, 2), "异议")


def _complaint(t: Teller) -> None:
    for day in t.several(3, 20, 34):
        t.no_answer(day)
    t.call(t.back(4, 15), "本人接通", "投诉")
    t.hold(t.back(2, 3), "投诉")


def _plan(t: Teller) -> None:
    day = t.back(32, 45)
    t.call(day, "本人接通", "协商还款")
    t.hold(day, "分期", t.today + timedelta(days=150))
    t.payment(t.back(3, 12), max(30_000, t.person.amount // 12 // 100 * 100))


def _hardship_met(t: Teller) -> None:
    for day in t.several(3, 32, 45):
        t.no_answer(day)
    t.visit(t.back(18, 29), "见到本人", "困难")
    for day in t.several(3, 1, 12):
        t.no_answer(day)


def _quiet(t: Teller) -> None:
    t.old_visit(0.4, MISSED)
    t.earlier_calls(28)


def _moved(t: Teller) -> None:
    for day in t.several(3, 12, 20):
        t.no_answer(day)
    t.visit(t.back(6, 10), "已搬离" if t.chance(0.6) else "地址错误")
    for day in t.several(2, 1, 4):
        t.no_answer(day)


def _settled(t: Teller) -> None:
    t.old_visit(0.5, MISSED)
    t.earlier_calls(30)
    t.payment(t.back(2, 15), t.person.amount)


STORIES: dict[str, Callable[[Teller], None]] = {
    "unreached": _unreached, "broken": _broken, "dead_number": _dead_number, "refused": _refused,
    "missed": _missed, "met_long_ago": _met_long_ago, "live_promise": _live_promise,
    "met_lately": _met_lately, "missed_lately": _missed_lately, "new": _new, "talked": _talked,
    "tried_once": _tried_once, "paid_lately": _paid_lately, "dispute": _dispute,
    "complaint": _complaint, "plan": _plan, "hardship_met": _hardship_met, "deceased": _quiet,
    "no_visit": _quiet, "minor": _quiet, "insolvency": _quiet, "represented": _quiet,
    "no_position": _unreached, "moved": _moved, "settled": _settled, "withdrawn": _quiet,
}  # fmt: skip
