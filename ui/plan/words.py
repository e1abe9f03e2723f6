"""Sentences of the plan screen that are put together from codes and figures."""

from html import escape
from typing import Any

from PySide6.QtCore import Qt

from planner.domain.plan import Unserved
from planner.ranking.explain import Explanation
from ui import formats
from ui.i18n import N_, _, code, language, ngettext
from ui.plan.book import NOT_PLANNED, Book, Row

TAB_WORDS = {
    "ready": N_("Ready"),
    "waiting": N_("Waiting"),
    "call_first": N_("Call first"),
    "address": N_("Address check"),
    "paused": N_("Paused"),
    "never": N_("Never"),
    NOT_PLANNED: N_("Not today"),
}
_REASONS = {
    "amount": N_("large amount"),
    "cooperation": N_("hard to reach"),
    "days": N_("right moment"),
    "meet": N_("likely at home"),
    "access": N_("short way"),
    "watch": N_("special attention"),
}
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MONEY = ("value", "extra_cost", "more_value", "difference", "value_per_hour", "needed")
_PERSONS = ("stop", "served", "after", "before")


def money(minor: int) -> str:
    """An amount in a sentence: whole units, with the unit."""
    figure = formats.number(round(minor / formats.FEN))
    unit = formats.money_unit()
    return f"{figure} {unit}" if language() == "zh_CN" else f"{unit} {figure}"


def tip(text: str) -> str:
    """`text` as a tooltip that Qt cannot take for markup: names come from files."""
    return f"<p style='white-space:pre-wrap'>{escape(text)}</p>" if text else ""


def tab_word(tab: str) -> str:
    """The name of a tab."""
    return _(TAB_WORDS[tab])


def reason_word(row: Row) -> str:
    """What lifts a person most, in two or three words; "" when nothing stands out."""
    if row.reason == "cooperation" and row.broken:
        return ngettext("{n} promise broken", "{n} promises broken", row.broken).format(
            n=row.broken
        )
    return _(_REASONS[row.reason]) if row.reason in _REASONS else ""


def seat_word(book: Book, debtor_id: str) -> str:
    """Crew and number of a planned person: "Team A 3"."""
    seat = book.seats.get(debtor_id)
    if seat is None or book.plan is None:
        return ""
    return f"{book.plan.routes[seat.crew].crew} {seat.number}"


def rule_sentence(row: Row) -> str:
    """The rule that bars a person, in words."""
    return code(f"rule.{row.rule}") if row.rule else ""


def figures(book: Book, one: Unserved) -> dict[str, str]:
    """The figures of a reason as people write them: money, minutes, names instead of ids."""
    told: dict[str, str] = {}
    for key, value in one.figures.items():
        told[key] = _figure(book, key, value)
    return told


def _figure(book: Book, key: str, value: Any) -> str:
    if value is None:
        return formats.NONE
    if key in _PERSONS:
        person = book.people.get(str(value))
        return formats.mask_name(person.name) if person else formats.NONE
    if key in _MONEY:
        return money(int(value))
    if key == "rule":
        return code(f"rule.{value}")
    if key.endswith("seconds"):
        return formats.duration(float(value))
    return str(value)


def left_out_sentence(book: Book, one: Unserved) -> str:
    """Why an eligible person is not in the plan."""
    name = f"reason.{one.reason}"
    if one.figures.get("by"):
        name = f"{name}.{one.figures['by']}"
    elif one.reason == "NO_WINDOW" and one.figures.get("late_seconds") is None:
        name = f"{name}.none"
    return code(name, **figures(book, one))


def arithmetic(known: Explanation) -> str:
    """The money of one visit, in one sentence."""
    meet = formats.percent(known.pm)
    if known.boost > 1.001:
        watch = code("ranking.part.watch")
        because = code("ranking.arithmetic.boost", watch=watch, boost=f"{known.boost:.2f}")
        meet += f"（{because}）" if language() == "zh_CN" else f" ({because})"
    return code(
        "ranking.arithmetic",
        rec=money(known.rec),
        dp=formats.percent(known.dp, 1),
        pm=meet,
        gross=money(known.gross),
    )


def arithmetic_net(known: Explanation) -> str:
    """What the visit costs and what is left."""
    return code(
        "ranking.arithmetic.net",
        service=money(known.service),
        complaint=money(known.complaint),
        travel=money(known.travel),
        net=money(known.value - known.travel),
    )


def sentences(*parts: str) -> str:
    """Sentences one after the other, as each language sets them."""
    return ("" if language() == "zh_CN" else " ").join(part for part in parts if part)


def time_span(seconds: float) -> str:
    """Hours and minutes of a span: 21:30."""
    minutes = round(abs(seconds) / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def signed_time(seconds: float) -> str:
    """A difference in hours and minutes: +0:25; no sign before nought."""
    if not round(seconds / 60):
        return "0:00"
    return ("+" if seconds > 0 else "\N{MINUS SIGN}") + time_span(seconds)


def signed_money(minor: int) -> str:
    """A difference in money, in whole units: −31 CNY, −31 元."""
    return f"{formats.signed(minor / formats.FEN, 0)} {formats.money_unit()}"
