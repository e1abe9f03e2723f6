"""A photo as large as the window, or dot by dot; it lives in memory until it is closed."""

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ui.i18n import _
from ui.widgets.buttons import Button
from ui.widgets.text import Text


class PhotoDialog(QDialog):
    """Fits the window first; one press shows every dot, arrows move it. Esc closes."""

    def __init__(self, image: QImage, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Fairvisit"))
        self._whole = QPixmap.fromImage(image)
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setAccessibleName(title)
        self.scroll = QScrollArea()
        self.scroll.setWidget(self.picture)
        self.scroll.setWidgetResizable(True)
        self.scroll.setAccessibleName(title)
        self.every, close = Button("secondary"), Button("primary")
        self.every.setText(_("Every dot"))
        self.every.setCheckable(True)
        self.every.setAutoDefault(False)
        self.every.toggled.connect(self._fit)
        close.setText(_("Close"))
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addWidget(Text("muted", title), 1)
        foot.addWidget(self.every)
        foot.addWidget(close)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 12, 12, 12)
        box.addWidget(self.scroll, 1)
        box.addLayout(foot)
        over: QWidget = self
        while (above := over.parentWidget()) is not None:
            over = above.window()
        self.resize(over.size().expandedTo(QSize(900, 640)))
        self.scroll.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As large as there is room."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Another screen has other dots."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._fit()

    @Slot()
    def _fit(self) -> None:
        ratio = self.devicePixelRatioF()
        shown = self._whole
        if not self.every.isChecked():
            room = self.scroll.viewport().size() * ratio
            shown = shown.scaled(
                room.boundedTo(shown.size()), Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )  # fmt: skip
        shown.setDevicePixelRatio(ratio)
        self.picture.setPixmap(shown)
