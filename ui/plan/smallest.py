"""The smallest change that would bring somebody into the plan, in words with its figures."""

from datetime import date

from planner.actions.smallest import (
    CREW,
    DAY,
    MINUTES,
    NONE,
    POOL,
    SWAP,
    UNLOCK,
    VALUE,
    Smallest,
)
from ui import formats
from ui.i18n import _, ngettext
from ui.plan.book import Book
from ui.plan.words import money, sentences


def _name(book: Book, debtor_id: str) -> str:
    person = book.people.get(debtor_id)
    return formats.mask_name(person.name) if person else formats.NONE


def _crew(book: Book, crew_id: str) -> str:
    return next((c.name for c in book.ranking.crews if c.crew_id == crew_id), formats.NONE)


def change_word(one: Smallest) -> str:
    """The change in two or three words, for a list; "" where there is none."""
    figures = one.figures
    match one.kind:
        case "VALUE":
            return _("{money} short").format(money=money(figures["more_value"]))
        case "MINUTES":
            return _("{minutes} min longer").format(minutes=figures["minutes"])
        case "SWAP":
            return _("in exchange")
        case "CREW":
            return _("another crew")
        case "POOL":
            return _("with neighbours")
        case "UNLOCK":
            return _("put back") if figures.get("by") == "hand" else _("unlock a stop")
        case "DAY":
            return formats.day(date.fromisoformat(figures["day"]))[5:]
    return ""


def change_sentence(book: Book, one: Smallest) -> str:
    """The change in a sentence, and what it does to the money of the plan; "" for NONE."""
    figures = one.figures
    if one.kind in (NONE, ""):
        return ""
    if one.kind == DAY:
        text = _("On {day} a crew can go there.")
        return text.format(day=formats.day(date.fromisoformat(figures["day"])))
    crew = _crew(book, figures["crew"])
    words = {
        VALUE: _("{crew} has time. The visit is worth {value}, {more} too little to pay."),
        MINUTES: _("If {crew} comes home {minutes} min after the end of its day."),
        SWAP: _("If {crew} goes here in place of {stop}."),
        CREW: _("If {crew} goes here and {to} takes over {stop}."),
        POOL: ngettext(
            "If {crew} goes there for {n} neighbour as well: {names}.",
            "If {crew} goes there for {n} neighbours as well: {names}.",
            len(figures.get("people", ())),
        ),
    }  # fmt: skip
    if one.kind == UNLOCK:
        by_hand = figures["by"] == "hand"
        text = (
            _("Was taken out by hand; {crew} has time.")
            if by_hand
            else _("If the stop of {stop} is unlocked, {crew} has time.")
        )
    else:
        text = words[one.kind]
    people = [_name(book, who) for who in figures.get("people", ())]
    told = text.format(
        crew=crew,
        value=money(figures["value"]),
        more=money(figures.get("more_value", 0)),
        minutes=figures.get("minutes", 0),
        stop=_name(book, str(figures.get("stop", ""))),
        to=_crew(book, str(figures.get("to", ""))),
        names=_(", ").join(people[:3]) + (" …" if len(people) > 3 else ""),
        n=len(people),
    )
    return sentences(told, _effect(figures["loss"]))


def _effect(loss: int) -> str:
    """What the plan wins or loses by it."""
    if round(loss / formats.FEN) > 0:
        return _("The plan loses {money}.").format(money=money(loss))
    if round(loss / formats.FEN) < 0:
        return _("The plan gains {money}.").format(money=money(-loss))
    return _("The money of the plan stays the same.")
