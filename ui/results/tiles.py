"""The outcome tiles: a big key, a phrase, and above it what pressing leads to."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPalette,
    QPen,
    QShortcut,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QGridLayout, QSizePolicy, QWidget

from ui.i18n import _
from ui.page import Translated
from ui.results.choices import TILES, Tile
from ui.theme import scaled, tone

_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_PAD, _KEY, _GAP = 11, 28, 8
_COLUMNS = 4
_LEAST = 108


class TileButton(QAbstractButton):
    """One tile. `say` sets its consequence; checked = chosen for the person in view."""

    def __init__(self, tile: Tile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tile = tile
        self._after = ""
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        # Letters and digits arrive here even while a Chinese input method is on.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def say(self, title: str, after: str, tip: str = "") -> None:
        """Phrase, consequence, and the rule's sentence."""
        self.setText(title)
        self._after = after
        self.setToolTip("\n".join(part for part in (after, tip) if part))
        self.setAccessibleName(f"{self.tile.key} {title}")
        self.setAccessibleDescription(after)
        self.updateGeometry()
        self.update()

    @property
    def after(self) -> str:
        """The consequence as it is shown."""
        return self._after

    def _heights(self, width: float) -> tuple[float, float]:
        """Heights of consequence and phrase at this width."""
        small = QFontMetricsF(scaled(QApplication.font(), 0.92))
        bold = QFontMetricsF(scaled(QApplication.font(), 1.05, bold=True))
        room = max(60.0, width - 2 * _PAD - 2)  # as painted: inside a border of one pixel
        above = small.boundingRect(QRectF(0, 0, room, 1000), _WRAP, self._after).height()
        beside = QRectF(0, 0, room - _KEY - 8, 1000)
        return above, max(float(_KEY), bold.boundingRect(beside, _WRAP, self.text()).height())

    def needed(self, width: float) -> int:
        """The height at which no word is cut."""
        above, below = self._heights(width)
        return max(_LEAST, round(above + below + 2 * _PAD + 8))

    def sizeHint(self) -> QSize:
        """Wide enough for a phrase; the board sets the height."""
        return QSize(170, self.needed(170))

    def paintEvent(self, _event: QEvent) -> None:
        """Consequence above, key and phrase below."""
        palette, role = self.palette(), QPalette.ColorRole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = tone(palette, "accent")
        plate = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        fill = palette.color(role.Midlight if self.underMouse() else role.Base)
        painter.setBrush(accent.tint if self.isChecked() else fill)
        line = palette.color(role.Accent if self.isChecked() or self.hasFocus() else role.Dark)
        painter.setPen(QPen(line, 2 if self.isChecked() or self.hasFocus() else 1))
        painter.drawRoundedRect(plate, 9, 9)
        room = plate.adjusted(_PAD, _PAD - 2, -_PAD, -_PAD)
        painter.setFont(scaled(QApplication.font(), 0.92))
        painter.setPen(palette.color(role.PlaceholderText))
        painter.drawText(room, _WRAP, self._after)
        _above, below = self._heights(self.width())
        cap = QRectF(room.left(), room.bottom() - (below + _KEY) / 2, _KEY, _KEY)
        painter.setPen(QPen(accent.line, 1))
        painter.setBrush(palette.color(role.Accent) if self.isChecked() else accent.tint)
        painter.drawRoundedRect(cap, 7, 7)
        painter.setFont(scaled(QApplication.font(), 1.15, bold=True))
        painter.setPen(palette.color(role.HighlightedText) if self.isChecked() else accent.ink)
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self.tile.key)
        words = QRectF(cap.right() + 8, room.bottom() - below, room.width() - _KEY - 8, below)
        painter.setFont(scaled(QApplication.font(), 1.05, bold=True))
        painter.setPen(palette.color(role.Text))
        wrap = int(
            Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        painter.drawText(words, wrap, self.text())


class TileBoard(Translated):
    """All tiles. `picked(key)`; other keys go to `key_pressed`. Alt with the key works anywhere."""

    picked = Signal(str)
    key_pressed = Signal(QKeyEvent)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(520)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 8)
        grid.setSpacing(_GAP)
        self.tiles: dict[str, TileButton] = {}
        for place, tile in enumerate(TILES):
            button = TileButton(tile)
            button.clicked.connect(self._clicked)
            grid.addWidget(button, *divmod(place, _COLUMNS))
            self.tiles[tile.key] = button
            twin = QShortcut(QKeySequence(f"Alt+{tile.key}"), self)
            twin.setContext(Qt.ShortcutContext.WindowShortcut)
            twin.activated.connect(self._twin)
            twin.setProperty("tile", tile.key)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        self.retranslate()

    def retranslate(self) -> None:
        """The name of the board; the page says the tiles."""
        self.setAccessibleName(_("What happened at the door"))

    def mark(self, key: str) -> None:
        """Show `key` as chosen, "" for none."""
        for name, button in self.tiles.items():
            button.setChecked(name == key)

    def level(self) -> None:
        """Tiles of one row are equally high, at the present width."""
        buttons = list(self.tiles.values())
        width = (self.width() - (_COLUMNS - 1) * _GAP) / _COLUMNS
        for start in range(0, len(buttons), _COLUMNS):
            row = buttons[start : start + _COLUMNS]
            height = max(button.needed(width) for button in row)
            for button in row:
                button.setFixedHeight(height)

    def resizeEvent(self, event: object) -> None:
        """Other width, other heights."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.level()

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, TileButton):
            self.picked.emit(button.tile.key)

    def _twin(self) -> None:
        twin = self.sender()
        if self.isVisible() and twin is not None:
            self.picked.emit(str(twin.property("tile")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The page decides; what it does not use goes on."""
        event.setAccepted(False)
        self.key_pressed.emit(event)
        if not event.isAccepted():
            super().keyPressEvent(event)

    def paintEvent(self, _event: QEvent) -> None:
        """A line below the tiles says that the keyboard is here."""
        if self.hasFocus():
            colour = self.palette().color(QPalette.ColorRole.Accent)
            QPainter(self).fillRect(0, self.height() - 3, self.width(), 2, colour)

    def focusInEvent(self, event: object) -> None:
        """The board with the keyboard is marked."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.update()

    def focusOutEvent(self, event: object) -> None:
        """No outline any more."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.update()
