"""What of the way to an area falls on each of its persons, by the travel ledger."""

from collections.abc import Mapping

from planner.actions.ledger import Parts, bundle_ledger, total
from planner.actions.remote import Areas
from planner.store.store import Store
from ui import formats
from ui.i18n import _

Ways = Mapping[str, Parts]


def load_ways(store: Store, areas: Areas, index: int, key: str) -> tuple[str, Ways]:
    """(key, what falls on each person) of the better trip to a bundle; runs off the GUI thread."""
    parts: dict[str, list[Parts]] = {}
    for trip in bundle_ledger(store, areas, index):
        for share in trip.shares:
            parts.setdefault(share.debtor_id, []).append(share.parts)
    return key, {who: total(own) for who, own in parts.items()}


def way_text(parts: Parts | None) -> str:
    """The kilometres that fall on a person, in a column."""
    return formats.NONE if parts is None else formats.number(parts.metres / 1000)


def way_tip(parts: Parts | None) -> str:
    """All that falls on a person, line by line."""
    if parts is None:
        return ""
    money = formats.money_whole
    lines = [
        (_("way"), formats.distance(parts.metres)),
        (_("at the wheel"), formats.duration(parts.driving)),
        (_("fuel and wear"), money(parts.fuel)),
        (_("toll"), money(parts.toll)),
        (_("allowance"), money(parts.allowance)),
        (_("lodging"), money(parts.lodging)),
        (_("wage, with the time at the door"), money(parts.wage)),
        (_("the crew's price of a day"), money(parts.fixed)),
    ]
    shown = [f"{word}: {amount}" for word, amount in lines if amount not in _nothing()]
    return "\n".join([*shown, _("in all: {money}").format(money=money(parts.money))])


def _nothing() -> tuple[str, ...]:
    return formats.money_whole(0), formats.duration(0)
