"""Remote areas in words: decisions, what is lacking, the arithmetic of a trip."""

from datetime import date

from planner.routing.remote_trip import RemoteRules
from ui import formats
from ui.i18n import N_, _, ngettext
from ui.remote.area import GO, MEANS, OUT_OF_REACH, OVERNIGHT, WAIT, Area, RemoteBook, Short, Sums
from ui.remote.told import day_word, decision_sentence, sentences

STATES = (GO, OVERNIGHT, WAIT, MEANS, OUT_OF_REACH)
ICONS = {GO: "check", OVERNIGHT: "moon", WAIT: "clock", MEANS: "phone", OUT_OF_REACH: "stop"}
TONES = {GO: "accent", OVERNIGHT: "accent", WAIT: "neutral", MEANS: "neutral", OUT_OF_REACH: "stop"}
SHORT = {
    GO: N_("Go"),
    OVERNIGHT: N_("Overnight"),
    WAIT: N_("Wait"),
    MEANS: N_("Other means"),
    OUT_OF_REACH: N_("Out of reach"),
}
MEANS_SHORT = {"call": N_("call"), "letter": N_("letter"), "partner": N_("partner")}
_TOWNS = 2  # townships that name an area
NAMED = 6  # persons named in a message; more would be no message


def short_day(day: date | None) -> str:
    """Month and day: enough in a list of the coming weeks."""
    return formats.NONE if day is None else day.strftime("%m-%d")


def name_word(area: Area) -> str:
    """The area's name: its townships, the first two and how many more."""
    names = _(", ").join(area.places[:_TOWNS])
    more = len(area.places) - _TOWNS
    return f"{names} +{more}" if more > 0 else names or formats.NONE


def advice_word(area: Area) -> str:
    """What the program advises."""
    if area.advice == WAIT and area.until is not None:
        return _("Wait until {day}").format(day=short_day(area.until))
    if area.advice == GO and area.due:
        return _("Go now: waited long")
    return _(SHORT[area.advice])


def decided_word(area: Area) -> str:
    """What the lead decided, "" while nothing is."""
    if area.decided is None:
        return ""
    told = area.decided.decision
    if told.kind == GO:
        return _("Lead: go {day}").format(day=short_day(told.day))
    if told.kind == OVERNIGHT:
        return _("Lead: overnight {day}").format(day=short_day(told.day))
    if told.kind == WAIT:
        return _("Lead: wait till {day}").format(day=short_day(told.until))
    way = _(MEANS_SHORT.get(told.means, told.means))
    return _("Lead: {way} till {day}").format(way=way, day=short_day(told.until))


def state_word(area: Area) -> str:
    """The chip of the list: the lead's decision, else the advice."""
    return decided_word(area) or advice_word(area)


def state_tone(area: Area) -> str:
    """A decision against the advice stands out."""
    return "warn" if area.differs and area.advice != MEANS else TONES[area.state]


def state_tip(area: Area) -> str:
    """Everything about the decision of one area."""
    if area.advice == MEANS:
        return decided_sentence(area, ())
    lines = [_("Advice: {advice}").format(advice=advice_word(area))]
    if area.decided is not None:
        lines.insert(0, decided_sentence(area, ()))
    return "\n".join(lines)


def break_even(area: Area) -> str:
    """What is lacking until the trip pays, or that it does."""
    best = area.best
    if area.advice == MEANS:
        return _("no trip meanwhile")
    if best is None:
        return _("No day is long enough to get there and back.")
    if not area.lacking and best.net <= 0:
        return _("costs {money} more than it brings, but people have waited long").format(
            money=formats.money_whole(-best.net)
        )
    if not area.lacking:
        return _("pays: {money} left").format(money=formats.money_whole(best.net))
    money = formats.money_whole(area.lacking)
    if not area.lacking_cases:
        return _("pays with {money} more").format(money=money)
    return ngettext(
        "pays with {n} more case of the present average, or {money} more",
        "pays with {n} more cases of the present average, or {money} more",
        area.lacking_cases,
    ).format(n=area.lacking_cases, money=money)


def break_even_short(area: Area) -> str:
    """The same for a narrow column."""
    best = area.best
    if best is not None and not area.lacking and best.net <= 0:
        return _("{money} short, waited long").format(money=formats.money_whole(-best.net))
    if best is not None and not area.lacking:
        return _("pays")
    if best is None or not area.lacking_cases:
        return break_even(area)
    return ngettext(
        "{n} more case, or {money}",
        "{n} more cases, or {money}",
        area.lacking_cases,
    ).format(n=area.lacking_cases, money=formats.money_whole(area.lacking))


def waits(area: Area) -> str:
    """The longest wait and whose."""
    if area.advice == MEANS:
        return formats.NONE
    days = ngettext("{n} day", "{n} days", area.longest_wait).format(n=area.longest_wait)
    return _("{days}, {name}").format(days=days, name=area.longest)


def trip_head(trip: Sums, crew: str) -> str:
    """How a trip is made."""
    if trip.nights:
        return ngettext(
            "{crew} for {days} days with {n} night out",
            "{crew} for {days} days with {n} nights out",
            trip.nights,
        ).format(crew=crew, days=trip.days, n=trip.nights)
    return ngettext("{crew}, {n} day", "{crew}, {n} days, home each night", trip.days).format(
        crew=crew, n=trip.days
    )


def trip_lines(trip: Sums) -> list[tuple[str, str]]:
    """The arithmetic of a trip, line by line: words and amount."""
    money = formats.money_whole
    visits = ngettext("{n} visit brings", "{n} visits bring", trip.visits).format(n=trip.visits)
    lines = [(visits, money(trip.value))]
    if trip.waiting:
        lines.append((_("what long waits add"), money(trip.waiting)))
    km, hours = formats.distance(trip.metres), formats.duration(trip.driving)
    lines.append((_("fuel and wear, {km}").format(km=km), minus(trip.fuel)))
    lines.append((_("wage on the way, {hours}").format(hours=hours), minus(trip.wage)))
    if trip.allowance:
        days = ngettext("{n} day", "{n} days", trip.days).format(n=trip.days)
        lines.append((_("allowance, {days}").format(days=days), minus(trip.allowance)))
    if trip.nights:
        nights = ngettext("{n} night", "{n} nights", trip.nights).format(n=trip.nights)
        lines.append((_("lodging, {nights}").format(nights=nights), minus(trip.lodging)))
    return lines


def minus(minor: int) -> str:
    """An amount that is taken off."""
    return f"\N{MINUS SIGN}{formats.money_whole(minor)}" if minor else formats.money_whole(0)


def no_trip(rules: RemoteRules, *, nights: bool) -> str:
    """Why a way to go is not offered."""
    if not nights:
        return _("No day is long enough to get there and back.")
    if rules.most_nights <= 0:
        return _("Nights out are switched off in the settings.")
    return _("Nights out are offered where home is at least {hours} away.").format(
        hours=formats.duration(rules.drive_home)
    )


def advice_sentence(area: Area, rules: RemoteRules) -> str:
    """Why the program advises what it does."""
    best = area.best
    if area.advice == MEANS:
        return _("Nobody of these is planned while other means serve them.")
    if best is None:
        return _("The crew could not be there and back in a working day, nor with nights out.")
    if area.advice == WAIT:
        text = _("A trip now would lose {money}: it {even}.").format(
            money=formats.money_whole(area.lacking), even=break_even(area)
        )
        if area.until is not None:
            later = _("By waiting alone it pays from {day} on.").format(day=day_word(area.until))
            text = sentences(text, later)
        return text
    if best.net <= 0:
        return _(
            "The trip costs {money} more than it brings, but the longest wait nears {n} days."
        ).format(money=formats.money_whole(-best.net), n=rules.most_wait)
    other = area.overnight if best is area.day_trip else area.day_trip
    if other is None:
        return _("The trip pays.")
    return _("The trip pays, and leaves {money} more than the other way.").format(
        money=formats.money_whole(best.net - other.net)
    )


def decided_sentence(area: Area, crews: tuple[tuple[str, str], ...]) -> str:
    """What the lead decided and why, in full; `crews` are (id, name)."""
    if area.decided is None:
        return ""
    told = area.decided.decision
    return sentences(decision_sentence(told, dict(crews).get(told.crew_id, "")), told.reason)


def shortfall_sentence(short: Short, rules: RemoteRules) -> str:
    """Who will have waited too long, by when, and what the crews lack."""
    names = list(short.people[:NAMED])
    if len(short.people) > NAMED:
        names.append("…")
    lack = round(short.seconds / 3600, 1)
    hours = formats.number(lack, 0 if lack >= 10 or lack.is_integer() else 1)
    return ngettext(
        "{n} person will have waited longer than {days} days by {day}; the crews lack {hours}"
        " hours: {names}",
        "{n} people will have waited longer than {days} days by {day}; the crews lack {hours}"
        " hours: {names}",
        len(short.people),
    ).format(
        n=len(short.people),
        days=rules.most_wait,
        day=day_word(short.day),
        hours=hours,
        names=_(", ").join(names),
    )


def total_sentence(book: RemoteBook) -> str:
    """What all trips that are to be made bring and cost."""
    going = [(row, row.best) for row in book.rows if row.state in (GO, OVERNIGHT)]
    trips = [trip for _row, trip in going if trip is not None]
    areas = _("Go to {n} of {all} areas").format(n=len(trips), all=len(book.rows))
    count = sum(trip.visits for trip in trips)
    visits = ngettext("{n} visit", "{n} visits", count).format(n=count)
    money, left = formats.money_whole, sum(trip.net for trip in trips)
    return " · ".join(
        [
            areas,
            visits,
            _("bring {money}").format(money=money(sum(trip.value for trip in trips))),
            _("cost {money}").format(money=money(sum(trip.cost for trip in trips))),
            (_("short {money}") if left < 0 else _("left {money}")).format(money=money(abs(left))),
        ]
    )
