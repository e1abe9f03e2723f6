"""The left rail: the places of the window, label and icon always visible."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QVBoxLayout, QWidget

from ui.i18n import _
from ui.icons import draw
from ui.pages.registry import PageSpec
from ui.theme import scaled

_ICON = 24


class RailButton(QAbstractButton):
    """One place: icon above its name; the current one is tinted and marked at the edge."""

    def __init__(self, spec: PageSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setProperty("place", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFont(scaled(QApplication.font(), 0.92))
        self.retranslate()

    def retranslate(self) -> None:
        """Name and shortcut."""
        name = _(self.spec.title)
        self.setText(name)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}  ({self.spec.shortcut})")
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        """Language or theme changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the name."""
        width = QFontMetricsF(self.font()).horizontalAdvance(self.text())
        return QSize(max(76, round(width) + 20), 62)

    def minimumSizeHint(self) -> QSize:
        """A name is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QEvent) -> None:
        """Tint, mark, icon, name, focus ring."""
        palette, role = self.palette(), QPalette.ColorRole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        plate = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked() or self.underMouse():
            painter.setBrush(palette.color(role.Light if self.isChecked() else role.Midlight))
            painter.drawRoundedRect(plate, 9, 9)
        if self.isChecked():
            painter.setBrush(palette.color(role.Accent))
            painter.drawRoundedRect(QRectF(0, self.height() / 2 - 14, 3.5, 28), 1.75, 1.75)
        ink = palette.color(role.Link if self.isChecked() else role.PlaceholderText)
        left = (self.width() - _ICON) / 2
        draw(painter, self.spec.icon, QRectF(left, 8, _ICON, _ICON), ink)
        font = scaled(QApplication.font(), 0.92, bold=self.isChecked())
        painter.setFont(font)
        painter.setPen(palette.color(role.Link if self.isChecked() else role.WindowText))
        painter.drawText(QRectF(0, 35, self.width(), 22), Qt.AlignmentFlag.AlignCenter, self.text())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(role.Accent), 2))
            painter.drawRoundedRect(plate, 9, 9)


class Rail(QFrame):
    """The places from top to bottom; settings at the foot. `picked(key)` when one is pressed."""

    picked = Signal(str)

    def __init__(self, specs: tuple[PageSpec, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "rail")
        self._buttons: dict[str, RailButton] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 12, 8, 12)
        box.setSpacing(4)
        for spec in specs:
            if not spec.rail:
                continue
            if spec.key == "settings":
                box.addStretch(1)
            button = RailButton(spec)
            button.clicked.connect(self._pick)
            box.addWidget(button)
            self._buttons[spec.key] = button
        self.retranslate()

    def retranslate(self) -> None:
        """The name for screen readers."""
        self.setAccessibleName(_("Pages"))

    def mark(self, key: str) -> None:
        """Show `key` as the current place; a page without a button leaves the mark where it is."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)

    def show_lead(self, leads: bool) -> None:
        """Whether the places that are the lead's are there."""
        for button in self._buttons.values():
            button.setVisible(leads or not button.spec.lead)

    def focus_current(self) -> None:
        """Put the keyboard on the current place."""
        for button in self._buttons.values():
            if button.isChecked():
                button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _pick(self) -> None:
        button = self.sender()
        if isinstance(button, RailButton):
            self.picked.emit(button.spec.key)
