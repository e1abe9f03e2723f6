"""Why no plan can be made for a day, and what may be done about it."""

from dataclasses import dataclass
from datetime import date

from ui import formats
from ui.i18n import _, code
from ui.plan.book import Book


@dataclass(frozen=True, slots=True)
class Blocked:
    """`why` in words; `act` names the button that helps, "" when none does. Both are functions'
    results of the moment: ask anew after the language has changed."""

    why: str
    act: str = ""
    icon: str = ""


def blocked(book: Book, today: date) -> Blocked | None:
    """What stands in the way of a plan for the book's day; None when nothing does."""
    if not book.rows:
        return Blocked(_("There are no cases to plan yet."), _("Import files"), "imports")
    if not book.ranking.crews:
        why = _("No crew can drive yet: the list of crews is missing.")
        return Blocked(why, _("Import crews"), "crew")
    if book.day < today:
        return Blocked(_("{day} is over: it cannot be planned.").format(day=formats.day(book.day)))
    if book.day_rule:
        return Blocked(code(f"rule.{book.day_rule}"))
    if not book.counts()["ready"]:
        return Blocked(_("Nobody may be visited on this day."))
    return None
