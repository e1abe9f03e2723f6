"""When this person may be visited and called on the coming days, and why not, also in words."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from planner.policy.cadence import Cadence, Reason
from planner.policy.strip import DayOfStrip
from ui import formats
from ui.case.view import Day, PersonView
from ui.i18n import _, code, language, ngettext
from ui.icons import draw
from ui.models.tips import plain_tip
from ui.page import Translated
from ui.rules import words
from ui.theme import scaled, tone
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.text import Text

WEEK = 7
_HEAD = 22
_CELL = 40


def window_words(one: DayOfStrip, zone: str, *, short: bool = False) -> str:
    """Permitted hours: "09:00–20:00", or "9–20" where there is little room."""
    here = ZoneInfo(zone)
    found = []
    for start, end in one.windows:
        a, b = start.astimezone(here), end.astimezone(here)
        close = f"{b:%H:%M}" if b.date() == a.date() else "24:00"
        text = f"{a:%H:%M}–{close}"
        found.append(text.replace(":00", "").lstrip("0") if short else text)
    return words.comma(found[:1] if short else found)


def day_words(day: Day, view: PersonView) -> str:
    """Everything about one day, in two lines."""
    head = f"{formats.day(day.day)} {formats.weekday(day.day)}"
    lines = [head]
    for one, yes, no in (
        (day.visit, _("Visit {hours}"), _("No visit: {rule}")),
        (day.call, _("Call {hours}"), _("No call: {rule}")),
    ):
        if one.windows:
            lines.append(yes.format(hours=window_words(one, view.zone)))
        else:
            lines.append(no.format(rule=_rule(one, view)))
    return "\n".join(lines)


def _rule(one: DayOfStrip, view: PersonView) -> str:
    """The rule with its source, in words."""
    if one.rule is None:
        return _("the day is over")
    rule = view.rules.get(one.rule)
    where = f" ({words.source(rule)})" if rule else ""
    return words.sentence(one.rule) + where


def cadence_words(found: Cadence | None) -> str:
    """ "Visit 2 of at most 3 in this stage; next from 2026-12-12, because …"."""
    if found is None:
        return ""
    if found.visit_number > found.most_in_stage:
        first = _("All {most} visits of this stage ({stage}) are made")
    else:
        first = _("Visit {number} of at most {most} in this stage ({stage})")
    text = first.format(
        number=found.visit_number, most=found.most_in_stage, stage=words.stage(found.stage)
    )
    if found.next_from is None:
        following = _("no further one is due")
    else:
        following = _("next from {day}").format(day=formats.day(found.next_from))
    text = words.semicolon((text, following))
    why = words.semicolon(_reason(reason) for reason in found.reasons)
    if why:
        text = _("{what}, because {why}").format(what=text, why=why)
    return text.rstrip(".。") + ("。" if language() == "zh_CN" else ".")


def _reason(reason: Reason) -> str:
    if reason.code == "rule":
        text = words.sentence(str(reason.params["rule"])).rstrip(".。")
        return text[:1].lower() + text[1:] if text[1:2].islower() else text
    return code(f"cadence.{reason.code}", **reason.params)


def reason_lines(days: tuple[Day, ...], view: PersonView) -> list[str]:
    """Why there is no visit, each rule once with its days, in the order of the days."""
    runs: dict[str, list[date]] = {}
    for day in days:
        if not day.visit.windows:
            runs.setdefault(_rule(day.visit, view), []).append(day.day)
    return [f"{_days(found)}: {rule}" for rule, found in runs.items()]


def _days(found: list[date]) -> str:
    """Days as runs: 11-24 – 11-27, 12-01."""
    runs: list[list[date]] = []
    for day in found:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return words.comma(
        f"{run[0]:%m-%d}" if len(run) == 1 else f"{run[0]:%m-%d} – {run[-1]:%m-%d}" for run in runs
    )


class DayGrid(Translated):
    """Weeks of seven days; arrows move among them, `looked(index)` tells which is looked at."""

    looked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: PersonView | None = None
        self.days: tuple[Day, ...] = ()
        self.current = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_days(self, view: PersonView) -> None:
        """The days of a person."""
        self._view, self.days, self.current = view, view.strip, 0
        self.updateGeometry()
        self.retranslate()

    def retranslate(self) -> None:
        """The same in words, for screen readers."""
        self.setAccessibleName(_("When contact is possible"))
        self._describe()
        self.update()

    def restyle(self) -> None:
        """Other colours."""
        self.update()

    def _describe(self) -> None:
        if self._view is not None and self.days:
            self.setAccessibleDescription(day_words(self.days[self.current], self._view))

    @property
    def _lead(self) -> int:
        """Empty cells before the first day: weeks begin on Monday."""
        return self.days[0].day.weekday() if self.days else 0

    def sizeHint(self) -> QSize:
        """A line of names and as many weeks as are touched."""
        weeks = -(-(self._lead + len(self.days)) // WEEK)
        return QSize(WEEK * 58, _HEAD + _CELL * max(1, weeks))

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for the card."""
        return QSize(WEEK * 46, self.sizeHint().height())

    def cell(self, index: int) -> QRectF:
        """Where a day is painted."""
        place = index + self._lead
        wide = self.width() / WEEK
        return QRectF(place % WEEK * wide, _HEAD + place // WEEK * _CELL, wide, _CELL).adjusted(
            1.5, 1.5, -1.5, -1.5
        )

    def day_at(self, point: QPointF) -> int:
        """The index of the day under a point, -1 for none."""
        hits = (i for i in range(len(self.days)) if self.cell(i).contains(point))
        return next(hits, -1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Names of the days of the week, then each day."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.days or self._view is None:
            return
        painter.setFont(scaled(self.font(), 0.9))
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        monday = self.days[0].day - timedelta(days=self._lead)
        wide = self.width() / WEEK
        for column in range(WEEK):
            name = formats.weekday(monday + timedelta(days=column))
            room = QRectF(column * wide, 0, wide, _HEAD)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, name)
        for index, day in enumerate(self.days):
            self._paint(painter, index, day, self._view.zone)

    def _paint(self, painter: QPainter, index: int, day: Day, zone: str) -> None:
        palette, rect = self.palette(), self.cell(index)
        visit, call = bool(day.visit.windows), bool(day.call.windows)
        colours = tone(palette, "accent" if visit else "neutral")
        painter.setBrush(colours.tint if visit else Qt.BrushStyle.NoBrush)
        pen = QPen(colours.line if visit else palette.color(QPalette.ColorRole.Mid), 1)
        painter.setPen(pen if visit else QPen(pen.color(), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(rect, 6, 6)
        ink = colours.ink if visit else palette.color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(ink)
        painter.setFont(scaled(self.font(), 0.95, bold=visit))
        begins = day.day.day == 1 or not index
        number = f"{day.day.month}/{day.day.day}" if begins else str(day.day.day)
        inside = rect.adjusted(6, 2, -6, -3)
        painter.drawText(inside, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, number)
        painter.setFont(scaled(self.font(), 0.86))
        text = window_words(day.visit, zone, short=True) if visit else "–"
        painter.drawText(inside, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, text)
        if call:
            mark = QRectF(inside.right() - 12, inside.top() + 2, 12, 12)
            draw(painter, "phone", mark, ink)
        if index == self.current and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 2))
            painter.drawRoundedRect(rect, 6, 6)

    def look(self, index: int) -> None:
        """Look at another day."""
        if 0 <= index < len(self.days):
            self.current = index
            self._describe()
            self.looked.emit(index)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home, End."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -WEEK,
                 Qt.Key.Key_Down: WEEK, Qt.Key.Key_Home: -self.current,
                 Qt.Key.Key_End: len(self.days) - 1 - self.current}  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self.look(self.current + step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A day is looked at."""
        self.look(self.day_at(event.position()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring appears, the day is told."""
        super().focusInEvent(event)
        self.look(self.current)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes."""
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """The tooltip of a day."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.day_at(QPointF(event.pos()))
            text = day_words(self.days[index], self._view) if index >= 0 and self._view else ""
            QToolTip.showText(event.globalPos(), plain_tip(text), self)
            return True
        return super().event(event)


class CalendarCard(Card):
    """The rhythm in one sentence, the days, the day looked at, and why not. `agreed_wanted`: hours
    agreed with the person are to be recorded."""

    agreed_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._view: PersonView | None = None
        self.rhythm = Text("body", wrap=True)
        self.grid = DayGrid()
        self.grid.looked.connect(self._tell)
        self.day, self.why = Text("body", wrap=True), Text("small", wrap=True)
        self._key = Text("muted")
        self.head.addWidget(self._key)
        for widget in (self.rhythm, self.grid, self.day, self.why):
            self.body.addWidget(widget)
        self.agreed = Button("secondary", "check")
        self.agreed.clicked.connect(self.agreed_wanted)
        self.body.addWidget(self.agreed, 0, Qt.AlignmentFlag.AlignLeft)

    def show_person(self, view: PersonView) -> None:
        """The days of this person."""
        self._view = view
        self.grid.show_days(view)
        self.retranslate()

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("When contact is possible"))
        self.agreed.setText(_("Record agreed hours …"))
        self._key.setText(_("hours of a visit; telephone: a call is possible"))
        view = self._view
        if view is None:
            return
        self.rhythm.setText(cadence_words(view.cadence))
        self.rhythm.setVisible(view.cadence is not None)
        self._tell(self.grid.current)
        self.why.setText("\n".join(reason_lines(view.strip, view)))
        self.why.setVisible(bool(self.why.text()))

    def _tell(self, index: int) -> None:
        if self._view is not None and self._view.strip:
            n = len(self._view.strip)
            self.grid.setAccessibleName(
                ngettext(
                    "When contact is possible, {n} day", "When contact is possible, {n} days", n
                ).format(n=n)
            )
            self.day.setText(day_words(self._view.strip[index], self._view))
