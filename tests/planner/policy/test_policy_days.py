"""Kinds of day, hours of a day, clock changes, and counters of other periods."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from policy_people import TUESDAY, at, contact, days_before, plus, random_person, somebody
from policy_tools import CHINA, changed, same

from planner.domain.codes import Channel
from planner.domain.facts import instant, moment, table_of
from planner.errors import PlannerError
from planner.policy.check import check_contact
from planner.policy.days import DayClass, day_class, instants, midnight, zone_info
from planner.policy.judge import judge
from planner.policy.judge_many import judge_many
from planner.policy.pack import default_policy, parse_pack
from planner.policy.workdays import class_of, closing_rule, next_working_day, visit_windows

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-11-24", DayClass.WORKDAY),
        ("2026-11-28", DayClass.SATURDAY),
        ("2026-11-29", DayClass.SUNDAY),
        ("2026-10-01", DayClass.HOLIDAY),
        ("2026-02-21", DayClass.HOLIDAY),  # a Saturday inside the Spring Festival
        ("2026-02-14", DayClass.MAKEUP_SATURDAY),
        ("2026-01-04", DayClass.MAKEUP_SUNDAY),
        ("2027-02-06", DayClass.HOLIDAY),  # not published yet: the statutory days are known
        ("2027-02-20", DayClass.SATURDAY),
        ("2027-03-02", DayClass.WORKDAY),
    ],
)
def test_kinds_of_day_in_china(day: str, kind: DayClass) -> None:
    """Workdays, weekends, holidays and weekends worked in lieu are told apart."""
    assert day_class("CN", date.fromisoformat(day)) is kind


def test_other_countries_have_their_own_days() -> None:
    """The holidays library serves other countries, weekends worked in lieu included."""
    assert day_class("KZ", date(2026, 3, 22)) is DayClass.HOLIDAY
    assert day_class("ID", date(2026, 8, 17)) is DayClass.HOLIDAY
    assert day_class("AU", date(2026, 11, 24)) is DayClass.WORKDAY
    assert day_class("RU", date(2024, 4, 27)) is DayClass.MAKEUP_SATURDAY


@pytest.mark.parametrize(("country", "year"), [("CN", 2150), ("CN", 1900), ("XX", 2026)])
def test_days_no_calendar_covers(country: str, year: int) -> None:
    """Outside every calendar there is a code, not a guess."""
    with pytest.raises(PlannerError, match=r"policy\.calendar_unknown"):
        day_class(country, date(year, 6, 1))


def test_nothing_is_planned_on_unknown_days() -> None:
    """An uncovered day has no class and no window, and the rule says so."""
    far = date(2150, 6, 2)
    assert class_of(default_policy(), far) is None
    assert visit_windows(default_policy(), far, "Asia/Shanghai") == ()
    facts = replace(somebody(), contacts=(contact("CALL-INV", days_before(far, 3)),))
    answer = judge(facts, default_policy(), far)
    assert (answer.rule, answer.until, answer.windows) == ("calendar.unknown", None, ())
    many = judge_many(table_of([facts]), default_policy(), far)
    same(many, 0, facts, default_policy(), far)
    with pytest.raises(PlannerError, match=r"policy\.calendar_unknown"):
        next_working_day(default_policy(), far)


@pytest.mark.parametrize(
    ("day", "following"),
    [
        ("2026-11-24", "2026-11-25"),
        ("2026-11-27", "2026-11-28"),
        ("2026-11-28", "2026-11-30"),
        ("2026-09-30", "2026-10-08"),
        ("2026-02-13", "2026-02-14"),
        ("2026-02-14", "2026-02-24"),
    ],
)
def test_next_working_day(day: str, following: str) -> None:
    """Sundays and holidays are passed over, Saturdays are not."""
    found = next_working_day(default_policy(), date.fromisoformat(day))
    assert found == date.fromisoformat(following)


def test_the_day_clocks_are_set() -> None:
    """A window that touches the changed hour keeps to the narrower reading."""
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    night = ((2 * 60 + 30, 4 * 60),)  # 02:30 does not exist in spring
    (span,) = instants(night, spring, BERLIN)
    assert [moment(s).astimezone(BERLIN).strftime("%H:%M") for s in span] == ["03:30", "04:00"]
    (span,) = instants(night, autumn, BERLIN)  # 02:30 comes twice: the second counts
    assert span[1] - span[0] == 90 * 60
    (span,) = instants(((60, 150),), autumn, BERLIN)  # and as closing time the first
    assert span[1] - span[0] == 90 * 60
    assert instants(((150, 170),), spring, BERLIN) == ()
    assert midnight(autumn + timedelta(days=1), BERLIN) - midnight(autumn, BERLIN) == 25 * 3600


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 10, 24), date(2026, 3, 30)])
def test_hours_follow_the_clock_on_the_wall(day: date) -> None:
    """Before and after the change a visit begins at nine by the person's own clock."""
    facts = somebody(zone="Europe/Berlin", contacts=(contact("CALL-INV", days_before(day, 3)),))
    answer = judge(facts, default_policy(), day)
    assert answer.windows[0][0] == datetime(day.year, day.month, day.day, 9, tzinfo=BERLIN)
    assert answer.windows[0][0].hour == 9


def test_two_readings_of_the_clock_protect_together() -> None:
    """In Xinjiang's own zone a visit must lie in the hours of both clocks."""
    answer = judge(somebody(zone="Asia/Urumqi"), default_policy(), TUESDAY)
    assert answer.windows == ((at("2026-11-24 11:00"), at("2026-11-24 20:00")),)
    call = check_contact(
        somebody(zone="Asia/Urumqi"), default_policy(), Channel.CALL, at("2026-11-24 22:30")
    )
    assert call.rule == "cn.law.hours"


def test_zone_names() -> None:
    """Missing, misspelt and malformed zone names are no zones."""
    assert zone_info("Asia/Shanghai") is not None
    for name in ("", "Asia", "Nowhere/City", "../etc", "\x00"):
        assert zone_info(name) is None


SPLIT = changed("house.hours", '"09:00-20:00"', '"09:00-09:30", "10:00-12:00", "14:00-19:00"')
PERIODS = {
    "week": 'period = "week"\nlimit = 2',
    "month": 'period = "month"\nlimit = 2',
    "rolling": 'period = "rolling"\ndays = 7\nlimit = 2',
}
COUNTER = """
[house."visits.more"]
id = "cn.house.visits.more"
kind = "counter"
channels = ["visit"]
unit = "{unit}"
per = "account"
{period}
source = "House policy"
source_url = "docs/policies.md"
clause = "visits"
binding = "house"
status = "in_force"
confidence = "H"
contested = false
"""


def more(period: str, unit: str = "attempt", text: str = CHINA) -> str:
    """The pack with one more counter."""
    return text + COUNTER.format(period=PERIODS[period], unit=unit)


@pytest.mark.parametrize(
    ("period", "until"),
    [
        ("week", "2026-11-30 00:00"),
        ("month", "2026-12-01 00:00"),
        ("rolling", "2026-11-30 10:00"),
    ],
)
def test_counters_of_other_periods(period: str, until: str) -> None:
    """Weeks begin on Monday, months on the first, rolling days at the second."""
    policy = parse_pack(more(period), "x.toml")
    calls = (contact("CALL-INV", at(f"2026-11-{day} 10:00")) for day in (22, 23, 24))
    facts = somebody(contacts=tuple(calls))
    answer = judge(facts, policy, TUESDAY)
    assert (answer.rule, answer.until) == ("cn.house.visits.more", at(until))
    asked = check_contact(facts, policy, Channel.VISIT, at("2026-11-24 12:00"))
    assert (asked.rule, asked.left_today) == ("cn.house.visits.more", 0)
    free = somebody(contacts=facts.contacts[:2] if period == "week" else facts.contacts[:1])
    assert judge(free, policy, TUESDAY).eligible


@pytest.mark.parametrize("period", list(PERIODS))
@pytest.mark.parametrize("unit", ["message", "contact"])
def test_both_judges_agree_with_other_packs(period: str, unit: str) -> None:
    """With several windows a day and other counters both judges still say the same."""
    policy = parse_pack(more(period, unit, SPLIT), "x.toml")
    for seed in range(15):
        rnd = Random(seed)
        day = date(2026, 1, 1) + timedelta(days=rnd.randrange(360))
        people = [random_person(rnd, day, k) for k in range(20)]
        verdicts = judge_many(table_of(people), policy, day)
        for i, facts in enumerate(people):
            same(verdicts, i, facts, policy, day)


def test_windows_of_a_split_day() -> None:
    """Spans too short for the long stay are dropped, a pause cuts the rest."""
    policy = parse_pack(SPLIT, "x.toml")
    answer = judge(somebody(), policy, TUESDAY)
    assert answer.windows == (
        (at("2026-11-24 10:00"), at("2026-11-24 12:00")),
        (at("2026-11-24 14:00"), at("2026-11-24 19:00")),
    )
    visited = plus(
        somebody(), contact("VIS-RPC", days_before(TUESDAY, 10, "11:30"), address_id="A1")
    )
    answer = judge(visited, policy, TUESDAY)
    assert answer.windows == ((at("2026-11-24 14:00"), at("2026-11-24 19:00")),)
    many = judge_many(table_of([somebody(), visited]), policy, TUESDAY)
    assert many.windows.shape == (2, 2, 2)
    assert many.windows[1].tolist() == [
        [instant(at("2026-11-24 14:00")), instant(at("2026-11-24 19:00"))],
        [0, 0],
    ]


def test_hours_that_only_together_leave_no_room() -> None:
    """Where each rule leaves room but both do not, the last of them is named."""
    extra = CHINA[CHINA.index("[house.hours]") : CHINA.index("[house.notice]")]
    extra = extra.replace("house.hours", "house.evening", 3).replace("09:00-20:00", "19:40-21:00")
    policy = parse_pack(CHINA + extra, "x.toml")
    answer = judge(somebody(), policy, TUESDAY)
    assert (answer.eligible, answer.rule) == (False, "cn.house.evening")
    many = judge_many(table_of([somebody()]), policy, TUESDAY)
    same(many, 0, somebody(), policy, TUESDAY)


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        ("2026-11-24", ""),
        ("2026-11-28", ""),
        ("2026-11-29", "cn.house.closed_days"),
        ("2026-10-01", "cn.house.closed_days"),
        ("2999-01-01", "calendar.unknown"),
    ],
)
def test_rule_that_closes_a_day(day: str, rule: str) -> None:
    """A day without visits is closed by one named rule; an open day by none."""
    assert closing_rule(default_policy(), date.fromisoformat(day)) == rule
