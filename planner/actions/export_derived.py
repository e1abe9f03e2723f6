"""The rows of the full export that come from the derived tables, person by person."""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from planner.domain.codes import CHANNELS, HoldKind
from planner.export.everything import money
from planner.store.driver import Connection
from planner.store.state import pids_of

_DECISIONS = {None: "", 0: "refused", 1: "accepted"}


def derived_rows(
    conn: Connection, ids: Sequence[str], at: Callable[[int | None], str]
) -> Iterator[tuple[str, list[Any]]]:
    """(table, row) of all that is known of these persons beside themselves, their places and loans.

    `at` writes epoch seconds as a moment of the workspace's zone, None as "".
    """
    asked = (json.dumps(list(pids_of(conn, ids).values())),)

    def rows(table: str, columns: str, order: str) -> Any:
        return conn.execute(
            f"SELECT debtor_id, {columns} FROM {table} JOIN who USING (pid)"
            f" WHERE pid IN (SELECT value FROM json_each(?)) ORDER BY pid, {order}",
            asked,
        )

    def day(ordinal: int) -> str:
        return date.fromordinal(ordinal).isoformat() if ordinal else ""

    return itertools.chain(
        (("promises", [one, who, at(made), day(due), money(amount), case, plan])
         for who, one, made, due, amount, case, plan in
         rows("promise", "promise_id, made_at, due, amount, case_id, plan_id",
              "made_at, promise_id")),
        (("instalment_plans", [
            one, who, at(when), ";".join(json.loads(cases)),
            ";".join(f"{part['due']}={money(part['amount'])}" for part in json.loads(parts)),
            money(down), money(waived),
            ";".join(f"{name}={money(figure)}" for name, figure in json.loads(told).items()),
            ";".join(json.loads(approval)), by, at(approved), lead, at(ended), why])
         for who, one, when, cases, parts, down, waived, told, approval, by, approved, lead, ended,
         why in
         rows("instalment_plan", "plan_id, at, case_ids, instalments, down, waived, told, approval,"
              " taken_by, approved, approved_by, ended, why_ended", "at, plan_id")),
        (("payments", [one.hex(), who, at(when), money(amount), case])
         for who, one, when, amount, case in
         rows("payment", "event_id, at, amount, case_id", "at, event_id")),
        (("holds", [one, who, HoldKind(kind).name, at(start), at(until), reason])
         for who, one, kind, start, until, reason in
         rows("hold", "hold_id, kind, start, until, reason", "start, hold_id")),
        (("agreements", [one, who, at(when), str(CHANNELS[channel]), start, until, weekday,
                         day(on), place, at(ended), evidence])
         for who, one, when, channel, start, until, weekday, on, place, ended, evidence in
         rows("agreement", "agreement_id, at, channel, start, until, weekday, day, address_id,"
              " ended, evidence", "at, agreement_id")),
        (("notices", [one.hex(), who, at(when), at(start), at(until), evidence])
         for who, one, when, start, until, evidence in
         rows("notice", "event_id, at, start, until, evidence", "at, event_id")),
        (("overrides", [one.hex(), who, at(when), rule, str(CHANNELS[channel]), at(start),
                        at(until), reason, lead])
         for who, one, when, rule, channel, start, until, reason, lead in
         rows("override_", "event_id, at, rule, channel, start, until, reason, lead",
              "at, event_id")),
        (("steps", [one, who, at(made), day(on), means, part, goal, by, at(ended), how])
         for who, one, made, on, means, part, goal, by, ended, how in
         rows("step", "step_id, at, day, means, part, objective, taken_by, ended, how",
              "at, step_id")),
        (("proposed_changes", [one, who, at(when), field, value, source, at(decided),
                               _DECISIONS[accepted]])
         for who, one, when, field, value, source, decided, accepted in
         rows("change_", "change_id, at, field, value, source, decided, accepted",
              "at, change_id")),
        (("musts", [who, day(on), at(when), int(wanted), reason, lead])
         for who, on, when, wanted, reason, lead in
         rows("must", "day, at, set_, reason, lead", "day")),
        (("exceptions", [one.hex(), who, at(when), rule, channel, about])
         for who, one, when, rule, channel, about in
         rows("exception_", "event_id, at, rule, channel, about", "at, event_id")),
        (("assignments", [who, collector, at(since), reason, lead])
         for who, collector, since, reason, lead in
         rows("assignment", "collector_id, at, reason, lead", "at")),
        (("returned_records", [one.hex(), who, at(back), comment, lead, at(answered), answer, by])
         for who, one, back, comment, lead, answered, answer, by in
         rows("returned", "event_id, at, comment, lead, answered, answer, answered_by",
              "at, event_id")),
    )  # fmt: skip
