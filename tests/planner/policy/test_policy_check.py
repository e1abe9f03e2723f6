"""May this person be contacted at this moment: boundaries, counters, and the next moment."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from policy_people import (
    TUESDAY,
    at,
    contact,
    days_before,
    hold,
    paid,
    plus,
    promise,
    random_person,
    somebody,
    unanswered,
)

from planner.domain.codes import Channel, Flag, HoldKind
from planner.domain.facts import PersonFacts, instant
from planner.errors import PlannerError
from planner.policy.check import Answer, check_contact
from planner.policy.judge import judge
from planner.policy.pack import default_policy

POLICY = default_policy()
CHINA = "Asia/Shanghai"


def ask(facts: PersonFacts, channel: Channel, when: datetime, **more: object) -> Answer:
    """The answer of the shipped pack."""
    return check_contact(facts, POLICY, channel, when, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("channel", [Channel.CALL, Channel.MESSAGE])
@pytest.mark.parametrize(
    ("clock", "allowed"),
    [("07:59:59", False), ("08:00", True), ("21:59:59", True), ("22:00", False)],
)
def test_law_hours_of_calls_and_messages(channel: Channel, clock: str, allowed: bool) -> None:
    """Calls and messages go from 08:00:00 to 21:59:59, on any day."""
    for day in ("2026-11-24", "2026-11-29", "2026-10-01"):
        answer = ask(somebody(), channel, at(f"{day} {clock}"))
        assert (answer.allowed, answer.rule) == (allowed, None if allowed else "cn.law.hours")
        assert answer.source == ("" if allowed else "GB/T 45251-2025, 5.3 (sub-clause not seen)")


@pytest.mark.parametrize(
    ("arrive", "leave", "rule"),
    [
        ("08:59:59", "09:30", "cn.house.hours"),
        ("09:00", "09:30", None),
        ("19:30", "20:00", None),
        ("19:30", "20:00:01", "cn.house.hours"),
        ("19:59:59", "19:59:59", None),
        ("20:00", "20:00", "cn.house.hours"),
        ("07:30", "08:10", "cn.law.hours"),
        ("21:50", "22:10", "cn.law.hours"),
        ("21:00", "21:30", "cn.house.hours"),
    ],
)
def test_a_visit_lies_wholly_inside(arrive: str, leave: str, rule: str | None) -> None:
    """Arrival and departure count; the law is named before the house."""
    answer = ask(
        somebody(), Channel.VISIT, at(f"2026-11-24 {arrive}"), leave=at(f"2026-11-24 {leave}")
    )
    assert answer.rule == rule


@pytest.mark.parametrize(("arrive", "allowed"), [("19:26", True), ("19:26:01", False)])
def test_without_a_departure_the_long_stay_counts(arrive: str, allowed: bool) -> None:
    """The latest start is 34 minutes before closing."""
    assert ask(somebody(), Channel.VISIT, at(f"2026-11-24 {arrive}")).allowed is allowed


@pytest.mark.parametrize(("clock", "allowed"), [("17:26", True), ("17:27", False)])
@pytest.mark.parametrize("day", ["2026-11-28", "2026-02-14"])
def test_saturdays_close_at_six(day: str, clock: str, allowed: bool) -> None:
    """A Saturday is a Saturday, also when it is worked in lieu of a holiday."""
    when = at(f"{day} {clock}")
    facts = somebody(contacts=unanswered(when.date(), 3, 6, 9), overdue_since=date(2025, 12, 1))
    assert ask(facts, Channel.VISIT, when).allowed is allowed


@pytest.mark.parametrize("day", ["2026-11-29", "2026-01-04", "2026-10-01", "2026-02-17"])
def test_no_visits_on_sundays_and_holidays(day: str) -> None:
    """Neither on a Sunday worked in lieu, nor on a public holiday."""
    when = at(f"{day} 12:00")
    facts = somebody(contacts=unanswered(when.date(), 3, 6, 9), overdue_since=date(2025, 10, 1))
    assert ask(facts, Channel.VISIT, when).rule == "cn.house.closed_days"
    assert ask(facts, Channel.CALL, when).allowed


def test_a_visit_over_midnight_is_outside() -> None:
    """A stay that ends the next day lies in no window of its day."""
    answer = ask(somebody(), Channel.VISIT, at("2026-11-24 19:00"), leave=at("2026-11-25 09:30"))
    assert not answer.allowed


def test_leaving_before_arriving_is_refused() -> None:
    """A departure before the arrival is an error with a code."""
    with pytest.raises(PlannerError, match=r"policy\.leave_before_arrival"):
        ask(somebody(), Channel.VISIT, at("2026-11-24 12:00"), leave=at("2026-11-24 11:00"))


def test_a_naive_moment_is_a_bug() -> None:
    """A moment without a zone is not guessed."""
    with pytest.raises(ValueError, match="naive"):
        ask(somebody(), Channel.CALL, datetime(2026, 11, 24, 12))  # noqa: DTZ001


def test_the_debtors_own_clock_counts() -> None:
    """At 08:00 in Shanghai it is 19:00 the day before in New York, where a call is permitted."""
    there = somebody(zone="America/New_York")
    morning = at("2026-11-24 08:00")
    assert ask(there, Channel.CALL, morning).allowed
    assert ask(there, Channel.CALL, morning + timedelta(hours=2, minutes=59, seconds=59)).allowed
    late = ask(there, Channel.CALL, morning + timedelta(hours=3))
    assert late.rule == "cn.law.hours"
    assert late.next_allowed == at("2026-11-24 08:00", ZoneInfo("America/New_York"))


def test_conversations_and_attempts() -> None:
    """Three conversations a day with a person; six attempts a day to one number."""
    noon = at("2026-11-24 12:00")

    def calls(code: str, count: int, phone: str) -> PersonFacts:
        made = (
            contact(code, at("2026-11-24 09:00") + timedelta(minutes=k), phone=phone)
            for k in range(count)
        )
        return plus(somebody(), *made)

    two = ask(calls("CALL-RPC", 2, "1"), Channel.CALL, noon, phone="1")
    assert (two.allowed, two.left_today) == (True, 1)
    three = ask(calls("CALL-RPC", 3, "1"), Channel.CALL, noon, phone="2")
    assert (three.rule, three.left_today) == ("cn.law.calls.conversations", 0)
    assert three.next_allowed == at("2026-11-25 08:00")
    five = ask(calls("CALL-NA", 5, "1"), Channel.CALL, noon, phone="1")
    assert (five.allowed, five.left_today) == (True, 1)
    six = ask(calls("CALL-NA", 6, "1"), Channel.CALL, noon, phone="1")
    assert (six.rule, six.left_today) == ("cn.law.calls.attempts", 0)
    assert ask(calls("CALL-NA", 6, "1"), Channel.CALL, noon, phone="2").left_today == 3
    assert not ask(calls("CALL-NA", 6, "1"), Channel.CALL, noon).allowed
    assert not ask(calls("CALL-NA", 6, ""), Channel.CALL, noon, phone="2").allowed
    assert ask(calls("CALL-NA", 6, "1"), Channel.CALL, noon - timedelta(days=1), phone="1").allowed


def test_the_asked_second_counts_later_ones_do_not() -> None:
    """The third conversation is counted from its own second on."""
    moments = [at("2026-11-24 09:00"), at("2026-11-24 10:00"), at("2026-11-24 11:00")]
    facts = plus(somebody(), *(contact("CALL-RPC", when) for when in moments))
    assert ask(facts, Channel.CALL, moments[2] - timedelta(seconds=1)).allowed
    assert not ask(facts, Channel.CALL, moments[2]).allowed


def test_messages_are_not_counted() -> None:
    """No limit of messages was found for China, so nothing is counted."""
    assert ask(somebody(), Channel.MESSAGE, at("2026-11-24 12:00")).left_today is None


def test_left_of_visits() -> None:
    """Of three visits in 30 days and one a day, one is left; none after it."""
    noon = at("2026-11-24 12:00")
    assert ask(somebody(), Channel.VISIT, noon).left_today == 1
    visited = plus(somebody(), contact("VIS-NC", at("2026-11-24 10:00"), address_id="A1"))
    answer = ask(visited, Channel.VISIT, noon)
    assert (answer.rule, answer.left_today) == ("cn.house.visits.day", 0)
    assert answer.next_allowed == at("2026-11-28 10:00")  # four days later, a Saturday


def test_next_moment_jumps_over_nights_and_sundays() -> None:
    """Saturday at 17:40 no long stay fits any more: Monday at nine it does."""
    answer = ask(somebody(), Channel.VISIT, at("2026-11-28 17:40"))
    assert answer.next_allowed == at("2026-11-30 09:00")


def test_next_moment_needs_all_to_let_go() -> None:
    """A promise until Thursday and a hold until Friday noon give Friday noon."""
    facts = somebody(
        promises=(promise(date(2026, 11, 25), days_before(TUESDAY, 2)),),
        promises_paid=(0,),
        holds=(hold(HoldKind.LEAD, days_before(TUESDAY, 2), at("2026-11-27 12:00")),),
    )
    answer = ask(facts, Channel.VISIT, at("2026-11-24 12:00"))
    assert (answer.rule, answer.next_allowed) == ("gate.lead", at("2026-11-27 12:00"))


def test_no_next_moment_for_standing_bars() -> None:
    """What nobody can foresee has no date."""
    noon = at("2026-11-24 12:00")
    for facts in (
        somebody(flags=Flag.CEASE),
        somebody(holds=(hold(HoldKind.LEGAL, days_before(TUESDAY, 2)),)),
        somebody(contacts=()),
        somebody(addresses=()),
    ):
        answer = ask(facts, Channel.VISIT, noon)
        assert (answer.allowed, answer.next_allowed, answer.left_today) == (False, None, 0)


def test_call_first_may_end_by_itself() -> None:
    """Two unanswered calls are enough once the last conversation is fifteen days old."""
    facts = plus(
        somebody(contacts=unanswered(TUESDAY, 1, 2)),
        contact("CALL-RPC", days_before(TUESDAY, 5)),
    )
    answer = ask(facts, Channel.VISIT, at("2026-11-24 12:00"))
    assert answer.rule == "gate.call_first"
    assert answer.next_allowed == at("2026-12-04 09:00")


def test_a_promise_that_breaks_opens_the_door() -> None:
    """When a promise breaks, waiting ends and the break itself permits a visit."""
    facts = somebody(
        contacts=(),
        promises=(promise(date(2026, 12, 20), days_before(TUESDAY, 2)),),
        promises_paid=(0,),
    )
    answer = ask(facts, Channel.VISIT, at("2026-11-24 12:00"))
    assert (answer.rule, answer.next_allowed) == ("gate.live_promise", at("2026-12-22 09:00"))


def test_a_fact_recorded_later_is_seen_on_the_way() -> None:
    """Asked about the past, the next moment takes into account what happened since."""
    facts = plus(somebody(), contact("VIS-RPC", at("2026-11-25 09:30")))
    answer = ask(facts, Channel.VISIT, at("2026-11-24 20:00"))
    assert answer.next_allowed == at("2026-11-25 09:00")
    answer = ask(facts, Channel.VISIT, at("2026-11-25 09:31"))
    assert answer.next_allowed == at("2026-12-05 09:30")


def test_an_allowed_contact_needs_no_other_moment() -> None:
    """When allowed, the next moment is the asked one."""
    noon = at("2026-11-24 12:00")
    assert ask(somebody(), Channel.CALL, noon).next_allowed == noon


def test_a_year_without_calendar_stops_all_contact() -> None:
    """Where no calendar reaches, nothing is known about the day and nothing is permitted."""
    noon = at("2150-06-01 12:00")
    for channel in Channel:
        answer = ask(somebody(), channel, noon)
        assert (answer.allowed, answer.next_allowed) == (False, None)
    assert ask(somebody(), Channel.CALL, noon).rule == "calendar.unknown"


def test_person_without_zone_is_not_contacted() -> None:
    """Without a zone the local hour is not known: no channel is permitted."""
    for channel in Channel:
        facts = somebody(zone="", payments=(paid(days_before(TUESDAY, 30)),))
        assert ask(facts, channel, at("2026-11-24 12:00")).rule == "data.zone.missing"


MOMENT = st.integers(0, 86_399)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), MOMENT, st.sampled_from(list(Channel)), st.booleans())
def test_next_allowed_is_the_first_allowed_moment(
    seed: int, second: int, channel: Channel, short: bool
) -> None:
    """The named moment is allowed; a minute and a second before it are not."""
    rnd = Random(seed)
    day = date(2026, 1, 1) + timedelta(days=rnd.randrange(500))
    when = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    stay = timedelta(minutes=5) if short and channel is Channel.VISIT else None

    def asked(facts: PersonFacts, moment: datetime) -> Answer:
        leave = moment + stay if stay else None
        return ask(facts, channel, moment, leave=leave, phone="1")

    for _ in range(4):
        facts = random_person(rnd, day)
        answer = asked(facts, when)
        if answer.allowed or answer.next_allowed is None:
            assert answer.allowed == (answer.rule is None)
            continue
        assert answer.next_allowed > when
        assert asked(facts, answer.next_allowed).allowed
        for back in (60, 1):
            earlier = answer.next_allowed - timedelta(seconds=back)
            assert earlier < when or not asked(facts, earlier).allowed


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_windows_of_the_day_are_allowed_moments(seed: int) -> None:
    """Every moment the judge offers is one `check_contact` permits, to the last start."""
    rnd = Random(seed)
    day = date(2026, 3, 2) + timedelta(days=rnd.randrange(250))
    for _ in range(10):
        facts = random_person(rnd, day)
        # Facts later that day may only take hours away; the moments themselves are asked without.
        end = at(f"{day} 00:00", ZoneInfo("UTC")) - timedelta(hours=12)
        facts = replace(
            facts,
            contacts=tuple(c for c in facts.contacts if c.at < end),
            payments=tuple(p for p in facts.payments if p.at < end),
            holds=tuple(h for h in facts.holds if h.start < end),
        )
        made = [k for k, p in enumerate(facts.promises) if p.made_at < end]
        facts = replace(
            facts,
            promises=tuple(facts.promises[k] for k in made),
            promises_paid=tuple(facts.promises_paid[k] for k in made),
        )
        verdict = judge(facts, POLICY, day)
        stay = timedelta(seconds=POLICY.visit_seconds)
        for a, b in verdict.windows:
            assert ask(facts, Channel.VISIT, a).allowed
            assert ask(facts, Channel.VISIT, b - stay).allowed
            assert ask(facts, Channel.VISIT, a, leave=b).allowed
            late = ask(facts, Channel.VISIT, a, leave=b + timedelta(seconds=1))
            assert not late.allowed
            assert instant(b) - instant(a) >= POLICY.visit_seconds
