"""Verbs about places: who has no position to be trusted, finding a name, fixing a position."""

from pathlib import Path
from typing import Any

import click

from planner.actions.places_desk import (
    HERE,
    PIN,
    Spot,
    offers,
    place,
    place_sure,
    spot_of,
    to_check,
)
from planner.actions.places_lists import bring_list, drop_list, gazetteer_of, place_lists
from planner.cli_json import fault_json, table
from planner.cli_tools import (
    WORDS,
    open_workspace,
    refusing,
    say,
    words_option,
    workspace_option,
)
from planner.clock import system_clock
from planner.domain.codes import Grade
from planner.domain.datum import DATUMS, WGS84
from planner.errors import PlannerError
from planner.geo.gazetteer_find import Candidate, find_places
from planner.geo.pasted import pasted_position
from planner.store.people import load_debtor
from planner.store.store import Store
from planner.store.unplaced import Unplaced
from planner.words import sentence

_DATUM = click.Choice(DATUMS)
_GRADES = ("door", "street", "village", "township", "county")
_WHO = words_option("--by", required=True, help="Who says so.")


@click.group("places")
def places() -> None:
    """Positions: whom no visit would find, names of places, fixing a position."""


@places.command("list")
@workspace_option
@refusing
def list_command(workspace: Path, as_json: bool) -> None:
    """Persons with an open case without a position that can be trusted, and the best offer."""
    with open_workspace(workspace) as store:
        found = [_waiting_json(store, one) for one in to_check(store)]
    say({"waiting": found, "source": sentence("cli.places.source")}, as_json, _waiting_text)


@places.command("find")
@click.argument("text", type=WORDS)
@workspace_option
@refusing
def find_command(text: str, workspace: Path, as_json: bool) -> None:
    """Places by name, pinyin or address, e.g. "anping xinhe"."""
    with open_workspace(workspace) as store:
        found = [_offer_json(one) for one in find_places(gazetteer_of(store), text)]
    say({"places": found, "source": sentence("cli.places.source")}, as_json, _offers_text)


@places.command("set")
@click.argument("debtor")
@click.argument("position", required=False, default="")
@click.option("--address", "address_id", default="", help="Where the person has several.")
@click.option("--datum", type=_DATUM, default=WGS84, show_default=True, help="Of bare figures.")
@click.option("--grade", type=click.Choice(_GRADES), default="door", show_default=True)
@click.option("--here", is_flag=True, help="The position of who stands at the door.")
@click.option("--offer", type=click.IntRange(1, 5), help="Take this offer of `places list`.")
@_WHO
@workspace_option
@refusing
def set_command(
    debtor: str, position: str, address_id: str, datum: str, grade: str, here: bool,
    offer: int | None, by: str, workspace: Path, as_json: bool,
) -> None:  # fmt: skip
    """Fix the position of DEBTOR: figures "31.23,121.47", a geo: link, the link a map app shares,
    or an offer. What is typed is confirmed: no import moves it any more."""
    if bool(position) == (offer is not None):
        raise click.UsageError("give a position or --offer")
    with open_workspace(workspace) as store:
        address_id = _address(store, debtor, address_id)
        if offer is not None:
            spot = _offered(store, debtor, address_id, offer)
        else:
            told = pasted_position(position, datum)
            exact = Grade[grade.upper()]
            spot = Spot(told.lat, told.lon, exact, HERE if here else PIN, True, told.datum)
        batch = place(store, debtor, address_id, spot, by=by, clock=system_clock)
    data = {
        "debtor": debtor, "address": address_id, "lat": spot.lat, "lon": spot.lon,
        "grade": spot.grade.name, "source": spot.source, "confirmed": spot.confirmed,
        "batch": batch.hex(),
    }  # fmt: skip
    say(data, as_json, lambda d: sentence("cli.places.set", **(d | {"grade": _grade(d["grade"])})))


@places.command("sure")
@_WHO
@workspace_option
@refusing
def sure_command(by: str, workspace: Path, as_json: bool) -> None:
    """Place everybody whose address leaves one village or township only; one step to undo."""
    with open_workspace(workspace) as store:
        count, batch = place_sure(store, by=by, clock=system_clock)
    data = {"count": count, "batch": batch.hex() if batch else None}
    words = "cli.places.sure" if count else "cli.places.sure_none"
    say(data, as_json, lambda d: sentence(words, **d))


@places.command("add")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--datum", type=_DATUM, default=None, help="Whatever the file says itself.")
@workspace_option
@refusing
def add_command(file: Path, datum: str | None, workspace: Path, as_json: bool) -> None:
    """Bring a list of places in (CSV or XLSX: name, latitude, longitude, ...)."""
    with open_workspace(workspace) as store:
        brought = bring_list(store, file, datum=datum or "")
    data = {
        "name": brought.name, "count": brought.places,
        "faults": [fault_json(fault) for fault in brought.faults],
    }  # fmt: skip

    def text(found: dict[str, Any]) -> str:
        first = sentence("cli.places.brought", **found, faulty=len(found["faults"]))
        told = [f"{one['row']} {one['column']}: {one['message']}" for one in found["faults"]]
        return "\n".join([first, *told])

    say(data, as_json, text)


@places.command("lists")
@workspace_option
@refusing
def lists_command(workspace: Path, as_json: bool) -> None:
    """The lists of places of this workspace."""
    with open_workspace(workspace) as store:
        found = [{"name": one.name, "count": one.places} for one in place_lists(store)]
    head = [sentence("cli.places.head.list"), sentence("cli.places.head.count")]
    say({"lists": found, "source": sentence("cli.places.source")}, as_json, lambda d: "\n".join([
        table(head, [[one["name"], str(one["count"])] for one in d["lists"]]), d["source"],
    ]))  # fmt: skip


@places.command("drop")
@click.argument("name")
@workspace_option
@refusing
def drop_command(name: str, workspace: Path, as_json: bool) -> None:
    """Remove a list of places; positions taken from it stay."""
    with open_workspace(workspace) as store:
        drop_list(store, name)
    say({"name": name}, as_json, lambda d: sentence("cli.places.dropped", **d))


def _address(store: Store, debtor: str, given: str) -> str:
    """The address that is meant: the given one, else the one to check, else the only one."""
    if given:
        return given
    waiting = [one.address_id for one in to_check(store, ids=[debtor]) if one.address_id]
    with store.read() as conn:
        valid = [one.address_id for one in load_debtor(conn, debtor).addresses if one.valid]
    if not valid:
        raise PlannerError("places.no_address")
    if not waiting and len(valid) > 1:
        raise PlannerError("places.several_addresses", known=", ".join(valid))
    return (waiting or valid)[0]


def _offered(store: Store, debtor: str, address_id: str, number: int) -> Spot:
    for one in to_check(store, ids=[debtor]):
        found = offers(store, one)
        if one.address_id == address_id and number <= len(found):
            return spot_of(found[number - 1])
    raise PlannerError("places.no_position")


def _waiting_json(store: Store, one: Unplaced) -> dict[str, Any]:
    return {
        "debtor": one.debtor_id, "address": one.address_id, "text": one.text,
        "county": one.county, "township": one.township, "grade": one.grade.name,
        "lat": one.lat, "lon": one.lon, "amount": one.amount,
        "offers": [_offer_json(offer) for offer in offers(store, one)] if one.address_id else [],
    }  # fmt: skip


def _offer_json(one: Candidate) -> dict[str, Any]:
    place = one.place
    return {
        "name": place.title, "english": place.english, "kind": place.kind, "lat": place.lat,
        "lon": place.lon, "grade": one.grade.name, "sure": one.sure, "near": one.near,
        "province": place.province, "source": place.source,
    }  # fmt: skip


def _grade(name: str) -> str:
    return sentence(f"grade.{name}")


def _heads(*names: str) -> list[str]:
    return [sentence(f"cli.places.head.{name}") for name in names]


def _waiting_text(data: dict[str, Any]) -> str:
    rows = data["waiting"]
    if not rows:
        return sentence("cli.places.none_waiting")
    lines = [
        [one["debtor"], _grade(one["grade"]), one["county"] + one["township"],
         "; ".join(f"{k} {offer['name']} ({_grade(offer['grade'])})"
                   for k, offer in enumerate(one["offers"], 1))]
        for one in rows
    ]  # fmt: skip
    without = sum(one["lat"] is None for one in rows)
    told = sentence("cli.places.waiting", count=len(rows), without=without)
    return "\n".join([table(_heads("person", "grade", "address", "place"), lines), told,
                      data["source"]])  # fmt: skip


def _offers_text(data: dict[str, Any]) -> str:
    if not data["places"]:
        return sentence("cli.places.nothing_found")
    lines = [
        [one["name"], _grade(one["grade"]), f"{one['lat']:.5f}, {one['lon']:.5f}",
         " ".join(filter(None, (one["province"], one["near"])))]
        for one in data["places"]
    ]  # fmt: skip
    return "\n".join([table(_heads("place", "grade", "position", "near"), lines), data["source"]])
