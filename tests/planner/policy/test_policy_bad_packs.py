"""Mistakes in rule packs: each is named with file, line, field and reason."""

import re

import pytest
from policy_tools import CHINA, added, changed

from planner.errors import PlannerError
from planner.policy.pack import parse_pack
from planner.words import explain

BAD: list[tuple[str, str, str, str]] = [
    # name, pack, code, field
    ("unknown key", added("house.hours", "limt = 3"), "unknown_key", "house.hours.limt"),
    ("unknown table", CHINA + "\n[hose]\nx = 1\n", "unknown_key", "hose"),
    (
        "key of another kind",
        added("house.hours", "limit = 3"),
        "unknown_key",
        "house.hours.limit",
    ),
    (
        "channels where they are given",
        added("gate.call_first", 'channels = ["call"]'),
        "unknown_key",
        "gate.call_first.channels",
    ),
    (
        "missing source",
        changed("house.hours", 'source = "House policy"\n', ""),
        "missing_key",
        "house.hours.source",
    ),
    (
        "empty source",
        changed("house.hours", '"House policy"', '" "'),
        "empty",
        "house.hours.source",
    ),
    (
        "no value of a duty",
        changed("law.identification", 'value = "show"\n', ""),
        "missing_key",
        "law.identification.value",
    ),
    (
        "text for a number",
        changed('house."visits.day"', "limit = 1", 'limit = "1"'),
        "wrong_type",
        "house.visits.day.limit",
    ),
    (
        "true for a number",
        changed('house."visits.day"', "limit = 1", "limit = true"),
        "wrong_type",
        "house.visits.day.limit",
    ),
    (
        "number for a truth",
        changed("house.hours", "contested = false", "contested = 0"),
        "wrong_type",
        "house.hours.contested",
    ),
    (
        "zero is not a limit",
        changed('house."visits.day"', "limit = 1", "limit = 0"),
        "out_of_range",
        "house.visits.day.limit",
    ),
    (
        "belief out of range",
        changed("gate.address_unusable", "least = 0.20", "least = 0.1"),
        "out_of_range",
        "gate.address_unusable.least",
    ),
    (
        "stage above the limit",
        changed('house."visits.period"', "early = 2", "early = 4"),
        "out_of_range",
        "house.visits.period.by_stage.early",
    ),
    (
        "unknown stage",
        changed('house."visits.period"', "early = 2", "erly = 2"),
        "unknown_key",
        "house.visits.period.by_stage.erly",
    ),
    (
        "unknown unit",
        changed('house."visits.day"', '"visit"\nper', '"visits"\nper'),
        "not_known",
        "house.visits.day.unit",
    ),
    (
        "unknown channel",
        changed("house.hours", '["visit"]', '["visits"]'),
        "not_known",
        "house.hours.channels",
    ),
    (
        "no channel",
        changed("house.hours", '["visit"]', "[]"),
        "empty",
        "house.hours.channels",
    ),
    (
        "unknown flag",
        changed("gate.deceased", '["deceased"]', '["dead"]'),
        "not_known",
        "gate.deceased.flags",
    ),
    (
        "unknown day class",
        changed("house.hours", "workday = ", "weekday = "),
        "unknown_key",
        "house.hours.windows.weekday",
    ),
    (
        "hours reversed",
        changed("house.hours", "09:00-20:00", "20:00-09:00"),
        "hours_reversed",
        "house.hours.windows.workday",
    ),
    (
        "hours that are none",
        changed("house.hours", "09:00-20:00", "9-20"),
        "bad_hours",
        "house.hours.windows.workday",
    ),
    (
        "minute 60",
        changed("house.hours", "09:00-20:00", "09:60-20:00"),
        "bad_hours",
        "house.hours.windows.workday",
    ),
    (
        "hours that are a number",
        changed("house.hours", '"09:00-20:00"', "9"),
        "bad_hours",
        "house.hours.windows.workday",
    ),
    (
        "after midnight",
        changed("house.hours", "09:00-20:00", "09:00-24:01"),
        "bad_hours",
        "house.hours.windows.workday",
    ),
    (
        "no hours",
        changed("house.hours", '["09:00-20:00"]', "[]"),
        "empty",
        "house.hours.windows.workday",
    ),
    (
        "no class with hours",
        re.sub(r"(\[house\.hours\.windows\]\n)(.*\n){3}", r"\1", CHINA),
        "empty",
        "house.hours.windows",
    ),
    (
        "overlapping hours",
        changed("house.hours", '"09:00-20:00"', '"09:00-14:00", "13:00-20:00"'),
        "hours_overlap",
        "house.hours.windows.workday",
    ),
    (
        "days without rolling",
        changed('house."visits.day"', "limit = 1", "limit = 1\ndays = 3"),
        "days_with_rolling",
        "house.visits.day.days",
    ),
    (
        "rolling without days",
        changed('house."visits.period"', "days = 30\n", ""),
        "days_with_rolling",
        "house.visits.period.days",
    ),
    (
        "visits by number",
        changed('house."visits.day"', '"debtor"', '"phone_number"'),
        "phone_needs_call",
        "house.visits.day.per",
    ),
    (
        "words without days",
        changed("gate.complaint", "days = 30\n", ""),
        "days_with_after",
        "gate.complaint.days",
    ),
    (
        "wrong id",
        changed("house.hours", '"cn.house.hours"', '"cn.house.hour"'),
        "id_mismatch",
        "house.hours.id",
    ),
    (
        "ends before it begins",
        added("law.visitors", "effective_to = 2026-01-01"),
        "dates_reversed",
        "law.visitors.effective_to",
    ),
    (
        "text for a date",
        added("house.hours", 'effective_to = "2026"'),
        "wrong_type",
        "house.hours.effective_to",
    ),
    (
        "house among the law",
        changed("law.visitors", '"self_regulation"', '"house"'),
        "wrong_binding",
        "law.visitors.binding",
    ),
    (
        "law among the house",
        changed("house.hours", 'binding = "house"', 'binding = "law"'),
        "wrong_binding",
        "house.hours.binding",
    ),
    (
        "stages out of order",
        changed("stages", "middle = 31", "middle = 99"),
        "stages_order",
        "stages",
    ),
    ("stages begin late", changed("stages", "early = 0", "early = 1"), "stages_order", "stages"),
    ("no such zone", CHINA.replace("Asia/Kashgar", "Asia/Kashgarr"), "bad_zone", "both_zones"),
    (
        "no default zone",
        CHINA.replace('zone_default = "Asia/Shanghai"', 'zone_default = "Moon"'),
        "bad_zone",
        "zone_default",
    ),
    ("schema of tomorrow", CHINA.replace("schema = 1", "schema = 2"), "out_of_range", "schema"),
    (
        "house among the gates",
        CHINA.replace("[house", "[gate"),
        "id_mismatch",
        "gate.visits.day.id",
    ),
    (
        "opens before the law",
        changed("house.hours", "09:00-20:00", "07:59-20:00"),
        "looser_than_law",
        "house.hours",
    ),
    (
        "closes after the law",
        changed("house.hours", "09:00-18:00", "09:00-22:01"),
        "looser_than_law",
        "house.hours",
    ),
    (
        "more calls than the law",
        changed('house."calls.attempts"', "limit = 6", "limit = 7"),
        "looser_than_law",
        "house.calls.attempts",
    ),
    (
        "more conversations than the law",
        changed('house."calls.conversations"', "limit = 3", "limit = 4"),
        "looser_than_law",
        "house.calls.conversations",
    ),
    (
        "fewer visitors than the law",
        changed("house.visitors", "min = 2", "min = 1"),
        "looser_than_law",
        "house.visitors",
    ),
    (
        "more visitors than the law",
        added("law.visitors", "max = 2", added("house.visitors", "max = 3")),
        "looser_than_law",
        "house.visitors",
    ),
]


@pytest.mark.parametrize(("name", "text", "code", "field"), BAD, ids=[row[0] for row in BAD])
def test_mistakes_are_named(name: str, text: str, code: str, field: str) -> None:
    """A mistake names file, line, field and reason, in words of both languages."""
    with pytest.raises(PlannerError) as caught:
        parse_pack(text, "house.toml")
    error = caught.value
    assert (error.code, error.params["field"]) == (f"policy.{code}", field), name
    assert error.params["file"] == "house.toml"
    line = text.splitlines()[error.params["line"] - 1]
    last = field.rsplit(".", 1)[-1]
    assert error.params["line"] == 1 or last in line or line.startswith("[")
    for language in ("en", "zh_CN"):
        words = explain(error, language)
        assert "house.toml" in words
        assert "{" not in words
