"""What was agreed with persons, announced to them or set aside for them, out of derived tables."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from planner.domain.codes import CHANNELS, Channel
from planner.domain.facts import moment
from planner.domain.people import Agreement, Notice, Override
from planner.store.driver import Connection


def agreements_of(conn: Connection, pid: int, who: str) -> tuple[Agreement, ...]:
    """A person's agreements by the moment they were made."""
    return tuple(
        Agreement(
            agreement_id, who, CHANNELS[channel], moment(at), start, until, weekday,
            date.fromordinal(day) if day else None, address_id,
            None if ended is None else moment(ended), evidence,
        )
        for agreement_id, at, channel, start, until, weekday, day, address_id, ended, evidence in
        conn.execute(
            "SELECT agreement_id, at, channel, start, until, weekday, day, address_id, ended,"
            " evidence FROM agreement WHERE pid = ? ORDER BY at, agreement_id", (pid,),
        )
    )  # fmt: skip


def notices_of(conn: Connection, pid: int, who: str) -> tuple[Notice, ...]:
    """A person's announcements by the moment they were given."""
    return tuple(
        Notice(event_id.hex(), who, moment(at), moment(start), moment(until), evidence)
        for event_id, at, start, until, evidence in conn.execute(
            "SELECT event_id, at, start, until, evidence FROM notice WHERE pid = ?"
            " ORDER BY at, event_id",
            (pid,),
        )
    )


def overrides_of(conn: Connection, pid: int, who: str) -> tuple[Override, ...]:
    """A person's overrides by the moment they were given."""
    return tuple(
        Override(
            event_id.hex(), who, rule, CHANNELS[channel], moment(at), moment(start),
            moment(until), reason, lead,
        )
        for event_id, at, rule, channel, start, until, reason, lead in conn.execute(
            "SELECT event_id, at, rule, channel, start, until, reason, lead FROM override_"
            " WHERE pid = ? ORDER BY at, event_id",
            (pid,),
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exception_:
    """A fact that broke a rule, or an override that set one aside (`reason` and `by` filled)."""

    debtor_id: str
    at: datetime
    rule: str
    channel: Channel
    reason: str = ""
    by: str = ""


def load_exceptions(conn: Connection) -> list[Exception_]:
    """Everything outside the rules, newest first: broken ones and those set aside by a lead."""
    broken = [
        Exception_(who, moment(at), rule, Channel(channel))
        for who, at, rule, channel in conn.execute(
            "SELECT debtor_id, at, rule, channel FROM exception_ JOIN who USING (pid)"
        )
    ]
    aside = [
        Exception_(who, moment(at), rule, CHANNELS[channel], reason, lead)
        for who, at, rule, channel, reason, lead in conn.execute(
            "SELECT debtor_id, at, rule, channel, reason, lead FROM override_ JOIN who USING (pid)"
        )
    ]
    key: Any = lambda one: (one.at, one.debtor_id, one.rule)  # noqa: E731
    return sorted(broken + aside, key=key, reverse=True)
