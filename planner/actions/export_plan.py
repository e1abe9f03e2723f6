"""What leaves the program with a plan: one way for every format, and every one of them recorded.

Whatever is written or printed is an entry of the workspace (`export`): which format, whether it had
names or amounts, how many persons, a digest of the file, and which user of the system took it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from planner.actions.policy import active_policy
from planner.actions.rank import Ranking, rank
from planner.actions.route_shapes import route_lines
from planner.actions.take_out import note_out, write_out
from planner.clock import Clock
from planner.domain.people import Debtor
from planner.domain.plan import Plan
from planner.domain.work import Mode
from planner.errors import PlannerError
from planner.export.handout import Band, Handout, Person, Sum, make_handout
from planner.export.phone_links import APPS, usual_app
from planner.policy.pack import Rulebook
from planner.policy.workdays import visit_windows
from planner.ranking.explain import explain
from planner.store import settings
from planner.store.crews import load_crews
from planner.store.known import load_debtors
from planner.store.layers import load_layers
from planner.store.store import Store
from planner.words import system_language

FORMS: Final = ("pdf", "html", "xlsx", "ics", "gpx", "kml", "geojson")
PAPER: Final = ("pdf", "xlsx")  # a crew cannot work with a sheet without names
APP_KEY = "phone.app"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of a plan: a form of FORMS, for one crew or all ("").

    `names`: names, addresses, last digits of phones. `amounts`: the second sheet, on paper only.
    `maps`: overview maps, in the PDF only. `app`: one of phone_links.APPS, "" for the setting.
    """

    form: str
    names: bool = False
    amounts: bool = False
    maps: bool = True
    crew_id: str = ""
    app: str = ""

    @property
    def named(self) -> bool:
        """Whether what comes out says who is visited."""
        return self.names or self.form in PAPER

    @property
    def told(self) -> str:
        """What the record says: plan.gpx, plan.gpx+names, plan.pdf+names+amounts."""
        amounts = self.amounts and self.form in PAPER
        return f"plan.{self.form}" + "+names" * self.named + "+amounts" * amounts


def phone_app(store: Store) -> str:
    """The map app for which links and codes are made in this workspace."""
    with store.read() as conn:
        chosen = str(settings.get(conn, APP_KEY, ""))
    return chosen if chosen in APPS else usual_app(store.zone)


def set_phone_app(store: Store, app: str) -> None:
    """Make links for this app from now on; PlannerError("export.no_app") for an unknown one."""
    if app not in APPS:
        raise PlannerError("export.no_app", app=app)
    with store.write() as tx:
        settings.put(tx, APP_KEY, app)


def export_plan(
    store: Store,
    plan: Plan,
    out: Path,
    wish: Wish,
    *,
    clock: Clock,
    by: str = "",
    language: str | None = None,
    ranking: Ranking | None = None,
) -> Path:
    """Write the file `out` whole or not at all, and record it before it gets its name.

    `ranking` of the plan's day spares the work of ranking again.
    PlannerError: "export.empty_plan", "map.bad_layer", "file.unwritable".
    """
    body = plan_bytes(store, plan, wish, language=language, ranking=ranking)

    def note() -> None:
        note_export(store, plan, wish, body, clock=clock, by=by)

    return write_out(out, body, note, private=wish.named)


def note_export(
    store: Store, plan: Plan, wish: Wish, body: bytes, *, clock: Clock, by: str = ""
) -> None:
    """Record that somebody took this out of the program, as a file or on paper."""
    routes = [route for route in plan.routes if wish.crew_id in ("", route.crew_id)]
    told = {
        "what": wish.told, "by": by, "persons": sum(len(route.stops) for route in routes),
        "cases": sum(len(stop.case_ids) for route in routes for stop in route.stops),
        "plan": plan.plan_id,
    }  # fmt: skip
    note_out(store, told, body, clock=clock)


def plan_bytes(
    store: Store,
    plan: Plan,
    wish: Wish,
    *,
    language: str | None = None,
    ranking: Ranking | None = None,
) -> bytes:
    """The content of the file, not recorded: for a look at it before it is taken.

    PlannerError: "export.empty_plan" when nobody is visited, "map.bad_layer".
    """
    told = _handout(store, plan, wish, language or system_language(), ranking)
    if not told.visits:
        raise PlannerError("export.empty_plan", day=plan.day.isoformat())
    layers = []
    if wish.form in ("pdf", "html"):
        with store.read() as conn:
            layers = list(load_layers(conn).items())
    match wish.form:  # each format loads its library only when it is asked for
        case "pdf":
            from planner.export.day_sheet import day_sheets

            return day_sheets(told, layers if wish.maps else None, amounts=wish.amounts)
        case "html":
            from planner.export.map_html import map_html

            return map_html(told, layers).encode()
        case "xlsx":
            from planner.export.day_table import day_table

            return day_table(told, amounts=wish.amounts)
        case "ics":
            from planner.export.calendar import ics

            return ics(told)
        case _:
            from planner.export import tracks

            return {"gpx": tracks.gpx, "kml": tracks.kml, "geojson": tracks.geojson}[wish.form](
                told
            )


def _handout(
    store: Store, plan: Plan, wish: Wish, language: str, ranking: Ranking | None
) -> Handout:
    policy = active_policy(store)
    zone = ZoneInfo(store.zone)
    hours = tuple(
        (datetime.fromtimestamp(a, zone).time(), datetime.fromtimestamp(b, zone).time())
        for a, b in visit_windows(policy, plan.day, store.zone)
    )
    if wish.crew_id:
        plan = replace(plan, routes=tuple(r for r in plan.routes if r.crew_id == wish.crew_id))
    with store.read() as conn:
        modes = {crew.crew_id: crew.work.mode for crew in load_crews(conn)}
    people = _people(store, plan, policy, wish, ranking) if wish.named else {}
    return make_handout(
        plan, people, language=language, zone=store.zone, app=wish.app or phone_app(store),
        ways=route_lines(store, plan), hours=hours,
        on_foot=[crew_id for crew_id, mode in modes.items() if mode is Mode.FOOT],
    )  # fmt: skip


def _people(
    store: Store, plan: Plan, policy: Rulebook, wish: Wish, ranking: Ranking | None
) -> dict[str, Person]:
    places = {stop.debtor_id: stop.address_id for route in plan.routes for stop in route.stops}
    with store.read() as conn:
        known = load_debtors(conn, list(places))
    bands = _bands(ranking or rank(store, plan.day), set(known)) if wish.form == "pdf" else {}
    return {
        who: _person(debtor, places[who], plan, policy, bands.get(who, ()), wish.amounts)
        for who, debtor in known.items()
    }


def _person(
    debtor: Debtor,
    address_id: str,
    plan: Plan,
    policy: Rulebook,
    bands: tuple[Band, ...],
    amounts: bool,
) -> Person:
    place = next((a.text for a in debtor.addresses if a.address_id == address_id), "")
    cases = [case for case in debtor.cases if case.status == "open"]
    days = max((case.days_past_due(plan.day) for case in cases), default=0)
    sums = (
        Sum(case.lender, case.contract_no, case.amount_overdue, case.days_past_due(plan.day))
        for case in (cases if amounts else ())
    )
    return Person(
        debtor.name,
        place,
        debtor.phones[0][-4:] if debtor.phones else "",
        [stage.name for stage in policy.stages if stage.from_days <= days][-1],
        bands,
        tuple(sums),
    )


def _bands(ranking: Ranking, wanted: set[str]) -> dict[str, tuple[Band, ...]]:
    """The chance to meet each person by part of that day, the same as the window shows."""
    rows = {who: i for i, who in enumerate(ranking.table.debtor_ids) if who in wanted}
    weekend = ranking.scores.basis.meeting.weekend
    return {
        who: tuple(
            Band(hour.start, hour.stop, hour.chance, hour.permitted)
            for hour in explain(ranking.scores, ranking.table, i).strip
            if hour.weekend == weekend
        )
        for who, i in rows.items()
    }
