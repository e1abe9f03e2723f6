"""One line of a paper sheet: the stop, what happened there, sum and day where they are needed."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QEvent, QRectF, QSize, Qt, QTime, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QDateEdit, QGridLayout, QTimeEdit, QWidget

from planner.actions.at_door import AtDoor
from planner.actions.outcomes import Outcome
from ui import formats
from ui.i18n import _
from ui.page import Translated
from ui.results.amount import AmountField
from ui.results.choices import BY_KEY, Choice, Tile
from ui.results.finer import needs_tap
from ui.results.round import StopLine
from ui.theme import scaled, tone
from ui.widgets.text import Text

_CAP = 26
_PAD = 8
_FORWARD = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class KeyCell(QWidget):
    """Where the digit is typed; no input method is on here. `pressed(event)`."""

    pressed = Signal(QKeyEvent)
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._key, self._text = "", ""

    def say(self, key: str, text: str) -> None:
        """The key that was typed and its words."""
        self._key, self._text = key, text
        self.setAccessibleDescription(f"{key} {text}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for most phrases."""
        return QSize(300, 34)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The row decides; what it does not use goes on."""
        event.setAccepted(False)
        self.pressed.emit(event)
        if not event.isAccepted():
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        """The line with the keyboard comes into view."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.entered.emit()
        self.update()

    def focusOutEvent(self, event: object) -> None:
        """No ring any more."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.update()

    def mousePressEvent(self, _event: object) -> None:
        """A click puts the keyboard here."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, _event: QEvent) -> None:
        """A frame, the key in a cap, its words."""
        palette, role = self.palette(), QPalette.ColorRole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plate = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        focus = self.hasFocus()
        painter.setPen(QPen(palette.color(role.Accent if focus else role.Dark), 2 if focus else 1))
        painter.setBrush(palette.color(role.Base))
        painter.drawRoundedRect(plate, 6, 6)
        accent = tone(palette, "accent")
        x = plate.left() + _PAD
        if self._key:
            cap = QRectF(x, plate.center().y() - _CAP / 2, _CAP, _CAP)
            painter.setPen(QPen(accent.line, 1))
            painter.setBrush(accent.tint)
            painter.drawRoundedRect(cap, 6, 6)
            painter.setPen(accent.ink)
            painter.setFont(scaled(self.font(), 1.0, bold=True))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._key)
        x += _CAP + _PAD
        painter.setFont(self.font())
        painter.setPen(palette.color(role.Text if self._key else role.PlaceholderText))
        room = QRectF(x, plate.top(), plate.right() - x - 4, plate.height())
        shown = QFontMetricsF(self.font()).elidedText(
            self._text, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


class SheetRow(Translated):
    """`next_wanted(step)` moves between lines, `entered` when the keyboard came in."""

    next_wanted = Signal(int)
    entered = Signal()
    changed = Signal()
    number_begun = Signal()  # 0: a number from paper follows

    def __init__(
        self, line: StopLine, at: datetime, due: date, by: tuple[str, ...], zone: str,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.line = line
        self._zone, self._by, self._day = zone, by, at.astimezone(ZoneInfo(zone)).date()
        self.tile: Tile | None = None
        self.choice: Choice | None = None
        self._silent = False  # confirmed that nothing was disclosed
        self._number = Text("strong", str(line.number))
        self._name = Text("body")
        self.time, self.cell = QTimeEdit(), KeyCell()
        self.amount, self.due = AmountField(), QDateEdit()
        self._state = Text("small", wrap=True)
        local = at.astimezone(ZoneInfo(zone))
        self.time.setDisplayFormat("HH:mm")
        self.time.setTime(QTime(local.hour, local.minute))
        self.due.setDisplayFormat("yyyy-MM-dd")
        self.due.setDate(QDate(due.year, due.month, due.day))
        for edit in (self.time, self.due):
            edit.lineEdit().setTextMargins(8, 0, 0, 0)  # the style gives them no room there
        self._lay_out()
        self.cell.pressed.connect(self._key)
        self.cell.entered.connect(self.entered)
        for field in (self.time, self.amount, self.due):
            field.installEventFilter(self)
        self.amount.textEdited.connect(self._typed)
        self.lead_to(self.cell)
        self.retranslate()

    def _lay_out(self) -> None:
        self.amount.setMinimumWidth(120)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 2, 0, 2)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        for column, (widget, width) in enumerate((
            (self._number, 30), (self.time, 80), (self._name, 90), (self.cell, 300),
            (self.amount, 130), (self.due, 126),
        )):  # fmt: skip
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
            if widget is not self.cell:
                widget.setFixedWidth(width)
            grid.addWidget(widget, 0, column)
        grid.addWidget(self._state, 1, 3, 1, 4)
        grid.setColumnStretch(3, 3)
        grid.setColumnStretch(6, 2)

    def retranslate(self) -> None:
        """All words of the line."""
        person = self.line.person
        name = formats.mask_name(person.name) if person is not None else formats.NONE
        self._name.setText(name)
        stop = _("Stop {n}, {name}").format(n=self.line.number, name=name)
        self.cell.setAccessibleName(_("{stop}: what happened").format(stop=stop))
        self.time.setAccessibleName(_("{stop}: time").format(stop=stop))
        self.amount.setAccessibleName(_("{stop}: amount").format(stop=stop))
        self.due.setAccessibleName(_("{stop}: until which day").format(stop=stop))
        self._fill()

    @property
    def filled(self) -> bool:
        """Whether anything was typed here."""
        return self.tile is not None

    def outcome(self) -> Outcome | None:
        """What is typed, None while a choice is missing."""
        if self.choice is None:
            return None
        time, due, asks = self.time.time(), self.due.date(), self.choice.asks
        at = datetime.combine(self._day, datetime.min.time(), ZoneInfo(self._zone)).replace(
            hour=time.hour(), minute=time.minute()
        )
        base = Outcome(self.line.debtor_id, self.choice.code, at, self.choice.result,
                       by=self._by, address_id=self.line.address_id)  # fmt: skip
        return replace(
            base,
            amount=self.amount.minor() if "amount" in asks else None,
            due=date(due.year(), due.month(), due.day()) if "due" in asks else None,
            door=AtDoor(disclosed=not self._silent if "disclosed" in asks else None),
        )

    def mistake(self) -> str:
        """Why this line cannot be saved, "" when it can."""
        if self.choice is None:
            return _("Choose what was said or found first.") + "  " + self._choices()
        outcome = self.outcome()
        if "amount" in self.choice.asks and (outcome is None or not outcome.amount):
            return _("Type an amount, such as 5,000 or 5000.50.")
        if "disclosed" in self.choice.asks and not self._silent:
            return _("Space confirms that nothing was disclosed; else record this one by itself.")
        return ""

    def _choices(self) -> str:
        """The finer choices of the tile with their digits."""
        choices = self.tile.choices if self.tile is not None else ()
        return "  ".join(f"{k} {_(one.title)}" for k, one in enumerate(choices, 1))

    def complain(self, text: str) -> None:
        """Words below the line, "" for none."""
        self._state.setProperty("part", "accent" if text else "")
        self._state.setText(text)
        self._state.setVisible(bool(text))
        self._state.setToolTip(text)
        self._state.setAccessibleName(text)

    def take(self, key: str) -> bool:
        """A digit or S: the finer choice where one is asked, else the tile."""
        tile = self.tile
        if tile is not None and needs_tap(tile) and self.choice is None and key.isdigit():
            number = int(key) - 1
            if 0 <= number < len(tile.choices):
                self._choose(tile, tile.choices[number])
                return True
            return False
        if key not in BY_KEY:
            return False
        tile = BY_KEY[key]
        self._choose(tile, tile.choices[tile.default] if tile.default >= 0 else None)
        return True

    def offer(self, due: date) -> None:
        """The day for a promise, unless something was typed here already."""
        if not self.filled:
            self.due.setDate(QDate(due.year, due.month, due.day))

    def clear(self) -> None:
        """Nothing happened here after all."""
        self.tile = self.choice = None
        self._silent = False
        self.amount.set_minor(None)
        self._fill()
        self.changed.emit()

    def _choose(self, tile: Tile, choice: Choice | None) -> None:
        self.tile, self.choice, self._silent = tile, choice, False
        person = self.line.person
        whole = choice is not None and choice.result == "OUT-PTP" and person is not None
        self.amount.set_minor(person.amount if whole and person and person.amount > 0 else None)
        self._fill()
        self.changed.emit()

    def _fill(self) -> None:
        tile, choice = self.tile, self.choice
        asks = choice.asks if choice is not None else ()
        self.amount.setVisible("amount" in asks)
        self.due.setVisible("due" in asks)
        self.complain("")
        if tile is None:
            self.cell.say("", _("1–7 or S; Enter leaves it open"))
        elif choice is None:
            self.cell.say(tile.key, _(tile.title))
            self._state.setText(self._choices())
            self._state.show()
        else:
            words = _(choice.title) if choice in tile.choices[1:] or needs_tap(tile) else ""
            text = f"{_(tile.title)}: {words}" if words else _(tile.title)
            if "disclosed" in asks:
                text += f" — {_('nothing disclosed') if self._silent else _('Space: confirm')}"
            self.cell.say(tile.key, text)

    def _key(self, event: QKeyEvent) -> None:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return
        event.setAccepted(True)
        match event.key():
            case key if key in _FORWARD:
                self._go_on()
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self.next_wanted.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.clear()
            case Qt.Key.Key_Space if self.choice is not None and "disclosed" in self.choice.asks:
                self._silent = not self._silent
                self._fill()
            case Qt.Key.Key_S:
                event.setAccepted(self.take("S"))
            case Qt.Key.Key_0:
                self.number_begun.emit()
            case key if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
                event.setAccepted(self.take(chr(key)))
            case _:
                event.setAccepted(False)

    def _go_on(self) -> None:
        """Enter: to the sum where one is asked, else to the next line; stays where something is
        missing."""
        if self.choice is not None and "amount" in self.choice.asks and not self.amount.hasFocus():
            self.amount.setFocus(Qt.FocusReason.OtherFocusReason)
            self.amount.selectAll()
            return
        wrong = self.mistake() if self.filled else ""
        self.complain(wrong)
        if not wrong:
            self.next_wanted.emit(1)

    def _typed(self) -> None:
        self.complain("")

    def eventFilter(self, watched: object, event: object) -> bool:
        """Enter goes on from every field; with Ctrl it is the sheet's."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QKeyEvent.Type.KeyPress
            and event.key() in _FORWARD
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            if watched is self.time:
                self.cell.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self._go_on()
            return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]
