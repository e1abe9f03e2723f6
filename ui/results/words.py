"""Words of the results page: consequences, states of stops."""

from datetime import date
from zoneinfo import ZoneInfo

from planner.actions.record import Consequence
from planner.policy.check import Answer
from ui import formats
from ui.cases.columns import short_moment
from ui.i18n import N_, _, code
from ui.outcomes import outcome_tone, outcome_words
from ui.results.round import StopLine

# Short forms of the rules that follow from an outcome; the full sentence is the tooltip.
_WHY = {
    "cn.house.cooldown.met": N_("pause after a meeting"),
    "cn.house.cooldown.nobody": N_("pause, then another time of day"),
    "cn.house.visits.day": N_("one visit a day"),
    "cn.house.visits.period": N_("enough visits for now"),
    "gate.live_promise": N_("the promise is running"),
    "gate.plan": N_("the plan is running"),
    "cn.law.plan.card": N_("the plan is running"),
    "cn.house.pace": N_("enough visits for now"),
    "gate.unsafe": N_("until the place is judged safe"),
    "gate.sensitive": N_("the lead looks at it first"),
    "gate.vulnerable": N_("help by phone instead"),
    "gate.lead": N_("the lead decides"),
    "gate.cease": N_("no further contact"),
    "gate.represented": N_("contact the representative"),
    "gate.dispute": N_("until the amount is clear"),
    "gate.complaint": N_("the complaint comes first"),
    "gate.hardship_met": N_("assistance instead of visits"),
    "gate.address_unusable": N_("goes to address check"),
    "gate.call_first": N_("call first"),
}


def why_words(rule: str | None) -> str:
    """Why no further visit may be made, in a few words."""
    if rule is None:
        return ""
    return _(_WHY[rule]) if rule in _WHY else code(f"rule.{rule}").rstrip("。.")


def consequence_words(after: Consequence, zone: str, day: date, *, exact: bool = True) -> str:
    """ "No visit until 12-08 10:47: pause after a meeting".

    Without `exact` the time is left out where the day is more than two days ahead.
    """
    if after.rule is None:
        return _("A further visit stays permitted")
    why = why_words(after.rule)
    if after.until is None:
        return _("No further visit: {why}").format(why=why)
    when = short_moment(after.until, zone, day)
    local = after.until.astimezone(ZoneInfo(zone)).date()
    if not exact and (local - day).days > 2:
        when = when.split(" ")[0]
    # A day and its time stay on one line.
    when = when.replace(" ", "\N{NO-BREAK SPACE}")
    return _("No visit until {when}: {why}").format(when=when, why=why)


def consequence_tip(after: Consequence, zone: str) -> str:
    """The rule's own sentence and the whole date."""
    if after.rule is None:
        return ""
    text = code(f"rule.{after.rule}")
    if after.until is not None:
        moment = formats.moment(after.until, zone)
        text += "\n" + _("Next permitted: {moment}").format(moment=moment)
    return text


def state_words(line: StopLine, saving: dict[str, tuple[str, str]]) -> str:
    """The outcome of a stop, or "open"."""
    if line.visited is not None:
        return outcome_words(line.visited.code, line.visited.result)
    if line.debtor_id in saving:
        return outcome_words(*saving[line.debtor_id])
    return _("open") if line.number else _("not in the plan")


def state_tone(line: StopLine, saving: dict[str, tuple[str, str]]) -> str:
    """Recorded stops in the tone of their outcome."""
    if line.visited is not None:
        return outcome_tone(line.visited.code)
    return outcome_tone(saving[line.debtor_id][0]) if line.debtor_id in saving else "neutral"


def state_icon(line: StopLine, saving: dict[str, tuple[str, str]]) -> str:
    """A tick for recorded stops."""
    return "check" if line.visited is not None or line.debtor_id in saving else "clock"


def notice_words(line: StopLine, answer: Answer | None, zone: str) -> tuple[str, str, str]:
    """(text, tone, button) above the tiles: recorded already, or a visit outside the rules."""
    if line.visited is not None:
        text = _("Recorded at {time}: {what}. Saving again counts as a further visit.")
        time = formats.clock_time(line.visited.at, zone)
        said = text.format(time=time, what=state_words(line, {}))
        return said, "neutral", _("Undo this record")
    if answer is not None and not answer.allowed:
        text = _("The rules do not permit a visit at this time: {why}. It is kept and flagged.")
        return text.format(why=why_words(answer.rule)), "warn", ""
    return "", "neutral", ""
