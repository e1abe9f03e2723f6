"""Reviews and differences of routes in sentences."""

from collections.abc import Iterable, Mapping

from planner.actions.difference import Difference
from planner.actions.take_over import TakeOver
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


def taken_lines(taken: TakeOver, names: Mapping[str, str]) -> list[str]:
    """What taking a submitted route over changes here, each thing a line; its faults apart."""
    lines = []
    if taken.base is None:
        lines.append(_("There is no plan of this day here; in the new one nobody else goes out."))
    lines += change_lines(taken.difference, names)
    if taken.longer:
        text = (
            _("The shift ends {time} later than here.")
            if taken.longer > 0
            else _("The shift ends {time} earlier than here.")
        )
        lines.append(text.format(time=formats.duration(abs(taken.longer))))
    if taken.kept:
        n = len(taken.kept)
        text = ngettext(
            "{n} visit stays that the laptop does not decide about: {names}",
            "{n} visits stay that the laptop does not decide about: {names}", n,
        )  # fmt: skip
        lines.append(text.format(n=n, names=named(taken.kept, names)))
    if taken.again:
        n = len(taken.again)
        text = ngettext(
            "{n} visit that you had taken out comes in again: {names}",
            "{n} visits that you had taken out come in again: {names}", n,
        )  # fmt: skip
        lines.append(text.format(n=n, names=named(taken.again, names)))
    return lines


def change_lines(change: Difference, names: Mapping[str, str]) -> list[str]:
    """What lies between two plans, each difference a line."""
    if change.nothing:
        return [_("The same visits at the same times.")]
    lines = []
    if change.added:
        n = len(change.added)
        text = ngettext("{n} visit more: {names}", "{n} visits more: {names}", n)
        lines.append(text.format(n=n, names=named(change.added, names)))
    if change.removed:
        n = len(change.removed)
        text = ngettext("{n} visit less: {names}", "{n} visits less: {names}", n)
        lines.append(text.format(n=n, names=named(change.removed, names)))
    if change.retimed:
        n = len(change.retimed)
        text = ngettext("{n} visit at another time", "{n} visits at another time", n)
        lines.append(text.format(n=n))
    before, after = change.before, change.after
    lines.append(
        _("All crews: way {km_before} → {km_after}, time out {before} → {after}").format(
            km_before=formats.distance(before.metres), km_after=formats.distance(after.metres),
            before=formats.duration(before.working), after=formats.duration(after.working),
        )
    )  # fmt: skip
    return lines


def named(who: Iterable[str], names: Mapping[str, str]) -> str:
    """Persons (debtor ids) by name, the first few of them."""
    all_ = [formats.mask_name(names[one]) if one in names else formats.NONE for one in who]
    more = len(all_) - _NAMED
    return _(", ").join(all_[:_NAMED]) + (f" +{more}" if more > 0 else "")
