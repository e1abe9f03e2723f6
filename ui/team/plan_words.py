"""Reviews and differences of routes in sentences."""

from collections.abc import Mapping

from planner.actions.difference import Difference
from planner.store.team import PlanReview
from ui import formats
from ui.i18n import _, ngettext
from ui.team import words

_NAMED = 5  # names in one line


def review_line(one: PlanReview, zone: str) -> str:
    """When, what was decided, by whom, and the comment below."""
    head = f"{formats.moment(one.at, zone)}  {words.state_word(one.decision)}"
    if one.by:
        head += _(", by {name}").format(name=one.by)
    return f"{head}\n“{one.comment}”" if one.comment else head


def change_lines(change: Difference | None, names: Mapping[str, str], zone: str) -> list[str]:
    """What a route differs by, each difference a line."""
    if change is None:
        return []
    if change.nothing:
        return [_("The same visits at the same times.")]
    lines = []
    if change.added:
        n = len(change.added)
        text = ngettext("{n} visit more: {names}", "{n} visits more: {names}", n)
        lines.append(text.format(n=n, names=_named(change.added, names)))
    if change.removed:
        n = len(change.removed)
        text = ngettext("{n} visit less: {names}", "{n} visits less: {names}", n)
        lines.append(text.format(n=n, names=_named(change.removed, names)))
    if change.retimed:
        n = len(change.retimed)
        text = ngettext("{n} visit at another time", "{n} visits at another time", n)
        lines.append(text.format(n=n))
    before, after = change.before, change.after
    lines.append(
        _("way {km_before} → {km_after}, time out {before} → {after}").format(
            km_before=formats.distance(before.metres), km_after=formats.distance(after.metres),
            before=formats.duration(before.working), after=formats.duration(after.working),
        )
    )  # fmt: skip
    return lines


def _named(who: tuple[str, ...], names: Mapping[str, str]) -> str:
    shown = [formats.mask_name(names[one]) if one in names else formats.NONE
             for one in who[:_NAMED]]  # fmt: skip
    more = len(who) - _NAMED
    return _(", ").join(shown) + (f" +{more}" if more > 0 else "")
