"""How the cards of the frame are laid out: parts from top to bottom, buttons at the foot."""

from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget


def column(owner: QWidget, *parts: QWidget | QLayout) -> QVBoxLayout:
    """Put the parts of a card below each other; the frame gives the margins."""
    box = QVBoxLayout(owner)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(12)
    for part in parts:
        if isinstance(part, QLayout):
            box.addLayout(part)
        else:
            box.addWidget(part)
    return box


def foot(left: QWidget, *right: QWidget) -> QHBoxLayout:
    """One widget at the left edge, the others at the right."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 4, 0, 0)
    row.addWidget(left)
    row.addStretch(1)
    for one in right:
        row.addWidget(one)
    return row
