"""Reading values out of a rule pack with an exact complaint: file, line, field and reason."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, NoReturn, TypeVar

from planner.errors import PlannerError
from planner.policy.days import Span

E = TypeVar("E", bound=Enum)

_HEADER = re.compile(r"^\s*\[+\s*(.+?)\s*\]+\s*(?:#.*)?$")
_SPAN = re.compile(r"^(\d\d):(\d\d)-(\d\d):(\d\d)$")


def line_of(text: str, table: str, key: str) -> int:
    """The line (from 1) where `key` of `table` is written; the table's or 1 when it is not."""
    current, found = "", 1
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            current = header.group(1).replace('"', "")
            if current == table:
                found = number
        elif current == table and key and re.match(rf'^\s*"?{re.escape(key)}"?\s*=', line):
            return number
    return found


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a pack: its dotted name, its values and where they were read."""

    file: str
    text: str
    name: str
    values: Mapping[str, Any]

    def fail(self, code: str, key: str = "", **params: Any) -> NoReturn:
        """Raise PlannerError("policy.<code>") naming file, line and field."""
        field = ".".join(part for part in (self.name, key) if part)
        line = line_of(self.text, self.name, key.split(".")[0])
        raise PlannerError(f"policy.{code}", file=self.file, line=line, field=field, **params)

    def only(self, known: Iterable[str]) -> None:
        """Refuse keys that mean nothing here: a slip of the pen must not drop a rule."""
        for key in self.values:
            if key not in known:
                self.fail("unknown_key", key)

    def section(self, key: str) -> "Section":
        """The table `key` below this one."""
        value = self._get(key, dict, "table")
        name = f"{self.name}.{key}" if self.name else key
        return Section(self.file, self.text, name, value)

    def text_of(self, key: str, *, default: str | None = None, empty: bool = False) -> str:
        """A text; empty only where `empty` says so."""
        value: str = self._get(key, str, "text", default)
        if not value.strip() and not empty:
            self.fail("empty", key)
        return value

    def choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        """A text out of `choices`."""
        value: str = self._get(key, str, "text", default)
        if value not in (known := tuple(choices)):
            self.fail("not_known", key, value=value, known=", ".join(known))
        return value

    def whole(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number from `least` to `most`."""
        value: int = self._get(key, int, "whole number", default)
        if not least <= value <= most:
            self.fail("out_of_range", key, value=value, least=least, most=most)
        return value

    def number(self, key: str, least: float, most: float) -> float:
        """A number from `least` to `most`."""
        value = float(self._get(key, (int, float), "number"))
        if not least <= value <= most:
            self.fail("out_of_range", key, value=value, least=least, most=most)
        return value

    def yes(self, key: str, default: bool | None = None) -> bool:
        """True or false."""
        value: bool = self._get(key, bool, "true or false", default)
        return value

    def day(self, key: str) -> date | None:
        """A date, None when the key is absent."""
        if key not in self.values:
            return None
        value: date = self._get(key, date, "date")
        return value

    def sure(self, key: str) -> None:
        """Refuse `key`, which would permit something, on a rule that may only tighten."""
        unsure = self.values.get("confidence") in ("M", "?")
        if unsure or self.values.get("contested") or self.values.get("status") == "draft":
            self.fail("may_only_tighten", key)

    def texts(self, key: str, choices: Iterable[str], *, optional: bool = False) -> tuple[str, ...]:
        """A list of texts out of `choices`, not empty."""
        values: list[Any] = self._get(key, list, "list", [] if optional else None)
        if not values and not optional:
            self.fail("empty", key)
        known = tuple(choices)
        for value in values:
            if value not in known:
                self.fail("not_known", key, value=value, known=", ".join(known))
        return tuple(values)

    def words(self, key: str) -> tuple[str, ...]:
        """A list of any texts; empty when the key is absent."""
        values: list[Any] = self._get(key, list, "list", [])
        for value in values:
            if not isinstance(value, str):
                self.fail("wrong_type", key, value=value, expected="list of texts")
        return tuple(values)

    def names(self, key: str, kind: type[E], *, optional: bool = False) -> tuple[E, ...]:
        """A list of lower-case names of an enumeration's members."""
        by_name = {member.name.lower(): member for member in kind}
        return tuple(by_name[name] for name in self.texts(key, by_name, optional=optional))

    def spans(self, key: str) -> tuple[Span, ...]:
        """Spans of the day "08:00-22:00" as ordered minutes; they may not overlap."""
        found: list[Span] = []
        for value in self._get(key, list, "list"):
            match = _SPAN.match(value) if isinstance(value, str) else None
            if match is None:
                self.fail("bad_hours", key, value=value)
            a, b, c, d = map(int, match.groups())
            start, end = a * 60 + b, c * 60 + d
            if b > 59 or d > 59 or end > 24 * 60:
                self.fail("bad_hours", key, value=value)
            if start >= end:
                self.fail("hours_reversed", key, value=value)
            if found and start < found[-1][1]:
                self.fail("hours_overlap", key, value=value)
            found.append((start, end))
        if not found:
            self.fail("empty", key)
        return tuple(found)

    def _get(self, key: str, kind: Any, expected: str, default: Any = None) -> Any:
        if key not in self.values:
            if default is None:
                self.fail("missing_key", key)
            return default
        value = self.values[key]
        wrong = isinstance(value, bool) and kind is not bool  # True is an int in Python
        if wrong or not isinstance(value, kind):
            self.fail("wrong_type", key, value=value, expected=expected)
        return value
