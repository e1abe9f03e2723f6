"""The rules in force in this workspace: the shipped packs with what the house decided itself."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from planner.actions.roles import need_lead
from planner.domain.facts import FactTable
from planner.errors import PlannerError
from planner.policy.house import HousePreview, preview_house
from planner.policy.judge_many import Verdicts
from planner.policy.own import DAYS, OPTIONS, OVERRIDES, YEARS, policies_of
from planner.policy.pack import Policies
from planner.policy.reader import Edits
from planner.policy.stale import Age, stale
from planner.store import settings
from planner.store.overview import load_counts
from planner.store.store import Store


def active_policy(store: Store) -> Policies:
    """The rules by which everything in this workspace is judged.

    Raises PlannerError("policy.…") when the workspace's own values do not fit the packs any more.
    """
    with store.read() as conn:
        own = {key: settings.get(conn, key) for key in (OVERRIDES, OPTIONS, YEARS, DAYS)}
    return policies_of(store.zone, {key: value for key, value in own.items() if value is not None})


def data_age(store: Store, now: datetime) -> Age:
    """How old the workspace's data is at `now` (aware): what was recorded elsewhere is not here."""
    with store.read() as conn:
        newest = load_counts(conn).imported_at
    return stale(active_policy(store), newest, now)


def refuse_stale(store: Store, now: datetime, reason: str) -> None:
    """Raise PlannerError("plan.stale_data") when planning needs a reason and there is none."""
    age = data_age(store, now)
    if age.needs_reason and not reason.strip():
        raise PlannerError("plan.stale_data", hours=age.hours)


def house_edits(store: Store) -> dict[str, dict[str, Any]]:
    """The changed house values: {rule id: {key: value}}."""
    with store.read() as conn:
        edits: dict[str, dict[str, Any]] = settings.get(conn, OVERRIDES, {})
    return edits


def with_edits(store: Store, edits: Edits) -> Policies:
    """The rules as they would be with `edits` in place of the present ones; nothing is saved.

    Raises PlannerError("policy.…") naming file, field and reason where they do not fit.
    """
    with store.read() as conn:
        own = {key: settings.get(conn, key) for key in (OPTIONS, YEARS, DAYS)}
    known = {key: value for key, value in own.items() if value is not None}
    return policies_of(store.zone, known | {OVERRIDES: edits})


def save_house(store: Store, edits: Edits) -> Policies:
    """Put `edits` in force from now on; refused ones leave the old values in force."""
    need_lead(store)
    policies = with_edits(store, edits)
    with store.write() as tx:
        settings.put(tx, OVERRIDES, {key: dict(value) for key, value in edits.items() if value})
    return policies


def preview_edits(
    store: Store, edits: Edits, table: FactTable, day: date, now: Verdicts | None = None
) -> HousePreview:
    """Whom `edits` would bar and free on `day`: "this change bars 14 more cases today"."""
    return preview_house(table, active_policy(store), with_edits(store, edits), day, now)


def confirm_calendar(
    store: Store, country: str, year: int, days: Mapping[date, str] | None = None
) -> Policies:
    """Take a year no calendar covers as known by its statutory days, and `days` besides.

    `days` are classes of single days (`DayClass` values), such as weekends worked in lieu.
    """
    need_lead(store)
    with store.read() as conn:
        years = settings.get(conn, YEARS, {})
        known = settings.get(conn, DAYS, {})
    years[country] = sorted({*years.get(country, []), year})
    more = {day.isoformat(): kind for day, kind in (days or {}).items()}
    known[country] = {**known.get(country, {}), **more}
    with store.write() as tx:
        settings.put(tx, YEARS, years)
        settings.put(tx, DAYS, known)
    return active_policy(store)


def forget_calendar(store: Store, country: str, year: int) -> Policies:
    """Take back what `confirm_calendar` said of `year`: nothing is planned in it any more."""
    need_lead(store)
    with store.read() as conn:
        years = settings.get(conn, YEARS, {})
        known = settings.get(conn, DAYS, {})
    years[country] = [one for one in years.get(country, []) if one != year]
    days = known.get(country, {})
    known[country] = {day: kind for day, kind in days.items() if not day.startswith(f"{year}-")}
    with store.write() as tx:
        settings.put(tx, YEARS, {place: found for place, found in years.items() if found})
        settings.put(tx, DAYS, {place: found for place, found in known.items() if found})
    return active_policy(store)


def choose_options(store: Store, options: tuple[str, ...]) -> Policies:
    """Switch optional parts of packs on and off, such as "in-microfinance"."""
    need_lead(store)
    with store.write() as tx:
        settings.put(tx, OPTIONS, sorted(options))
    return active_policy(store)
