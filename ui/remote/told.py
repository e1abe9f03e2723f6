"""A decision of the lead in one sentence, from the decision itself or as it was recorded."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from planner.actions.remote_decisions import GO, MEANS, OVERNIGHT, WAIT, Decision
from ui import formats
from ui.i18n import N_, _, language, ngettext

MEANS_WORDS = {
    "call": N_("call"),
    "letter": N_("letter"),
    "partner": N_("partner office"),
}


def day_word(day: date | None) -> str:
    """A date with its weekday."""
    return formats.NONE if day is None else f"{formats.day(day)} {formats.weekday(day)}"


def sentences(*told: str) -> str:
    """Sentences one after the other; Chinese has no space between them."""
    return ("" if language() == "zh_CN" else " ").join(one for one in told if one)


def decision_sentence(told: Decision, crew: str = "") -> str:
    """What the lead decided; `crew` is the name of the crew that was chosen, "" = not told."""
    day = day_word(told.day)
    if told.kind == GO:
        if crew:
            return _("The lead decided: go on {day} with {crew}.").format(day=day, crew=crew)
        return _("The lead decided: go on {day}.").format(day=day)
    if told.kind == OVERNIGHT:
        nights = ngettext("{n} night", "{n} nights", told.nights).format(n=told.nights)
        text = (
            _("The lead decided: set out on {day} for {nights} with {crew}.")
            if crew
            else _("The lead decided: set out on {day} for {nights}.")
        )
        return text.format(day=day, nights=nights, crew=crew)
    until = day_word(told.until)
    if told.kind == MEANS:
        way = _(MEANS_WORDS.get(told.means, told.means))
        return _("The lead decided: {way} until {day}, no visit.").format(way=way, day=until)
    if told.kind == WAIT:
        return _("The lead decided: wait until {day}.").format(day=until)
    return _("The lead leaves it to the advice again.")


def recorded(told: Mapping[str, Any]) -> Decision:
    """The decision in the payload of its event."""
    return Decision(
        str(told["decision"]),
        day=date.fromisoformat(told["day"]) if told.get("day") else None,
        nights=int(told.get("nights") or 1),
        until=date.fromisoformat(told["until"]) if told.get("until") else None,
        means=str(told.get("means") or ""),
        reason=str(told.get("reason") or ""),
    )
