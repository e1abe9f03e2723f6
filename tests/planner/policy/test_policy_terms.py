"""What was agreed, announced or set aside for one person, and where they may be visited."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from policy_people import (
    TUESDAY,
    agreement,
    at,
    contact,
    days_before,
    home,
    notice,
    override,
    plus,
    somebody,
)
from policy_tools import PACKS, same
from test_policy_boundaries import abroad, ask

from planner.domain.codes import AddressKind, Channel, Flag
from planner.domain.facts import PersonFacts, table_of
from planner.policy.check import check_contact
from planner.policy.judge import judge
from planner.policy.judge_many import judge_many
from planner.policy.pack import House, default_policies, default_policy, load_policies

CALL, VISIT = Channel.CALL, Channel.VISIT
WORK = home(address_id="A2", kind=AddressKind.WORK)


def windows(facts: PersonFacts, day: date = TUESDAY) -> list[str]:
    """The windows of a day as local clock times, the same from both judges."""
    verdict = judge(facts, default_policies(), day)
    many = judge_many(table_of([facts]), default_policies(), day)
    same(many, 0, facts, default_policies(), day)
    return [f"{a:%H:%M}-{b:%H:%M}" for a, b in verdict.windows]


# --- agreements ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agreed", "found"),
    [
        ((), ["09:00-20:00"]),
        ((agreement("18:00", "21:30"),), ["18:00-21:30"]),
        ((agreement("06:00", "07:00"), agreement("22:00", "23:00")),
         ["06:00-07:00", "22:00-23:00"]),
        ((agreement("18:00", "20:00"), agreement("19:00", "21:00")), ["18:00-21:00"]),
        ((agreement("18:00", "21:00", weekday=2),), ["18:00-21:00"]),
        ((agreement("18:00", "21:00", weekday=3),), ["09:00-20:00"]),
        ((agreement("18:00", "21:00", day=TUESDAY),), ["18:00-21:00"]),
        ((agreement("18:00", "21:00", day=TUESDAY + timedelta(days=1)),), ["09:00-20:00"]),
        ((agreement("18:00", "21:00", channel=CALL),), ["09:00-20:00"]),
        ((agreement("18:00", "21:00", ended=at("2026-11-24 10:00")),), ["09:00-20:00"]),
        ((agreement("18:00", "21:00", at=at("2026-11-25 00:00")),), ["09:00-20:00"]),
        ((agreement(address_id="A1"),), ["09:00-20:00"]),
    ],
)  # fmt: skip
def test_agreed_hours_stand_in_place_of_the_usual(agreed: tuple, found: list[str]) -> None:  # type: ignore[type-arg]
    """On the days agreed, as long as the agreement holds, and for its channel only."""
    assert windows(somebody(agreements=agreed)) == found


def test_people_who_agreed_alike_have_the_same_windows() -> None:
    """The same hours agreed by two people give both the same windows, and nobody else."""
    agreed = somebody(agreements=(agreement("18:00", "21:00"),))
    table = table_of([agreed, replace(agreed, debtor_id="P2"), somebody(debtor_id="P3")])
    many = judge_many(table, default_policies(), TUESDAY)
    assert many.windows[0].tolist() == many.windows[1].tolist() != many.windows[2].tolist()


def test_an_agreement_opens_a_closed_day() -> None:
    """A Sunday is opened by hours agreed for it."""
    sunday = TUESDAY + timedelta(days=5)
    assert windows(somebody(), sunday) == []
    assert windows(somebody(agreements=(agreement("10:00", "12:00"),)), sunday) == ["10:00-12:00"]


def test_law_without_consent_is_not_replaced() -> None:
    """Russia's hours know no agreement: an agreed evening is cut at the end of the law's."""
    facts = abroad("RU", agreements=(agreement("19:00", "23:00"),))
    facts = replace(facts, contacts=(contact("CALL-INV", at("2026-11-20 10:00")),))
    assert windows(facts) == ["19:00-22:00"]
    assert windows(facts, date(2026, 11, 28)) == ["19:00-20:00"]


def test_agreed_hours_of_calls() -> None:
    """A call at 22:30 is allowed where that was agreed for calls, and at noon it no longer is."""
    facts = somebody(agreements=(agreement("22:00", "23:00", channel=CALL),))
    assert ask(facts, CALL, "2026-11-24 22:30").allowed
    answer = ask(facts, CALL, "2026-11-24 12:00")
    assert (answer.rule, answer.next_allowed) == ("cn.law.hours", at("2026-11-24 22:00"))


def test_what_was_agreed_in_xinjiang_is_meant_by_its_clock() -> None:
    """Agreed hours are not cut by the other clock, the usual ones are."""
    facts = somebody(zone="Asia/Urumqi")
    assert windows(facts) == ["11:00-20:00"] or windows(facts) == ["09:00-18:00"]
    agreed = replace(facts, agreements=(agreement("09:30", "10:30"),))
    assert windows(agreed) == ["09:30-10:30"]


def test_a_later_agreement_is_part_of_the_next_moment() -> None:
    """ "Allowed again at" knows of an agreement that is recorded between now and then."""
    agreed = agreement("06:00", "07:30", at=at("2026-11-24 23:30"))
    facts = somebody(agreements=(agreed,))
    assert ask(facts, VISIT, "2026-11-24 23:00").next_allowed == at("2026-11-25 06:00")


# --- notice --------------------------------------------------------------------------------------


def british(*told: object) -> PersonFacts:
    """A person in London with these announcements."""
    return abroad(
        "GB", notices=told, contacts=(contact("CALL-INV", at("2026-11-20 10:00")),)
    )  # fmt: skip


LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ((), []),
        ((notice("2026-11-22 09:00", "2026-11-24 10:00", "2026-11-24 12:00", LONDON),),
         ["10:00-12:00"]),
        ((notice("2026-11-22 11:00", "2026-11-24 10:00", "2026-11-24 12:00", LONDON),),
         ["11:00-12:00"]),
        ((notice("2026-11-23 11:00", "2026-11-24 10:00", "2026-11-24 12:00", LONDON),), []),
        ((notice("2026-11-01 09:00", "2026-11-24 10:00", "2026-11-24 11:00", LONDON),
          notice("2026-11-01 09:00", "2026-11-24 10:30", "2026-11-24 12:00", LONDON)),
         ["10:00-12:00"]),
        ((notice("2026-11-01 09:00", "2026-11-24 17:00", "2026-11-24 23:00", LONDON),),
         ["17:00-19:00"]),
        ((notice("2026-11-01 09:00", "2026-11-24 10:00", "2026-11-24 10:33", LONDON),), []),
    ],
)  # fmt: skip
def test_a_visit_lies_inside_what_was_announced(told: tuple, found: list[str]) -> None:  # type: ignore[type-arg]
    """Forty-eight hours before its beginning, and wholly inside the announced time."""
    facts = british(*told)
    assert windows(facts) == found
    assert judge(facts, default_policies(), TUESDAY).rule == (None if found else "gb.house.notice")


def test_a_new_plan_at_noon_needs_the_same_notice() -> None:
    """A stop moved out of the announced time is refused, and says when it would be allowed."""
    told = notice("2026-11-22 09:00", "2026-11-24 14:00", "2026-11-24 16:00", LONDON)
    answer = ask(british(told), VISIT, "2026-11-24 12:00")
    assert (answer.rule, answer.next_allowed) == (
        "gb.house.notice",
        at("2026-11-24 14:00", LONDON),
    )
    late = ask(british(told), VISIT, "2026-11-24 15:50")
    assert (late.rule, late.next_allowed) == ("gb.house.notice", None)
    assert ask(british(told), VISIT, "2026-11-24 14:00").allowed


def test_notice_is_an_option_elsewhere() -> None:
    """In China none is needed until the house sets a number of hours."""
    assert windows(somebody()) == ["09:00-20:00"]
    strict = load_policies(PACKS, house=House({"cn.house.notice": {"hours": 24}}))
    assert judge(somebody(), strict, TUESDAY).rule == "cn.house.notice"
    told = notice("2026-11-23 09:00", "2026-11-24 10:00", "2026-11-24 12:00")
    facts = somebody(notices=(told,))
    assert judge(facts, strict, TUESDAY).windows == (
        (at("2026-11-24 10:00"), at("2026-11-24 12:00")),
    )


# --- overrides -----------------------------------------------------------------------------------


def test_an_override_is_named() -> None:
    """What a lead has set aside does not bar, and the answer says so; the plan does not use it."""
    sunday = "2026-11-29 10:00"
    aside = override("cn.house.closed_days", "2026-11-29 09:00", "2026-11-29 12:00")
    facts = somebody(overrides=(aside,))
    answer = ask(facts, VISIT, sunday)
    assert (answer.allowed, answer.override) == (True, ("cn.house.closed_days",))
    assert windows(facts, date(2026, 11, 29)) == []
    assert ask(somebody(), VISIT, sunday).override == ()
    assert ask(somebody(), VISIT, "2026-11-30 10:00").override == ()


@pytest.mark.parametrize(
    "aside",
    [
        override("cn.house.hours", "2026-11-29 09:00", "2026-11-29 12:00"),
        override("cn.house.closed_days", "2026-11-29 10:01", "2026-11-29 12:00"),
        override("cn.house.closed_days", "2026-11-29 09:00", "2026-11-29 10:33"),
        override("cn.house.closed_days", "2026-11-29 09:00", "2026-11-29 12:00", channel=CALL),
        override("cn.house.closed_days", "2026-11-29 09:00", "2026-11-29 12:00",
                 at=at("2026-11-29 10:01")),
    ],
)  # fmt: skip
def test_an_override_reaches_no_further_than_it_says(aside: object) -> None:
    """Another rule, another time, a longer visit, another channel, a later decision: barred."""
    answer = ask(somebody(overrides=(aside,)), VISIT, "2026-11-29 10:00")
    assert (answer.allowed, answer.rule) == (False, "cn.house.closed_days")


def test_law_is_never_set_aside() -> None:
    """Ten past ten in the evening stays refused: the house may be set aside, the law may not."""
    both = tuple(
        override(rule, "2026-11-24 20:00", "2026-11-25 00:00")
        for rule in ("cn.house.hours", "cn.law.hours")
    )
    facts = somebody(overrides=both)
    assert ask(facts, VISIT, "2026-11-24 20:30").override == ("cn.house.hours",)
    answer = ask(facts, VISIT, "2026-11-24 22:10")
    assert (answer.allowed, answer.rule) == (False, "cn.law.hours")
    rules = default_policies().rules.values()
    assert {rule.binding for rule in rules if rule.overridable_by} == {"house"}


def test_the_next_moment_may_be_one_set_aside() -> None:
    """ "Allowed again at" finds the beginning of an override."""
    aside = override("cn.house.closed_days", "2026-11-29 10:00", "2026-11-29 12:00")
    late = somebody(overrides=(aside,))
    assert ask(late, VISIT, "2026-11-28 18:00").next_allowed == at("2026-11-29 10:00")


# --- places --------------------------------------------------------------------------------------


def test_a_workplace_needs_consent_to_that_address() -> None:
    """Consent opens exactly the address it names."""
    facts = somebody(addresses=(WORK,))
    assert judge(facts, default_policy(), TUESDAY).rule == "cn.law.place.work"
    other = replace(facts, agreements=(agreement(address_id="A9"),))
    assert not judge(other, default_policy(), TUESDAY).eligible
    agreed = replace(facts, agreements=(agreement(address_id="A2"),))
    assert windows(agreed) == ["09:00-20:00"]
    many = judge_many(table_of([facts, agreed]), default_policies(), TUESDAY)
    assert many.addresses.tolist() == many.permitted.tolist() == [False, True]


def test_an_employer_who_forbids_it() -> None:
    """In the United States consent does not help where the employer forbids contact at work."""
    facts = abroad(
        "US", addresses=(WORK,), agreements=(agreement(address_id="A2"),),
        contacts=(contact("CALL-INV", at("2026-11-20 10:00")),),
    )  # fmt: skip
    assert windows(facts) == ["09:00-19:00"]
    forbidden = replace(facts, flags=Flag.WORK_FORBIDDEN)
    assert judge(forbidden, default_policies(), TUESDAY).rule == "us.law.place.work"
    assert windows(forbidden) == []


def test_the_address_and_the_crew_of_a_visit_are_judged() -> None:
    """A visit to a barred address of a person who has a permitted one is refused, and so is a lone
    visitor where two are demanded."""
    facts = somebody(addresses=(home(), WORK))
    moment = at("2026-11-24 12:00")

    def rule(**given: object) -> str | None:
        return check_contact(facts, default_policies(), VISIT, moment, **given).rule  # type: ignore[arg-type]

    assert rule(address_id="A1", visitors=2) is None
    assert rule(address_id="A2", visitors=2) == "cn.law.place.work"
    assert rule(address_id="A1", visitors=1) == "cn.law.visitors"
    lone = check_contact(facts, default_policies(), VISIT, moment, visitors=1)
    assert lone.next_allowed is None
    russian = abroad("RU", contacts=(contact("CALL-INV", at("2026-11-20 10:00")),))
    later = at("2026-11-24 18:00")
    two = check_contact(russian, default_policies(), VISIT, later, visitors=2)
    assert (two.allowed, two.rule) == (False, "ru.law.visitors")


# --- third parties -------------------------------------------------------------------------------


def third(facts: PersonFacts, when: str = "2026-11-24 12:00") -> str | None:
    """The rule that bars a call to somebody else about this person."""
    answer = check_contact(facts, default_policies(), CALL, at(when), third_party=True)
    return answer.rule


def test_others_are_asked_only_about_the_lost() -> None:
    """A dead number or three unanswered calls since the person was reached, and never again once
    they refused."""
    lost = somebody()
    assert third(lost) is None
    reached = plus(lost, contact("CALL-RPC", days_before(TUESDAY, 2)))
    assert third(reached) == "cn.law.third_party"
    assert third(plus(reached, contact("CALL-INV", days_before(TUESDAY, 1)))) is None
    assert third(somebody(contacts=lost.contacts[1:])) == "cn.law.third_party"
    assert third(replace(lost, flags=Flag.OTHERS_REFUSED)) == "cn.law.third_party"
    assert third(replace(lost, flags=Flag.DECEASED)) == "gate.deceased"
    assert ask(replace(lost, flags=Flag.OTHERS_REFUSED), CALL, "2026-11-24 12:00").allowed


@pytest.mark.parametrize(
    ("country", "flags", "rule"),
    [
        ("ID", Flag(0), "id.law.third_party"),
        ("VN", Flag(0), "vn.law.third_party"),
        ("RU", Flag(0), "ru.law.third_party"),
        ("RU", Flag.OTHERS_AGREED, None),
        ("RU", Flag.OTHERS_AGREED | Flag.OTHERS_REFUSED, "ru.law.third_party"),
        ("GB", Flag(0), None),
    ],
)
def test_third_parties_abroad(country: str, flags: Flag, rule: str | None) -> None:
    """Never in Indonesia and Vietnam, with the person's consent in Russia, when lost elsewhere."""
    dead = (contact("CALL-INV", at("2026-11-10 10:00")),)
    facts = abroad(country, flags=flags, contacts=dead)
    assert third(facts, "2026-11-24 20:00" if country == "GB" else "2026-11-24 15:30") == rule


# --- missed meetings -----------------------------------------------------------------------------


def test_microfinance_visits_after_two_missed_meetings() -> None:
    """With the option on, a visit comes after the last two agreed meetings were missed."""
    thursday = date(2026, 11, 26)
    strict = load_policies(PACKS, house=House(options=("in-microfinance",)))
    base = abroad("IN", contacts=(contact("CALL-INV", at("2026-11-20 10:00")),))
    days = [thursday - timedelta(days=n) for n in (21, 14, 7)]
    agreed = tuple(agreement("10:00", "11:00", day=day) for day in days)
    met = contact("VIS-RPC", days_before(thursday, 14, "15:00"), address_id="A1")

    def rule(facts: PersonFacts) -> str | None:
        many = judge_many(table_of([facts]), strict, thursday)
        same(many, 0, facts, strict, thursday)
        return judge(facts, strict, thursday).rule

    barred = "in.law.no_show.microfinance"
    assert rule(base) == barred
    assert rule(replace(base, agreements=agreed[:1])) == barred
    assert rule(replace(base, agreements=agreed[1:])) is None
    assert rule(replace(base, agreements=agreed)) is None
    seen = replace(base, agreements=agreed, contacts=(met, *base.contacts))
    assert rule(seen) == barred
    assert judge(base, default_policies(), thursday).eligible
    soon = replace(base, agreements=(agreed[2], agreement("10:00", "11:00", day=thursday)))
    kolkata = ZoneInfo("Asia/Kolkata")
    answer = check_contact(soon, strict, VISIT, at("2026-11-26 12:00", kolkata))
    assert (answer.rule, answer.next_allowed) == (barred, at("2026-11-27 09:00", kolkata))
