"""Reports: a day or a week, by collector or region; looked at here, saved as xlsx or PDF."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from planner.actions.reports import (
    COLLECTOR,
    COUNTY,
    KINDS,
    TOWNSHIP,
    Report,
    Row,
    day_span,
    save_report,
    team_report,
)
from planner.errors import PlannerError
from ui import formats
from ui.cases.list_view import tight
from ui.i18n import N_, _, code, error_text, language
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.session import Session
from ui.team import words
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar
from ui.widgets.table import Table
from ui.widgets.text import Text

SPANS = (N_("One day"), N_("One week"))
CUTS = {COLLECTOR: N_("By collector"), COUNTY: N_("By county"), TOWNSHIP: N_("By township")}


@dataclass(frozen=True, slots=True)
class _Line:
    row: Row
    total: bool = False


class ReportsPanel(Translated):
    """Rows stand in the order of names; there is no rank."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.kind, self.week = COLLECTOR, True
        self.report: Report | None = None
        self.model = DataTable(self._columns(), self)
        self.table = Table(self.model)
        self.table.setSortingEnabled(False)  # the order of names is kept: a report is no ranking
        self._spans = [Chip("", "accent", checkable=True) for _n in SPANS]
        self._cuts = {kind: Chip("", "accent", checkable=True) for kind in KINDS}
        for chip in (*self._spans, *self._cuts.values()):
            chip.clicked.connect(self._pick)
        self.xlsx, self.pdf = Button("secondary", "export"), Button("secondary", "file")
        self.xlsx.clicked.connect(partial(self.save, "xlsx"))
        self.pdf.clicked.connect(partial(self.save, "pdf"))
        self.message = MessageBar()
        self._empty = EmptyState("file")
        self._build()
        self.lead_to(self.table)
        self.retranslate()

    def _build(self) -> None:
        self._span, self._note = Text("strong"), Text("small", wrap=True)
        top = QHBoxLayout()
        top.setSpacing(6)
        for chip in self._spans:
            top.addWidget(chip)
        top.addSpacing(16)
        for chip in self._cuts.values():
            top.addWidget(chip)
        top.addSpacing(16)
        top.addWidget(self._span)
        top.addStretch(1)
        top.addWidget(self.xlsx)
        top.addWidget(self.pdf)
        card = Card(heading=False)
        tight(card)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        card.body.addWidget(self._stack)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addLayout(top)
        box.addWidget(self.message)
        box.addWidget(card, 1)
        box.addWidget(self._note)

    def panes(self) -> list[QWidget]:
        """The table, the choices, the files."""
        return [self.table, self._spans[0], self.xlsx]

    def keys(self) -> list[tuple[str, str]]:
        """No keys of its own."""
        return []

    def retranslate(self) -> None:
        """All words of the panel."""
        for chip, word in zip(self._spans, SPANS, strict=True):
            chip.set_text(_(word))
        for kind, chip in self._cuts.items():
            chip.set_text(_(CUTS[kind]))
        self.xlsx.setText(_("Save as xlsx"))
        self.pdf.setText(_("Save as PDF"))
        self.table.setAccessibleName(_("Report"))
        self.message.name_cross(_("Close the message"))
        self._empty.say(_("Nothing to report: nothing was planned or recorded in these days."))
        self._mark()
        self._say()

    def _mark(self) -> None:
        for number, chip in enumerate(self._spans):
            chip.setChecked(self.week == bool(number))
        for kind, chip in self._cuts.items():
            chip.setChecked(kind == self.kind)

    @property
    def span(self) -> tuple[date, date]:
        """First and last day of the report."""
        return day_span(self._session.day, week=self.week)

    def refresh(self) -> None:
        """Reckon the report anew."""
        session = self._session
        job = partial(team_report, session.store, *self.span, session.clock(), kind=self.kind)
        session.ask(job, self._show, self._failed)

    @Slot()
    def _pick(self) -> None:
        pressed = self.sender()
        if pressed in self._spans:
            self.week = pressed is self._spans[1]
        for kind, chip in self._cuts.items():
            if chip is pressed:
                self.kind = kind
        self._mark()
        self.refresh()

    @Slot(object)
    def _show(self, report: Report) -> None:
        if (report.kind, report.first, report.last) != (self.kind, *self.span):
            return
        self.report = report
        lines = [_Line(row) for row in report.rows]
        if lines:
            lines.append(_Line(report.total, total=True))
        self.model.set_rows(lines)
        self.model.renew()
        self._stack.setCurrentIndex(0 if lines else 1)
        self._say()

    def _say(self) -> None:
        report = self.report
        first, last = self.span
        self._span.setText(words.span_word(first, last))
        there = report is not None and bool(report.rows)
        self.xlsx.setEnabled(there)
        self.pdf.setEnabled(there)
        self._note.setVisible(there)
        if report is not None:
            order = code("team.report.note.order")
            trips = code("team.report.note.trips", told=report.actual, trips=report.trips)
            self._note.setText(f"{order}\n{trips}")

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        if isinstance(error, PlannerError | OSError):
            text = error_text(error) if isinstance(error, PlannerError) else str(error)
            self.message.say(text, "warn")
        else:
            self._session.troubled.emit(error)

    def save(self, ending: str, *_checked: object) -> None:
        """Ask where, then write in the language of the window."""
        first, last = self.span
        name = _("Team report") + f" {first}" + (f" {last}" if last != first else "")
        out, _chosen = QFileDialog.getSaveFileName(
            self, _("Save the report"), str(Path.home() / f"{name}.{ending}"), f"*.{ending}"
        )
        if out:
            session = self._session
            job = partial(
                save_report, session.store, Path(out), first, last, clock=session.clock,
                language=language(), kind=self.kind,
            )  # fmt: skip
            session.ask(job, self._saved, self._failed)

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self._session.toast(_("Saved: {name}").format(name=path.name))

    def _columns(self) -> list[Column]:
        number, money = formats.number, formats.money

        def head(*names: str) -> Callable[[], str]:
            return lambda: " / ".join(code(f"team.report.head.{name}") for name in names)

        def column(key: str, title: Callable[[], str], text: Callable[[Row], str],
                   tip: Callable[[], str], width: int = 64) -> Column:  # fmt: skip
            return Column(key, title, lambda line: text(line.row), Kind.NUMBER, title_tip=tip,
                          width=width)  # fmt: skip

        def unit(text: str) -> str:
            return text.format(unit=formats.money_unit())

        return [
            Column("name", lambda: code(f"team.report.{self.kind}"), self._name, Kind.STRONG,
                   width=140, stretch=1),
            column("visits", lambda: _("Planned / made / not"),
                   lambda r: f"{number(r.planned)} / {number(r.done)} / {number(r.skipped)}",
                   head("planned", "done", "skipped"), 110),
            column("contacts", lambda: _("Talks"), lambda r: number(r.contacts), head("contacts")),
            column("made", lambda: _("New promises"), lambda r: number(r.made), head("made")),
            column("promised", lambda: unit(_("Promised ({unit})")), lambda r: money(r.promised),
                   head("promised"), 90),
            column("kept", lambda: _("Kept / broken"),
                   lambda r: f"{number(r.kept)} / {number(r.broken)}", head("kept", "broken"), 90),
            column("paid", lambda: unit(_("Paid ({unit})")), lambda r: money(r.paid),
                   head("paid"), 80),
            column("hours", lambda: _("Hours"), lambda r: number(r.seconds / 3600, 1),
                   head("seconds")),
            column("way", lambda: _("km"), lambda r: number(r.metres / 1000), head("metres"), 56),
            column("cost", lambda: unit(_("Cost ({unit})")), lambda r: money(r.cost),
                   head("cost"), 80),
            column("exceptions", lambda: _("Exceptions"), lambda r: number(r.exceptions),
                   head("exceptions")),
        ]  # fmt: skip

    def _name(self, line: _Line) -> str:
        if line.total:
            return code("team.report.total")
        return line.row.name if line.row.key else code(f"team.report.nobody.{self.kind}")
