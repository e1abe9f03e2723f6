"""Everything that happened with one person, over all loans, as one list.

Entries about the person, the days on which plans had them, who looked at their data, and what
left the program with them in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from planner.domain.codes import PromiseState
from planner.domain.facts import PersonFacts
from planner.domain.promise import promise_states
from planner.store.driver import Connection
from planner.store.facts import load_person_facts
from planner.store.people import Entry, timeline
from planner.store.stood import Stood, plan_ids, stood
from planner.store.store import Store

PLAN_DAY: Final = "plan.day"  # no event of its own: a day on which a plan had the person
GROUPS: Final = ("contacts", "money", "plans", "record", "looks")
_GROUP_OF: Final[Mapping[str, str]] = {
    "contact": "contacts", "exception": "contacts", "notice": "contacts", "evidence": "contacts",
    "promise": "money", "payment": "money", "plan.agreed": "money", "plan.approved": "money",
    "plan.ended": "money",
    PLAN_DAY: "plans", "must": "plans", "remote.decided": "plans", "step.set": "plans",
    "step.done": "plans", "needs": "plans",
    "reveal": "looks", "export": "looks",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `entry.fields` is what was recorded, of PLAN_DAY what `told_of` says.

    `can_undo`: recorded here, not brought in by an import; `promise`: what became of it.
    """

    entry: Entry
    can_undo: bool
    promise: PromiseState | None = None

    @property
    def group(self) -> str:
        """One of GROUPS."""
        return _GROUP_OF.get(self.entry.kind, "record")


@dataclass(frozen=True, slots=True)
class History:
    """A person's lines, the newest first, and the plan days behind those of PLAN_DAY."""

    lines: tuple[Line, ...]
    days: tuple[Stood, ...] = field(default=())


def history(store: Store, debtor_id: str, now: datetime) -> History:
    """Everything about one person as of `now` (aware). PlannerError("store.unknown_person")."""
    today = now.astimezone(ZoneInfo(store.zone)).date()
    with store.read() as conn:
        return history_of(conn, load_person_facts(conn, debtor_id, today), now, store.zone)


def history_of(conn: Connection, facts: PersonFacts, now: datetime, zone: str) -> History:
    """As `history`, with the person's facts of today at hand; `zone` of the workspace."""
    who, today = facts.debtor_id, now.astimezone(ZoneInfo(zone)).date()
    common = timeline(conn, "")
    imports = {entry.batch for entry in common if entry.kind == "import"}
    found = promise_states(facts.promises, facts.promises_paid, today)
    states = {one.promise_id: state for one, state in zip(facts.promises, found, strict=True)}
    lines = [
        Line(
            entry, not entry.undone and entry.batch not in imports
            and entry.kind != "person.listed",
            None if entry.undone else states.get(entry.fields.get("promise_id", "")),
        )
        for entry in timeline(conn, who)
    ]  # fmt: skip
    days = stood(conn, who)
    lines += [
        Line(Entry(f"{one.plan_id}/{one.day}", one.made_at, PLAN_DAY, "", told_of(one), b""), False)
        for one in days
    ]
    plans = plan_ids(conn, who)
    lines += [Line(entry, False) for entry in common if _about(entry, who, plans)]
    lines.sort(key=lambda line: (line.entry.at, line.entry.event_id), reverse=True)
    return History(tuple(lines), tuple(days))


def told_of(one: Stood) -> dict[str, Any]:
    """A plan day as the fields of a line."""
    return {
        "date": one.day.isoformat(), "crew": one.crew, "number": one.number,
        "start": one.start.isoformat(), "kept": one.kept, "policy": one.policy,
        "ranking": one.ranking, "reason": one.reason, "versions": one.versions,
    }  # fmt: skip


def _about(entry: Entry, who: str, plans: set[str]) -> bool:
    """Whether an entry of the workspace is about this person: a look, or an export with them."""
    told = entry.fields
    if entry.kind == "reveal":
        return bool(told["who"] == who)
    if entry.kind == "export":
        return told["what"] == "everything" or told.get("who") == who or told.get("plan") in plans
    return False
