"""The edges of every kind of limit, one row each: what is still allowed and what is not."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from policy_people import ABROAD, TUESDAY, agreement, at, contact, days_before, home, somebody

from planner.domain.codes import AddressKind, Channel
from planner.domain.facts import PersonFacts
from planner.domain.people import Contact
from planner.policy.check import Answer, check_contact
from planner.policy.judge import judge
from planner.policy.pack import default_policies

CALL, MESSAGE, VISIT = Channel.CALL, Channel.MESSAGE, Channel.VISIT


def abroad(country: str, **changes: object) -> PersonFacts:
    """A person of `country` who may be visited: the number is dead, the home is known."""
    dead = contact("CALL-INV", at("2026-10-20 10:00"))
    facts = somebody(contacts=(dead,), jurisdiction=country, zone=ABROAD[country][0])
    return replace(facts, **changes)  # type: ignore[arg-type]


def ask(
    facts: PersonFacts, channel: Channel, when: str, leave: str = "", phone: str = ""
) -> Answer:
    """The answer at a local moment of the person."""
    zone = ZoneInfo(facts.zone)
    until = at(leave, zone) if leave else None
    return check_contact(
        facts, default_policies(), channel, at(when, zone), leave=until, phone=phone
    )


EDGES: list[tuple[str, str, Channel, str, str, str | None]] = [
    # what, country, channel, moment, leave, rule (None = allowed)
    ("last second of the evening", "CN", CALL, "2026-11-24 21:59:59", "", None),
    ("the evening is over", "CN", CALL, "2026-11-24 22:00", "", "cn.law.hours"),
    ("a minute early", "CN", CALL, "2026-11-24 07:59", "", "cn.law.hours"),
    ("the day begins", "CN", CALL, "2026-11-24 08:00", "", None),
    ("arrival and departure inside", "CN", VISIT, "2026-11-24 19:30", "2026-11-24 20:00", None),
    ("departure outside", "CN", VISIT, "2026-11-24 19:30", "2026-11-24 20:00:01",
     "cn.house.hours"),
    ("the long stay fits", "CN", VISIT, "2026-11-24 19:26", "", None),
    ("the long stay does not fit", "CN", VISIT, "2026-11-24 19:27", "", "cn.house.hours"),
    ("make-up Saturday", "CN", VISIT, "2026-02-14 17:26", "", None),
    ("make-up Saturday closes", "CN", VISIT, "2026-02-14 17:27", "", "cn.house.hours"),
    ("another make-up Saturday", "CN", VISIT, "2026-02-28 10:00", "", None),
    ("a Sunday worked in lieu", "CN", VISIT, "2026-05-10 10:00", "", "cn.house.closed_days"),
    ("Spring Festival", "CN", VISIT, "2026-02-17 10:00", "", "cn.house.closed_days"),
    ("Indonesia on Saturday", "ID", CALL, "2026-11-28 10:00", "", None),
    ("Indonesia on Sunday", "ID", CALL, "2026-11-29 10:00", "", "id.law.closed_days"),
    ("Indonesia on a holiday", "ID", CALL, "2026-08-17 10:00", "", "id.law.closed_days"),
    ("Indonesia at eight in the evening", "ID", CALL, "2026-11-27 20:00", "", "id.law.hours"),
    ("Kazakhstan on Friday", "KZ", CALL, "2026-11-27 20:59:59", "", None),
    ("Kazakhstan on Saturday", "KZ", CALL, "2026-11-28 12:00", "", "kz.law.closed_days"),
    ("Kazakhstan on a holiday", "KZ", CALL, "2026-12-16 12:00", "",
     "kz.law.closed_days.holidays"),
    ("Russia on a weekday", "RU", CALL, "2026-11-27 21:59:59", "", None),
    ("Russia on Saturday morning", "RU", CALL, "2026-11-28 08:59:59", "", "ru.law.hours"),
    ("Russia on Saturday", "RU", CALL, "2026-11-28 09:00", "", None),
    ("Russia on Saturday evening", "RU", CALL, "2026-11-28 20:00", "", "ru.law.hours"),
    ("Russia on a holiday", "RU", CALL, "2026-06-12 08:30", "", "ru.law.hours"),
    ("Thailand at half past eight", "TH", CALL, "2026-11-24 08:30", "", "th.law.hours"),
    ("Thailand on a Sunday evening", "TH", CALL, "2026-11-29 18:00", "", "th.law.hours"),
    ("Vietnam at seven", "VN", CALL, "2026-11-24 07:00", "", None),
    ("Vietnam at nine", "VN", CALL, "2026-11-24 21:00", "", "vn.law.hours"),
    ("Philippines at six", "PH", CALL, "2026-11-24 06:00", "", None),
    ("Philippines at ten", "PH", CALL, "2026-11-24 22:00", "", "ph.law.hours"),
    ("United States at eight", "US", CALL, "2026-11-24 08:00", "", None),
    ("United States at nine", "US", CALL, "2026-11-24 21:00", "", "us.law.hours"),
    ("India at seven in the evening", "IN", CALL, "2026-11-24 19:00", "", "in.law.hours"),
    ("Australia at half past seven", "AU", CALL, "2026-11-24 07:30", "", None),
    ("Australia on Saturday at eight", "AU", CALL, "2026-11-28 08:00", "", "au.law.hours"),
    ("Australia on a holiday", "AU", CALL, "2026-12-25 12:00", "", "au.law.closed_days"),
    ("United Kingdom on a bank holiday of Scotland", "GB", CALL, "2026-11-30 09:30", "",
     "gb.house.hours.calls"),
    ("the night clocks go back", "US", CALL, "2026-11-01 20:59:59", "", None),
    ("the morning clocks go forward", "US", CALL, "2026-03-08 07:59:59", "", "us.law.hours"),
    ("that morning at eight", "US", CALL, "2026-03-08 08:00", "", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "country", "channel", "when", "leave", "rule"), EDGES, ids=[row[0] for row in EDGES]
)
def test_edges_of_hours_and_days(
    what: str, country: str, channel: Channel, when: str, leave: str, rule: str | None
) -> None:
    """Hours and kinds of day, at the second, by the person's own clock."""
    facts = abroad(country)
    if channel is VISIT:
        day = date.fromisoformat(when[:10])
        facts = replace(facts, contacts=(contact("CALL-INV", days_before(day, 3)),))
    answer = ask(facts, channel, when, leave)
    assert answer.rule == rule, what
    assert answer.allowed == (rule is None)
    assert bool(answer.source) == (rule is not None)


def test_the_clock_of_the_person_counts() -> None:
    """Half past eight in Moscow is half past three in Vladivostok, and nine there is two here."""
    far = abroad("RU", zone="Asia/Vladivostok")
    moscow = ZoneInfo("Europe/Moscow")
    for clock, allowed in (("08:30", True), ("15:00", False), ("00:59", False), ("01:00", True)):
        moment = at(f"2026-11-24 {clock}", moscow)
        assert check_contact(far, default_policies(), CALL, moment).allowed == allowed, clock


@pytest.mark.parametrize("day", ["2026-03-07", "2026-03-08", "2026-10-31", "2026-11-01"])
def test_windows_around_the_change_of_clocks(day: str) -> None:
    """In New York a visit begins at nine by the wall, before and after clocks are set."""
    when = date.fromisoformat(day)
    facts = abroad("US", contacts=(contact("CALL-INV", days_before(when, 3)),))
    windows = judge(facts, default_policies(), when).windows
    if when.weekday() == 6:
        assert windows == ()
    else:
        assert [(a.hour, b.hour) for a, b in windows] == [(9, 18)]


def test_no_visit_runs_past_midnight() -> None:
    """A stay over midnight is refused by the hours, whatever was agreed for both days."""
    agreed = (agreement("20:00", "24:00"), agreement("00:00", "02:00"))
    facts = somebody(agreements=agreed)
    assert ask(facts, VISIT, "2026-11-24 23:00", "2026-11-25 00:00").allowed
    crossing = ask(facts, VISIT, "2026-11-24 23:50", "2026-11-25 00:10")
    assert (crossing.allowed, crossing.rule) == (False, "cn.law.hours")


def calls(code: str, *moments: str) -> tuple[Contact, ...]:
    """Calls to one number at moments of China's time."""
    return tuple(contact(code, at(moment), phone="1") for moment in sorted(moments))


def test_third_conversation_and_sixth_attempt() -> None:
    """Three conversations close the day for the person, six attempts only that number."""
    talked = calls("CALL-RPC", *(f"2026-11-24 1{k}:00" for k in range(3)))
    for count, rule in ((2, None), (3, "cn.law.calls.conversations")):
        facts = somebody(contacts=talked[:count])
        assert ask(facts, CALL, "2026-11-24 15:00", phone="2").rule == rule
    tried = calls("CALL-NA", *(f"2026-11-24 1{k}:00" for k in range(6)))
    for count, rule in ((5, None), (6, "cn.law.calls.attempts")):
        facts = somebody(contacts=tried[:count])
        assert ask(facts, CALL, "2026-11-24 18:00", phone="1").rule == rule
        assert ask(facts, CALL, "2026-11-24 18:00", phone="2").rule is None
    full = somebody(contacts=tried)
    assert ask(full, CALL, "2026-11-24 18:00").rule == "cn.law.calls.attempts"
    assert ask(full, CALL, "2026-11-25 08:00", phone="1").allowed


def test_seven_calls_in_seven_days_at_the_second() -> None:
    """The eighth call comes when the first is seven days old, not a second before."""
    zone = ZoneInfo("America/New_York")
    first = at("2026-11-16 12:00", zone)
    rows = tuple(contact("CALL-NA", first + timedelta(hours=12 * k)) for k in range(7))
    facts = abroad("US", contacts=rows)
    late = first + timedelta(days=7)
    answer = check_contact(facts, default_policies(), CALL, late - timedelta(seconds=1))
    assert (answer.rule, answer.next_allowed) == ("us.law.calls.week", late)
    assert check_contact(facts, default_policies(), CALL, late).allowed
    fewer = replace(facts, contacts=rows[1:])
    assert check_contact(fewer, default_policies(), CALL, late - timedelta(seconds=1)).allowed


def test_seven_days_of_rest_after_a_conversation() -> None:
    """After somebody was spoken to in the United States nobody calls for seven days."""
    zone = ZoneInfo("America/New_York")
    facts = abroad("US", contacts=(contact("CALL-RPC", at("2026-11-16 12:00", zone)),))
    answer = ask(facts, CALL, "2026-11-23 11:59:59")
    assert (answer.rule, answer.next_allowed) == (
        "us.law.calls.pause",
        at("2026-11-23 12:00", zone),
    )
    assert ask(facts, CALL, "2026-11-23 12:00").allowed
    assert ask(facts, MESSAGE, "2026-11-17 12:00").allowed


def ru(code: str, *moments: str) -> PersonFacts:
    """A person in Moscow with contacts at local moments."""
    zone = ZoneInfo("Europe/Moscow")
    return abroad("RU", contacts=tuple(contact(code, at(one, zone)) for one in moments))


PERIODS: list[tuple[str, PersonFacts, Channel, str, str | None]] = [
    ("one call a day", ru("CALL-NA", "2026-11-23 21:00"), CALL, "2026-11-23 21:30",
     "ru.law.calls.day"),
    ("the next day", ru("CALL-NA", "2026-11-23 21:00"), CALL, "2026-11-24 08:00", None),
    ("two calls a week", ru("CALL-NA", "2026-11-23 10:00", "2026-11-24 10:00"), CALL,
     "2026-11-29 12:00", "ru.law.calls.week"),
    ("the week begins on Monday", ru("CALL-NA", "2026-11-23 10:00", "2026-11-24 10:00"), CALL,
     "2026-11-30 08:00", None),
    ("eight calls a month",
     ru("CALL-NA", *(f"2026-10-{day:02d} 10:00" for day in range(5, 13))), CALL,
     "2026-10-31 12:00", "ru.law.calls.month"),
    ("the month begins on the first",
     ru("CALL-NA", *(f"2026-10-{day:02d} 10:00" for day in range(5, 13))), CALL,
     "2026-11-01 12:00", None),
    ("two messages a day", ru("MSG-SENT", "2026-11-23 10:00", "2026-11-23 11:00"), MESSAGE,
     "2026-11-23 12:00", "ru.law.messages.day"),
    ("four messages a week",
     ru("MSG-SENT", *(f"2026-11-{day} 10:00" for day in (23, 23, 24, 24))), MESSAGE,
     "2026-11-25 12:00", "ru.law.messages.week"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "facts", "channel", "when", "rule"), PERIODS, ids=[row[0] for row in PERIODS]
)
def test_edges_of_periods(
    what: str, facts: PersonFacts, channel: Channel, when: str, rule: str | None
) -> None:
    """Days, weeks and months are the person's own, from midnight, Monday and the first."""
    assert ask(facts, channel, when).rule == rule, what


def test_one_visit_a_week_in_russia() -> None:
    """After a visit on Wednesday the law bars the rest of the week, the house's rest the next."""
    facts = ru("VIS-NC", "2026-11-18 12:00")
    facts = replace(facts, contacts=(*facts.contacts, contact("CALL-INV", at("2026-11-19 10:00"))))
    assert ask(facts, VISIT, "2026-11-20 12:00").rule == "ru.law.visits.week"
    assert ask(facts, VISIT, "2026-11-23 12:00").rule == "house.visits.week"
    assert ask(facts, VISIT, "2026-11-25 12:00").allowed


def test_one_visit_a_month_in_australia() -> None:
    """A visit on the last day of October does not count in November."""
    zone = ZoneInfo("Australia/Sydney")
    visit = contact("VIS-NC", at("2026-10-30 12:00", zone), address_id="A1")
    facts = abroad("AU", contacts=(visit, contact("CALL-INV", at("2026-11-03 10:00", zone))))
    assert ask(facts, VISIT, "2026-10-31 12:00").rule == "au.law.visits.month"
    assert ask(facts, VISIT, "2026-11-09 12:00").allowed


def test_hours_at_work_in_australia() -> None:
    """Who can be met at work only is visited on weekdays till five; the home comes first."""
    work = home(kind=AddressKind.WORK)
    dead = contact("CALL-INV", at("2026-11-20 10:00"))
    facts = abroad("AU", addresses=(work,), contacts=(dead,))
    spans = judge(facts, default_policies(), TUESDAY).windows
    assert [(a.hour, b.hour) for a, b in spans] == [(9, 17)]
    saturday = judge(facts, default_policies(), date(2026, 11, 28))
    assert saturday.rule == "au.law.closed_days.work"
    both = replace(facts, addresses=(home(), replace(work, address_id="A2")))
    spans = judge(both, default_policies(), TUESDAY).windows
    assert [(a.hour, b.hour) for a, b in spans] == [(9, 19)]


def test_a_moment_needs_a_zone() -> None:
    """A moment without a zone is a mistake of the program, not a question."""
    with pytest.raises(ValueError, match="naive"):
        check_contact(somebody(), default_policies(), CALL, datetime(2026, 11, 24, 12))  # noqa: DTZ001
