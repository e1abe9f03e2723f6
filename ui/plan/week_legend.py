"""What the marks on the week's board mean, in one line below it."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from ui.i18n import _
from ui.icons import draw
from ui.page import Translated
from ui.theme import scaled, tone

_ICON = 13
_GAP = 18


class WeekLegend(Translated):
    """Icon and words for each mark; what does not fit is left out from the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retranslate()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(300, 20)

    def minimumSizeHint(self) -> QSize:
        """It may be cut, never wrapped."""
        return QSize(80, 20)

    def entries(self) -> list[tuple[str, str, str]]:
        """(icon, tone, words) of each mark."""
        return [
            ("", "", _("8:45/9:00 hours of the shift used")),
            ("flag", "warn", _("promise due")),
            ("clock", "accent", _("appointment")),
            ("pin", "accent", _("far trip")),
            ("moon", "accent", _("night away")),
            ("lock", "neutral", _("locked")),
        ]

    def retranslate(self) -> None:
        """For screen readers all of it."""
        self.setAccessibleName("; ".join(words for _icon, _tone, words in self.entries()))
        self.setToolTip(self.accessibleName())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Entries from the left."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = QApplication.palette()
        font = scaled(self.font(), 0.9)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        x = 2.0
        middle = self.height() / 2
        for icon, kind, words in self.entries():
            wide = metrics.horizontalAdvance(words) + (_ICON + 4 if icon else 0)
            if x + wide > self.width():
                return
            if icon:
                ink = tone(palette, kind).ink
                draw(painter, icon, QRectF(x, middle - _ICON / 2, _ICON, _ICON), ink)
                x += _ICON + 4
                wide -= _ICON + 4
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(QRectF(x, 0, wide + 2, self.height()), 0x0080, words)
            x += wide + _GAP
