"""Rows of the derived tables as numpy columns: of chosen persons, or of a span of their numbers.

Each column comes as one text from SQLite (`group_concat`) and is parsed by numpy at once: building
half a million Python tuples would cost more than all the arithmetic that follows. Only integers
travel so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.facts import I32, I64
from planner.store.driver import Connection

_CHOSEN = "pid IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Source:
    """The persons asked about: those whose pids stand in the JSON list `chosen`, or without one
    those from `base` on, `size` numbers of them.

    Pids are counted from `base` in all that comes of it.
    """

    conn: Connection
    base: int
    size: int
    chosen: str | None = None

    @property
    def limit(self) -> tuple[str, tuple[str | int, ...]]:
        """The condition on `pid` that this makes in SQL, with its parameters."""
        if self.chosen is not None:
            return _CHOSEN, (self.chosen,)
        return "pid >= ? AND pid < ?", (self.base, self.base + self.size)

    def read(self, select: str, rest: str) -> list[I64]:
        """The columns of `SELECT select FROM rest` ("a | b", integers that are never NULL).

        The first one must be `pid`; `rest` ends with the order.
        """
        names = [f"c{k}" for k in range(select.count(" | ") + 1)]
        inner = ", ".join(
            f"{term} AS {name}" for term, name in zip(select.split(" | "), names, strict=True)
        )
        table, _, order = rest.partition(" ORDER BY ")
        limit, params = self.limit
        table += (" AND " if " WHERE " in table else " WHERE ") + limit
        texts = self.conn.execute(
            f"SELECT {', '.join(f'group_concat({name})' for name in names)}"
            f" FROM (SELECT {inner} FROM {table} ORDER BY {order})",
            params,
        ).fetchone()
        columns = list(map(numbers, texts))
        columns[0] -= self.base
        return columns


@dataclass(frozen=True, slots=True)
class Rows:
    """Which persons stand in which row (`pids`, counted from the source's base), and the row of
    every pid (-1 = none)."""

    pids: I64
    row_of: I64

    @property
    def n(self) -> int:
        """Number of persons."""
        return len(self.pids)

    def place(self, pid: I64) -> tuple[I64, I64, I32]:
        """For items in the order of their pids: the order to take them in, their rows, offsets."""
        count = np.bincount(pid, minlength=len(self.row_of))
        first = (np.cumsum(count) - count)[self.pids]
        many = count[self.pids]
        offsets = np.concatenate([[0], np.cumsum(many)]).astype(np.int32)
        order = np.repeat(first - offsets[:-1], many)
        order += np.arange(len(order))
        return order, np.repeat(np.arange(self.n), many), offsets


def numbers(text: str | None) -> I64:
    """The integers of a text with commas between; None = none."""
    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.zeros(0, np.int64)


def everybody(conn: Connection) -> int:
    """The greatest pid there is, 0 in an empty workspace."""
    return int(conn.execute("SELECT ifnull(max(pid), 0) FROM who").fetchone()[0])


def of_persons(conn: Connection, chosen: Sequence[int]) -> Source:
    """The source for these pids."""
    return Source(conn, 0, everybody(conn) + 1, f"[{','.join(map(str, chosen))}]")
