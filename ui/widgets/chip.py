"""A chip: one state as icon + word + tint. Colour is never the only signal."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy, QWidget

from ui.icons import draw
from ui.theme import scaled, tone

_PAD = 9
_ICON = 14
_GAP = 5
_HEIGHT = 24


def paint_chip(
    painter: QPainter,
    rect: QRectF,
    text: str,
    palette: QPalette,
    tone_name: str,
    icon: str = "",
    *,
    outline: bool = False,
) -> None:
    """Draw a chip into `rect` (also used by table cells); the painter's font is used. `outline`
    keeps it visible on a surface of its own tint."""
    colours = tone(palette, tone_name)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours.line, 1) if outline else Qt.PenStyle.NoPen)
    painter.setBrush(colours.tint)
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    x = rect.left() + _PAD
    if icon:
        draw(painter, icon, QRectF(x, rect.center().y() - _ICON / 2, _ICON, _ICON), colours.ink)
        x += _ICON + _GAP
    painter.setPen(colours.ink)
    room = QRectF(x, rect.top(), rect.right() - _PAD - x, rect.height())
    shown = QFontMetricsF(painter.font()).elidedText(
        text, Qt.TextElideMode.ElideRight, room.width() + 0.5
    )
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    painter.restore()


def chip_width(metrics: QFontMetricsF, text: str, icon: str = "") -> float:
    """The width a chip needs for its text."""
    return metrics.horizontalAdvance(text) + 2 * _PAD + ((_ICON + _GAP) if icon else 0) + 1


class Chip(QAbstractButton):
    """A chip as a widget: a mere label, or (checkable) a filter with a count."""

    def __init__(
        self,
        text: str = "",
        tone_name: str = "neutral",
        icon: str = "",
        *,
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone = tone_name
        self._icon = icon
        self.setCheckable(checkable)
        self.setFont(scaled(QApplication.font(), 0.95))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if checkable:
            self.toggled.connect(self.updateGeometry)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        else:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """The word; also the name for screen readers."""
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def set_tone(self, tone_name: str, icon: str = "") -> None:
        """Another state."""
        self._tone, self._icon = tone_name, icon
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its text, 24 high; 30 when it can be pressed."""
        icon = "check" if self.isCheckable() and self.isChecked() else self._icon
        width = chip_width(QFontMetricsF(self.font()), self.text(), icon)
        return QSize(round(width + 0.5) + 4, 30 if self.isCheckable() else _HEIGHT + 2)

    def minimumSizeHint(self) -> QSize:
        """A chip is never cut."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        """Repaint with the theme."""
        super().changeEvent(event)
        self.update()

    def paintEvent(self, _event: QEvent) -> None:
        """Draw the chip, its outline when it can be pressed, and the focus ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        lit = not self.isCheckable() or self.isChecked()
        paint_chip(painter, rect, self.text(), self.palette(), self._tone if lit else "neutral",
                   "check" if self.isCheckable() and self.isChecked() else self._icon)  # fmt: skip
        radius = rect.height() / 2
        if self.isCheckable():
            colours = tone(self.palette(), self._tone if lit else "neutral")
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.line, 1))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(1, 1, -1, -1), radius + 1, radius + 1
            )
