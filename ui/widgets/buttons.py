"""Buttons with a role and an icon that follows the theme."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from ui.icons import icon

_ROLES = {
    "primary": QPalette.ColorRole.HighlightedText,
    "secondary": QPalette.ColorRole.ButtonText,
    "quiet": QPalette.ColorRole.Link,
}


class Button(QPushButton):
    """A button: "primary" (one per screen, names its result), "secondary" or "quiet" (a link)."""

    def __init__(
        self, role: str = "secondary", icon_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._role = role
        self._icon_name = icon_name
        self.setProperty("role", role)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._restyle()

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon_name = name
        self._restyle()

    def _restyle(self) -> None:
        if self._icon_name:
            self.setIcon(icon(self._icon_name, self.palette(), _ROLES[self._role], 18))
            self.setIconSize(QSize(18, 18))

    def changeEvent(self, event: QEvent) -> None:
        """The icon follows the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()


class IconButton(QToolButton):
    """A small button with an icon; set tooltip and accessible name with `say`."""

    def __init__(self, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self.setFixedHeight(34)
        self.setMinimumWidth(34)
        self.setIconSize(QSize(20, 20))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._restyle()

    def say(self, text: str, keys: str = "") -> None:
        """What it does, in words; `keys` names its shortcut."""
        self.setToolTip(f"{text}  ({keys})" if keys else text)
        self.setAccessibleName(text)

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon_name = name
        self._restyle()

    def _restyle(self) -> None:
        self.setIcon(icon(self._icon_name, self.palette(), QPalette.ColorRole.WindowText))

    def changeEvent(self, event: QEvent) -> None:
        """The icon follows the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()
