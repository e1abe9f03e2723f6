"""Agreements, notices, overrides, pauses and house values: recorded, in force, taken back."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from demo_time import DEMO_NOW, demo_clock

from planner.actions.agreements import Agreed, agree, announce, end_agreement
from planner.actions.check import check
from planner.actions.holds import hold, mark, release, running, watch
from planner.actions.import_files import import_files
from planner.actions.make_plan import make_plan
from planner.actions.outcomes import Outcome
from planner.actions.overrides import overridable, override
from planner.actions.policy import (
    active_policy,
    choose_options,
    confirm_calendar,
    data_age,
    house_edits,
    preview_edits,
    save_house,
)
from planner.actions.rank import rank
from planner.actions.record import record
from planner.actions.undo import undo_batch
from planner.cli import cli
from planner.cli_json import answer_json
from planner.domain.codes import Channel, Flag, HoldKind
from planner.errors import PlannerError
from planner.policy.check import check_contact
from planner.policy.pack import default_policies
from planner.store.facts import load_facts, load_person_facts
from planner.store.people import load_debtor
from planner.store.state import derived_hash
from planner.store.store import Store
from planner.store.terms import load_exceptions
from planner.store.verify import verify
from planner.words import explain

DAY = date(2026, 11, 24)
CHINA = ZoneInfo("Asia/Shanghai")
VISIT = Channel.VISIT


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.fixture
def ready(demo_store: Store) -> str:
    """Somebody who may be visited on DAY."""
    ranking = rank(demo_store, DAY)
    return ranking.table.debtor_ids[int(ranking.order[0])]


def state(store: Store) -> str:
    with store.read() as conn:
        return derived_hash(conn)


def refused(deed: Callable[[], object]) -> str:
    """The code of the refusal; its words are there in both languages."""
    with pytest.raises(PlannerError) as caught:
        deed()
    for language in ("en", "zh_CN"):
        assert "{" not in explain(caught.value, language)
        assert not explain(caught.value, language).startswith("error.")
    return caught.value.code


def test_agreed_hours_count_until_they_are_ended(demo_store: Store, ready: str) -> None:
    """Evening hours open the evening and close the morning, until the agreement ends or is
    undone."""
    before = state(demo_store)
    late, early = at("2026-11-24 20:30"), at("2026-11-24 10:00")
    agreed = Agreed(ready, VISIT, "recording 17", "20:00", "21:30")
    batch = agree(demo_store, agreed, clock=demo_clock)
    assert check(demo_store, ready, VISIT, late).allowed
    assert check(demo_store, ready, VISIT, early).rule == "cn.law.hours"
    with demo_store.read() as conn:
        (one,) = load_person_facts(conn, ready, DAY).agreements
    assert (one.evidence, one.start, one.end) == ("recording 17", 1200, 1290)
    ended = end_agreement(demo_store, ready, one.agreement_id, clock=demo_clock)
    assert check(demo_store, ready, VISIT, early).allowed
    undo_batch(demo_store, ended)
    assert check(demo_store, ready, VISIT, late).allowed
    undo_batch(demo_store, batch)
    assert not check(demo_store, ready, VISIT, late).allowed
    assert state(demo_store) == before
    assert verify(demo_store).ok


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"evidence": " "}, "terms.no_evidence"),
        ({"start": "21:00", "end": "20:00"}, "terms.hours_reversed"),
        ({"start": "21:00"}, "terms.hours_reversed"),
        ({}, "terms.nothing_agreed"),
        ({"address_id": "elsewhere"}, "terms.unknown_address"),
    ],
)
def test_an_agreement_must_say_something(
    demo_store: Store, ready: str, change: dict[str, str], code: str
) -> None:
    """Without evidence, hours or an address of the person nothing is recorded."""
    before = state(demo_store)
    agreed = Agreed(ready, VISIT, **({"evidence": "letter"} | change))
    assert refused(lambda: agree(demo_store, agreed, clock=demo_clock)) == code
    assert state(demo_store) == before


def test_notice_is_recorded_with_its_evidence(demo_store: Store, ready: str) -> None:
    """An announced visit stands in the facts; one without evidence or end does not."""
    begin, end = at("2026-11-26 10:00"), at("2026-11-26 12:00")
    announce(demo_store, ready, begin, end, "message 5", clock=demo_clock)
    with demo_store.read() as conn:
        (told,) = load_person_facts(conn, ready, DAY).notices
    assert (told.at, told.start, told.end) == (DEMO_NOW, begin, end)
    save_house(demo_store, {"cn.house.notice": {"hours": 24}})
    assert check(demo_store, ready, VISIT, at("2026-11-26 10:30")).allowed
    assert check(demo_store, ready, VISIT, at("2026-11-26 13:00")).rule == "cn.house.notice"
    again = lambda *span, proof="x": announce(  # noqa: E731
        demo_store, ready, *span, proof, clock=demo_clock
    )
    assert refused(lambda: again(end, begin)) == "terms.hours_reversed"
    assert refused(lambda: again(begin, end, proof="")) == "terms.no_evidence"


def test_an_override_is_listed(demo_store: Store, ready: str) -> None:
    """A Sunday visit set aside by the lead is allowed, breaks no rule when recorded, and stands in
    the list of exceptions with reason and name; the plan does not use it."""
    sunday = at("2026-11-29 10:00")
    assert not check(demo_store, ready, VISIT, sunday).allowed
    names = {rule.id for rule in overridable(demo_store, ready)}
    assert "cn.house.closed_days" in names
    assert not {name for name in names if ".law." in name}
    deed = lambda rule, **more: override(  # noqa: E731
        demo_store, ready, rule, VISIT, more.get("start", at("2026-11-29 09:00")),
        at("2026-11-29 12:00"), reason=more.get("reason", "asked for it"), by="lead",
        clock=demo_clock,
    )  # fmt: skip
    assert refused(lambda: deed("cn.law.hours")) == "terms.not_overridable"
    assert refused(lambda: deed("cn.house.closed_days", reason="")) == "terms.no_reason"
    late = at("2026-11-29 12:00")
    assert refused(lambda: deed("cn.house.closed_days", start=late)) == "terms.hours_reversed"
    deed("cn.house.closed_days")
    deed("cn.house.hours")
    found = check(demo_store, ready, VISIT, sunday)
    assert (found.allowed, found.override[0]) == (True, "cn.house.closed_days")
    assert not rank(demo_store, sunday.date()).verdicts.eligible.any()
    outcome = Outcome(ready, "VIS-NC", sunday, leave=sunday + timedelta(minutes=5))
    assert record(demo_store, outcome, clock=demo_clock, allow_future=True).broken_rules == ()
    with demo_store.read() as conn:
        listed = [(one.rule, one.reason, one.by) for one in load_exceptions(conn)]
    assert ("cn.house.closed_days", "asked for it", "lead") in listed


def test_what_broke_a_rule_is_listed_too(demo_store: Store, ready: str) -> None:
    """A visit at night is kept, flagged, and stands in the list of exceptions without a reason."""
    night = at("2026-11-23 23:00")
    done = record(
        demo_store, Outcome(ready, "VIS-NC", night, leave=night), clock=demo_clock,
        allow_future=True,
    )  # fmt: skip
    assert done.broken_rules == ("cn.law.hours",)
    with demo_store.read() as conn:
        newest = load_exceptions(conn)[0]
    assert (newest.debtor_id, newest.rule, newest.reason) == (ready, "cn.law.hours", "")


def test_a_pause_bars_until_it_is_released(demo_store: Store, ready: str) -> None:
    """A hold has a kind, a reason and mostly an end; released, it bars no more."""
    noon = at("2026-11-24 12:00")
    until = at("2026-12-01 00:00")
    hold(demo_store, ready, HoldKind.LEAD, reason="holiday", until=until, clock=demo_clock)
    barred = check(demo_store, ready, VISIT, noon)
    assert (barred.rule, barred.next_allowed) == ("gate.lead", at("2026-12-01 09:00"))
    assert [one.kind for one in running(demo_store, ready, DEMO_NOW)] == [HoldKind.LEAD]
    release(demo_store, ready, HoldKind.LEAD, clock=demo_clock)
    assert check(demo_store, ready, VISIT, noon).allowed
    again = lambda: release(demo_store, ready, HoldKind.LEAD, clock=demo_clock)  # noqa: E731
    assert refused(again) == "terms.no_such_hold"
    past = lambda: hold(  # noqa: E731
        demo_store, ready, HoldKind.LEAD, reason="x", until=DEMO_NOW, clock=demo_clock
    )
    assert refused(past) == "terms.hold_over"
    empty = lambda: hold(demo_store, ready, HoldKind.LEAD, reason="", clock=demo_clock)  # noqa: E731
    assert refused(empty) == "terms.no_reason"
    assert refused(
        lambda: hold(demo_store, "P-none", HoldKind.LEAD, reason="x", clock=demo_clock)
    ) == "store.unknown_person"  # fmt: skip


def test_marks_and_the_watch(demo_store: Store, ready: str) -> None:
    """A mark is set and taken away for a reason; off the watch counts against every reason to
    watch, on it counts whatever the amount."""

    def flags() -> Flag:
        with demo_store.read() as conn:
            return load_debtor(conn, ready).flags

    def watched() -> float:
        ranking = rank(demo_store, DAY)
        return float(ranking.scores.basis.features.watch[ranking.row(ready)])

    mark(demo_store, ready, Flag.HOSPITAL, True, reason="son called", clock=demo_clock)
    assert check(demo_store, ready, VISIT, at("2026-11-24 12:00")).rule == "gate.hospital"
    mark(demo_store, ready, Flag.HOSPITAL, False, reason="home again", clock=demo_clock)
    assert Flag.HOSPITAL not in flags()
    watch(demo_store, ready, True, reason="small, but moving", clock=demo_clock)
    assert Flag.WATCH in flags()
    assert watched() > 0
    watch(demo_store, ready, False, reason="settled soon", clock=demo_clock)
    assert flags() & (Flag.WATCH | Flag.OFF_WATCH) == Flag.OFF_WATCH
    assert watched() == 0
    empty = lambda: watch(demo_store, ready, True, reason=" ", clock=demo_clock)  # noqa: E731
    assert refused(empty) == "terms.no_reason"


def test_house_values_are_in_force_at_once(demo_store: Store, ready: str) -> None:
    """A stricter value bars from now on and was announced by the preview; a looser one than the
    law's is refused and leaves the old one in force."""
    assert set(active_policy(demo_store).rules) == set(default_policies().rules)
    noon = at("2026-11-24 12:30")
    break_ = {"cn.house.hours": {"windows": {
        "workday": ["09:00-12:00"], "saturday": ["09:00-12:00"],
        "makeup_saturday": ["09:00-12:00"]}}}  # fmt: skip
    assert check(demo_store, ready, VISIT, noon).allowed
    save_house(demo_store, break_)
    assert house_edits(demo_store) == break_
    assert check(demo_store, ready, VISIT, noon).rule == "cn.house.hours"
    assert rank(demo_store, DAY).policy.version == active_policy(demo_store).version
    loose = {"cn.house.hours": {"windows": {"workday": ["07:00-20:00"]}}}
    assert refused(lambda: save_house(demo_store, loose)) == "policy.looser_than_law"
    assert house_edits(demo_store) == break_
    save_house(demo_store, {})
    assert check(demo_store, ready, VISIT, noon).allowed
    with demo_store.read() as conn:
        table = load_facts(conn, DAY, zone=demo_store.zone)
    none = {"cn.house.closed_days": {"classes": ["workday", "sunday", "holiday"]}}
    seen = preview_edits(demo_store, none, table, DAY)
    ready_now = int(rank(demo_store, DAY).verdicts.eligible.sum())
    assert (len(seen.barred), seen.rules) == (ready_now, {"cn.house.closed_days": ready_now})


def test_options_and_years_are_the_workspaces_own(demo_store: Store) -> None:
    """Optional parts and confirmed years change the rules of this workspace only."""
    choose_options(demo_store, ("in-microfinance",))
    india = active_policy(demo_store).for_jurisdiction("IN")
    assert "in.law.hours.microfinance" in india.rules
    reach = active_policy(demo_store).home.calendar_until
    assert reach is not None
    day = date(reach + 1, 5, 8)
    policies = confirm_calendar(demo_store, "CN", reach + 1, {day: "makeup_saturday"})
    assert policies.home.confirmed == {reach + 1}
    assert policies.home.days == {day: "makeup_saturday"}
    again = confirm_calendar(demo_store, "CN", reach + 1)
    assert again.home.days == policies.home.days
    assert "in.law.hours.microfinance" not in default_policies().rules


def test_the_workspaces_zone_names_its_country(tmp_path: Path, demo_folder: Path) -> None:
    """A workspace in Moscow is judged by Russia's rules and its people live there; in Paris, for
    which there are none, by China's."""
    for zone, country in (("Europe/Moscow", "RU"), ("Europe/Paris", "CN")):
        path = tmp_path / f"{country}.fairvisit"
        with Store.create(path, clock=demo_clock, zone=zone) as store:
            assert active_policy(store).jurisdiction == country
            import_files(store, sorted(demo_folder.glob("*.xlsx")), clock=demo_clock)
            with store.read() as conn:
                table = load_facts(conn, DAY, zone=zone)
            assert table.n > 100
            assert {table.jurisdictions[k] for k in table.jurisdiction.tolist()} == {country}


def test_old_data_needs_a_reason(demo_store: Store) -> None:
    """Four days after the last import a plan is refused until the lead says why; the reason is
    kept with it."""
    assert not data_age(demo_store, DEMO_NOW).marked
    late = lambda: DEMO_NOW + timedelta(hours=73)  # noqa: E731
    assert data_age(demo_store, late()).needs_reason
    day = date(2026, 11, 27)
    plan = lambda reason="": make_plan(  # noqa: E731
        demo_store, day, clock=late, iterations=50, reason=reason
    )
    assert refused(plan) == "plan.stale_data"
    assert plan("the line is down").reason == "the line is down"
    fresh = make_plan(demo_store, DAY, clock=demo_clock, iterations=50)
    assert fresh.reason == ""


# --- command line --------------------------------------------------------------------------------


@pytest.fixture
def line(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, object]]:
    """Run a verb on the demo's workspace at the demo's moment."""
    workspace = str(demo_folder / "demo.fairvisit")
    for module in ("planner.cli", "planner.cli_tools", "planner.cli_terms"):
        monkeypatch.setattr(f"{module}.system_clock", demo_clock)

    def run(*arguments: str, code: int = 0) -> dict[str, object]:
        asked = [*arguments, "--workspace", workspace, "--json"]
        done = CliRunner().invoke(cli, asked, env={"FAIRVISIT_LANG": "en"})
        assert done.exit_code == code, done.output
        return json.loads(done.stdout) if code == 0 else {"said": done.stderr}

    return run


def test_terms_by_command_line(line: Callable[..., dict[str, object]], demo_folder: Path) -> None:
    """Every verb records what it says, and what it refuses it refuses in words."""
    with Store.open(demo_folder / "demo.fairvisit", clock=demo_clock) as store:
        ranking = rank(store, DAY)
        who = ranking.table.debtor_ids[int(ranking.order[0])]
        with store.read() as conn:
            place = load_debtor(conn, who).addresses[0].address_id
    ask = lambda when: line("check", "--debtor", who, "--channel", "visit", "--at", when)  # noqa: E731
    line("agree", "--debtor", who, "--channel", "visit", "--from", "20:00", "--until", "21:30",
         "--evidence", "recording", "--on", "2026-11-24", "--address", place)  # fmt: skip
    assert ask("2026-11-24T20:30")["allowed"]
    with Store.open(demo_folder / "demo.fairvisit", clock=demo_clock) as store, store.read() as c:
        (one,) = load_person_facts(c, who, DAY).agreements
    assert (one.day, one.address_id) == (DAY, place)
    line("agree", "--debtor", who, "--channel", "visit", "--end-agreement", one.agreement_id)
    assert not ask("2026-11-24T20:30")["allowed"]
    assert "proves" in str(
        line("agree", "--debtor", who, "--channel", "visit", "--from", "20:00", code=1)["said"]
    )
    span = ("--from", "2026-11-29T09:00", "--until", "2026-11-29T12:00")
    line("announce", "--debtor", who, *span, "--evidence", "letter", "--at", "2026-11-22T09:00")
    line("announce", "--debtor", who, *span, "--evidence", "letter")
    aside = ("override", "--debtor", who, *span, "--channel", "visit", "--reason", "r", "--by", "b")
    line(*aside, "--rule", "cn.house.closed_days")
    line(*aside, "--rule", "cn.house.hours")
    assert ask("2026-11-29T10:00")["override"] == ["cn.house.closed_days"]
    listed = line("exceptions")["exceptions"]
    assert isinstance(listed, list)
    assert {one["rule"] for one in listed if one["by"]} == {
        "cn.house.closed_days", "cn.house.hours",
    }  # fmt: skip
    assert "aside" in str(line(*aside, "--rule", "cn.law.hours", code=1)["said"])
    line("hold", "--debtor", who, "--kind", "illness", "--until", "2026-12-01T00:00",
         "--reason", "flu")  # fmt: skip
    assert ask("2026-11-24T10:00")["rule"] == "gate.illness"
    line("release", "--debtor", who, "--kind", "illness")
    for flag in ("watch", "hospital"):
        line("hold", "--debtor", who, "--flag", flag, "--reason", "told")
        line("release", "--debtor", who, "--flag", flag, "--reason", "over")
    assert ask("2026-11-24T10:00")["allowed"]
    for verb in ("hold", "release"):
        line(verb, "--debtor", who, "--reason", "x", code=2)


def agree_on_questions(
    line: Callable[..., dict[str, object]], path: Path, count: int, seed: int
) -> None:
    """The command line's answer is the rules' own, for random persons, channels and moments."""
    rnd = Random(seed)
    with Store.open(path, clock=demo_clock) as store:
        with store.read() as conn:
            ids = load_facts(conn, DAY, zone=store.zone).debtor_ids
        for _ in range(count):
            who, channel = rnd.choice(ids), rnd.choice(tuple(Channel))
            when = DEMO_NOW + timedelta(minutes=rnd.randrange(60 * 24 * 14))
            third = channel is Channel.CALL and rnd.random() < 0.2
            with store.read() as conn:
                day = when.astimezone(CHINA).date()
                facts = load_person_facts(conn, who, day)
                phone = rnd.choice((*load_debtor(conn, who).phones, ""))
            answer = check_contact(
                facts, active_policy(store), channel, when, phone=phone, third_party=third
            )
            more = ["--third-party"] if third else []
            said = line(
                "check", "--debtor", who, "--channel", channel.value, "--at", when.isoformat(),
                "--phone", phone, *more,
            )  # fmt: skip
            assert said == answer_json(answer, store.zone)


def test_the_command_line_says_what_the_rules_say(
    line: Callable[..., dict[str, object]], demo_folder: Path
) -> None:
    """100 random questions get the same answer by command line and from the rules."""
    agree_on_questions(line, demo_folder / "demo.fairvisit", 100, 1)


@pytest.mark.full
def test_the_command_line_says_what_the_rules_say_at_length(
    line: Callable[..., dict[str, object]], demo_folder: Path
) -> None:
    """The same for 1,000 questions."""
    agree_on_questions(line, demo_folder / "demo.fairvisit", 1000, 2)
