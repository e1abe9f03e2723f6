"""Rank the book for a day: facts, rules, points; everything a screen or a plan asks of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from planner.actions.households import NO_DOORS, Doors
from planner.actions.policy import active_policy
from planner.actions.roles import need_lead
from planner.domain.facts import F64, I64, FactTable
from planner.domain.people import Crew, Must
from planner.policy.judge_many import Verdicts, judge_many
from planner.policy.pack import Policies
from planner.ranking.params import Params, Weights, load_params
from planner.ranking.preview import Preview, order_of, preview
from planner.ranking.score import Scores, score_many
from planner.store import settings
from planner.store.crews import load_crews, staff_names
from planner.store.driver import Connection
from planner.store.facts import keep_blocks, load_facts
from planner.store.store import Store
from planner.store.team import absent_on, collectors_of, not_whole
from planner.store.wanted import load_musts, load_needs

TABS = ("ready", "waiting", "call_first", "address", "paused", "never")
WEIGHTS_KEY = "weights"


@dataclass(frozen=True, slots=True)
class Ranking:
    """The book on `day`: n persons in `table`, with verdicts and scores row by row.

    `order` lists rows: those who may be visited by falling points, then the others likewise.
    `needs` are what persons need of a crew, `musts` whom a lead wants visited, `assigned` which
    collector has them ("" or none: anybody may go), all by debtor id. Members of `crews` are those
    who are there on the day (a crew of which nobody is has none); `staff` are the names of all.
    `doors` tell who lives behind one door. `partial` are those whose history has not come whole:
    nobody goes to them.
    """

    day: date
    table: FactTable
    crews: tuple[Crew, ...]
    policy: Policies
    params: Params
    weights: Weights
    verdicts: Verdicts
    scores: Scores
    order: I64
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    musts: Mapping[str, Must] = field(default_factory=dict)
    assigned: Mapping[str, str] = field(default_factory=dict)
    staff: Mapping[str, str] = field(default_factory=dict)
    partial: frozenset[str] = frozenset()
    doors: Doors = NO_DOORS

    def tab(self, i: int) -> str:
        """The list in which person `i` stands: one of TABS."""
        rule = int(self.verdicts.rule[i])
        return "ready" if rule < 0 else self.policy.rules[self.verdicts.rules[rule]].tab

    def rule(self, i: int) -> str | None:
        """The rule id that bars person `i` on this day, None when a visit may be planned."""
        index = int(self.verdicts.rule[i])
        return None if index < 0 else self.verdicts.rules[index]

    def row(self, debtor_id: str) -> int:
        """The row of a person; KeyError when the person has no open case."""
        try:
            return self.table.debtor_ids.index(debtor_id)
        except ValueError:
            raise KeyError(debtor_id) from None


def hubs(crews: tuple[Crew, ...]) -> F64:
    """Start points of the crews as an array (m, 2) of latitude, longitude."""
    return np.array([(crew.lat, crew.lon) for crew in crews], np.float64).reshape(-1, 2)


def crews_on(conn: Connection, day: date) -> tuple[Crew, ...]:
    """All crews with the members who are not away on `day`."""
    away = absent_on(conn, day)
    return tuple(
        replace(crew, members=tuple(m for m in crew.members if m.collector_id not in away))
        if any(m.collector_id in away for m in crew.members)
        else crew
        for crew in load_crews(conn)
    )


def load_weights(store: Store) -> Weights:
    """The weights in force in this workspace; all 1 when never changed."""
    with store.read() as conn:
        return Weights(**settings.get(conn, WEIGHTS_KEY, {}))


def rank(store: Store, day: date, weights: Weights | None = None) -> Ranking:
    """Judge and score everybody with an open case for a visit on `day`.

    Raises PlannerError("policy.…") when the rule pack cannot be read.
    """
    policy, params = active_policy(store), load_params()
    weights = weights or load_weights(store)
    keep_blocks(store)
    with store.read() as conn:
        table = load_facts(conn, day, zone=store.zone)
        crews = crews_on(conn, day)
        needs, musts = load_needs(conn), load_musts(conn, day)
        assigned, staff = collectors_of(conn), staff_names(conn)
        partial = not_whole(conn)
    known = ranked(table, crews, policy, params, weights, day)
    return replace(known, needs=needs, musts=musts, assigned=assigned, staff=staff,
                   partial=partial, doors=Doors(store))  # fmt: skip


def ranked(
    table: FactTable,
    crews: tuple[Crew, ...],
    policy: Policies,
    params: Params,
    weights: Weights,
    day: date,
) -> Ranking:
    """The persons of `table` judged and scored for `day`; pure."""
    verdicts = judge_many(table, policy, day)
    scores = score_many(
        # Which places are barred depends on the person; no kind of place is barred for everybody.
        replace(table, address_valid=table.address_valid & verdicts.permitted),
        day,
        params,
        weights,
        verdicts.eligible,
        verdicts.windows,
        hubs(crews),
        barred=(),
    )
    order = order_of(scores, verdicts.eligible)
    return Ranking(day, table, crews, policy, params, weights, verdicts, scores, order)


def preview_weights(ranking: Ranking, weights: Weights, top: int = 30) -> Preview:
    """Who would leave and enter the first `top` places under `weights`; nothing is saved."""
    return preview(ranking.scores, weights, top)


def save_weights(store: Store, weights: Weights) -> None:
    """Put `weights` in force from the next ranking on."""
    need_lead(store)
    with store.write() as tx:
        settings.put(tx, WEIGHTS_KEY, weights.as_dict())
