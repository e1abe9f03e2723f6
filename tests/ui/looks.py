"""Looking at widgets as a picky user would: is any text cut off?"""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QPushButton,
    QRadioButton,
    QTabBar,
    QToolButton,
    QWidget,
)

_ROOM = 2  # pixels of tolerance for rounding of fonts


def clipped(widget: QWidget) -> list[str]:
    """Texts below `widget` (visible ones) that do not fit: "class: text"."""
    found = []
    for one in [widget, *widget.findChildren(QWidget)]:
        if not one.isVisibleTo(widget) or one.width() == 0:
            continue
        if not _fits(one):
            found.append(f"{type(one).__name__}: {_text(one)}")
    return found


def _text(widget: QWidget) -> str:
    if isinstance(widget, QTabBar):
        return " | ".join(widget.tabText(i) for i in range(widget.count()))
    if isinstance(widget, QComboBox):
        return widget.currentText()
    return str(widget.text()) if isinstance(widget, QLabel | QAbstractButton) else ""


def _fits(widget: QWidget) -> bool:
    if isinstance(widget, QLabel):
        return _label_fits(widget)
    if isinstance(widget, QToolButton) and not widget.text():
        return True
    if isinstance(widget, QPushButton | QRadioButton | QTabBar | QComboBox):
        hint = widget.sizeHint()
        return widget.width() + _ROOM >= hint.width() and widget.height() + _ROOM >= hint.height()
    if isinstance(widget, QAbstractButton) and widget.text():
        return widget.width() + _ROOM >= widget.minimumSizeHint().width()
    return True


def _label_fits(label: QLabel) -> bool:
    text = label.text()
    if not text:
        return True
    metrics = QFontMetrics(label.font())
    room = label.contentsRect()
    flags = int(Qt.TextFlag.TextWordWrap) if label.wordWrap() else 0
    needed = metrics.boundingRect(QRect(0, 0, max(1, room.width()), 100_000), flags, text)
    return needed.width() <= room.width() + _ROOM and needed.height() <= room.height() + _ROOM


def texts(widget: QWidget) -> set[str]:
    """All visible texts of labels, buttons and tabs below `widget`."""
    found = set()
    for one in [widget, *widget.findChildren(QWidget)]:
        if one.isVisibleTo(widget):
            found |= set(_text(one).split(" | "))
    return found - {""}
