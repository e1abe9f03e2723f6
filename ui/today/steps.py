"""The next step in words: headline, reason, the button that does it."""

from collections.abc import Callable
from dataclasses import dataclass

from ui import formats
from ui.i18n import _, code, ngettext
from ui.today.digest import Digest


@dataclass(frozen=True, slots=True)
class StepWords:
    """What the first card says; `act` names the result of the button."""

    headline: str
    why: str
    act: str
    icon: str


def _crews(_digest: Digest) -> StepWords:
    return StepWords(
        _("No crew can drive yet"),
        _("Import the list of crews: who drives together, from where, at which hours."),
        _("Import crews"),
        "crew",
    )


def _plan(digest: Digest) -> StepWords:
    n = digest.tabs.get("ready", 0)
    head = ngettext("{n} person may be visited on {day}", "{n} people may be visited on {day}", n)
    why = _("{worth} of them are worth the trip; {call} others should be called first.")
    return StepWords(
        head.format(n=formats.number(n), day=formats.day(digest.day)),
        why.format(
            worth=formats.number(digest.worth),
            call=formats.number(digest.tabs.get("call_first", 0)),
        ),
        _("Create the plan"),
        "plan",
    )


def _past(digest: Digest) -> StepWords:
    return StepWords(
        _("{day} is over, and had no plan").format(day=formats.day(digest.day)),
        "",
        _("Back to today"),
        "today",
    )


def _rest(digest: Digest) -> StepWords:
    return StepWords(
        _("Nobody may be visited on {day}").format(day=formats.day(digest.day)),
        code(f"rule.{digest.day_rule}") if digest.day_rule else _lists(digest),
        _("Go to {day}").format(day=formats.day(digest.next_day)) if digest.next_day else "",
        "chevron-right",
    )


def _lists(digest: Digest) -> str:
    """Where those stand who may not be visited on a day that is open."""
    n = digest.tabs.get("call_first", 0)
    if n:
        text = ngettext(
            "{n} person should be called first.", "{n} people should be called first.", n
        )
        return text.format(n=formats.number(n))
    return _("The list on the right says who waits, and for what.")


def _check(digest: Digest) -> StepWords:
    n = len(digest.changed)
    head = ngettext(
        "{n} planned stop should not be visited any more",
        "{n} planned stops should not be visited any more",
        n,
    )
    return StepWords(
        head.format(n=n), _("The list on the right says why."), _("Mend the plan"), "plan"
    )


def _empty(digest: Digest) -> StepWords:
    return StepWords(
        _("The plan has no visit"),
        _("Nobody who may be visited is worth a trip on this day; the plan says why, one by one."),
        _("Look at the plan"),
        "plan",
    )


def _print(digest: Digest) -> StepWords:
    n = len(digest.stops)
    head = ngettext("The plan is ready: {n} visit", "The plan is ready: {n} visits", n)
    return StepWords(
        head.format(n=n),
        _("Print the day sheets before the crews leave."),
        _("Print day sheets"),
        "print",
    )


def _record(digest: Digest) -> StepWords:
    n = len(digest.stops) - digest.done
    head = ngettext("{n} visit has no outcome yet", "{n} visits have no outcome yet", n)
    return StepWords(
        head.format(n=n),
        _("Record each visit while it is fresh; the ranking follows at once."),
        _("Record outcomes"),
        "results",
    )


def _tomorrow(digest: Digest) -> StepWords:
    return StepWords(
        _("Every stop has its outcome"),
        _("Points and limits are up to date; the next day can be planned."),
        _("Plan {day}").format(day=formats.day(digest.next_day)),
        "plan",
    )


_WORDS: dict[str, Callable[[Digest], StepWords]] = {
    "crews": _crews,
    "plan": _plan,
    "past": _past,
    "rest": _rest,
    "empty": _empty,
    "check": _check,
    "print": _print,
    "record": _record,
    "tomorrow": _tomorrow,
}


def step_words(step: str, digest: Digest) -> StepWords:
    """The words of a step named by `next_step` (any but "import", which has its own screen)."""
    return _WORDS[step](digest)
