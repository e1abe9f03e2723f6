"""The list of rules under headings by subject: headings span the row, keys pass over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent

from ui.i18n import _
from ui.models.table import CELL, Cell, Column, DataTable, Index, Kind
from ui.models.tips import plain_tip
from ui.rules import words
from ui.rules.load import RuleView
from ui.rules.matters import unsure
from ui.widgets.table import Table

_HEAD = 34  # height of a heading
_NARROW = 900  # logical pixels; below them the source stands in the detail only
_TALL = 52


@dataclass(frozen=True, slots=True)
class Heading:
    """The first row of a subject."""

    subject: str
    count: int


Row = RuleView | Heading


def _text(row: Row) -> str:
    if isinstance(row, Heading):
        return f"{_(words.SUBJECTS[row.subject])}  ({row.count})"
    return words.sentence(row.rule.id)


def _value(row: Row) -> str:
    return "" if isinstance(row, Heading) else words.value(row.rule)


def _binding(row: Row) -> str:
    return "" if isinstance(row, Heading) else _(words.BINDINGS[row.rule.binding])


def _binding_tone(row: Row) -> str:
    if isinstance(row, Heading):
        return "neutral"
    return "warn" if unsure(row.rule) else words.binding_tone(row.rule)


def _binding_icon(row: Row) -> str:
    if isinstance(row, Heading):
        return ""
    return "warn" if unsure(row.rule) else "edit" if row.fields else ""


def _binding_tip(row: Row) -> str:
    if isinstance(row, Heading):
        return ""
    return plain_tip(words.semicolon(chip[0] for chip in words.chips(row)))


def _source(row: Row) -> str:
    return "" if isinstance(row, Heading) else words.source(row.rule)


def _decides(row: Row) -> str:
    if isinstance(row, Heading) or not row.deciders:
        return ""
    if row.decides:
        return _("decides")
    return _("a stricter one decides") if row.stricter else _("another is as strict")


COLUMNS = (
    Column("rule", lambda: _("Rule"), _text, Kind.WRAP, tip=lambda r: plain_tip(_text(r)),
           width=200, stretch=4),
    Column("value", lambda: _("Limit"), _value, Kind.WRAP, tip=lambda r: plain_tip(_value(r)),
           width=130, stretch=2),
    Column("binding", lambda: _("Binding"), _binding, Kind.CHIP, tip=_binding_tip,
           tone=_binding_tone, icon=_binding_icon, width=124),
    Column("decides", lambda: _("On this matter"), _decides, Kind.WRAP,
           tip=lambda r: "" if isinstance(r, Heading) else plain_tip(words.decision(r)), width=100),
    Column("source", lambda: _("Source"), _source, Kind.WRAP, tip=lambda r: plain_tip(_source(r)),
           width=110, stretch=1),
)  # fmt: skip


class RuleModel(DataTable):
    """Rules with headings between them; headings cannot be chosen."""

    def show_rules(self, rules: Sequence[RuleView]) -> None:
        """Other rules, in the order they are given (by subject)."""
        rows: list[Row] = []
        for one in rules:
            if not rows or _subject(rows[-1]) != one.subject:
                count = sum(other.subject == one.subject for other in rules)
                rows.append(Heading(one.subject, count))
            rows.append(one)
        self.set_rows(rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings are passed over."""
        if isinstance(self.row(index), Heading):
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """As in every table; a heading is bold."""
        if role == CELL and isinstance(self.row(index), Heading):
            return Cell(Kind.STRONG)
        return super().data(index, role)


def _subject(row: Row) -> str:
    return row.subject


class RuleTable(Table):
    """The table of rules; its order is that of the subjects, so it is not sorted."""

    def __init__(self, model: RuleModel) -> None:
        super().__init__(model)
        self._rules = model
        self.setSortingEnabled(False)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setSortIndicatorShown(False)
        self.verticalHeader().setDefaultSectionSize(_TALL)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the source gives way."""
        self.setColumnHidden(len(COLUMNS) - 1, self.width() < _NARROW)
        super().resizeEvent(event)

    def show_rules(self, rules: Sequence[RuleView], wanted: str) -> None:
        """Other rules; the one with the id `wanted` stays chosen, else the first."""
        self.clearSpans()
        self._rules.show_rules(rules)
        for place, row in enumerate(self._rules.rows):
            if isinstance(row, Heading):
                self.setSpan(place, 0, 1, len(COLUMNS))
                self.setRowHeight(place, _HEAD)
            else:
                self.setRowHeight(place, _TALL)
        place = self._rules.place(lambda r: isinstance(r, RuleView) and r.rule.id == wanted)
        self.go_to(place if place >= 0 else min(1, len(self._rules.rows) - 1), centre=place > 1)
