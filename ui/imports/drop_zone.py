"""Where files are dropped: a dashed outline that lights up while files hover over it."""

from pathlib import Path

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.i18n import _
from ui.page import Translated
from ui.widgets.buttons import Button
from ui.widgets.empty_state import Picture
from ui.widgets.text import Text


class DropZone(Translated):
    """`dropped(paths)`, and what was pressed."""

    dropped = Signal(list)
    choose_pressed = Signal()
    sample_pressed = Signal()
    paste_pressed = Signal()
    template_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lit = False
        self._first = True
        self.setAcceptDrops(True)
        self._title = Text("heading", wrap=True)
        self._more = Text("muted", wrap=True)
        self._choose = Button("primary", "folder")
        self._paste = Button("secondary")
        self._sample, self._template = Button("quiet"), Button("quiet", "export")
        self._choose.clicked.connect(self.choose_pressed)
        self._paste.clicked.connect(self.paste_pressed)
        self._sample.clicked.connect(self.sample_pressed)
        self._template.clicked.connect(self.template_pressed)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addWidget(self._title)
        words.addWidget(self._more)
        links = QHBoxLayout()
        links.setContentsMargins(-14, 0, 0, 0)  # in line with the words
        links.addWidget(self._template)
        links.addWidget(self._sample)
        links.addStretch(1)
        words.addLayout(links)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 20, 24, 20)
        row.setSpacing(20)
        row.addWidget(Picture("imports", 40))
        row.addLayout(words, 1)
        row.addWidget(self._paste)
        row.addWidget(self._choose)
        self.setMinimumHeight(112)
        self.setFocusProxy(self._choose)
        self.retranslate()

    def retranslate(self) -> None:
        """The words; the sample is offered while the workspace is empty."""
        self._title.setText(_("Drop files here"))
        self._more.setText(
            _(
                "Overdue list, contact history, crews (xlsx, csv) and map layers (geojson),"
                " several at once. You see what changes before anything is written."
            )
        )
        self._choose.setText(_("Choose files"))
        self._paste.setText(_("Paste a table"))
        self._paste.setToolTip(_("A table copied in Excel or WPS  (Ctrl+V)"))
        self._template.setText(_("Save an empty list to fill in"))
        self._sample.setText(_("Try with sample data"))
        self._sample.setVisible(self._first)
        self.setAccessibleName(_("Drop files here"))

    def offer_sample(self, first: bool) -> None:
        """Whether the workspace is still empty."""
        self._first = first
        self._sample.setVisible(first)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take local files only."""
        if dropped_paths(event):
            event.acceptProposedAction()
            self._light(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The files went elsewhere."""
        super().dragLeaveEvent(event)
        self._light(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand the files on."""
        self._light(False)
        paths = dropped_paths(event)
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def _light(self, lit: bool) -> None:
        self._lit = lit
        self.update()

    def paintEvent(self, _event: QEvent) -> None:
        """The surface with its dashed outline."""
        role = QPalette.ColorRole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self.palette().color(role.Light if self._lit else role.Base))
        pen = QPen(self.palette().color(role.Accent if self._lit else role.Dark), 1.4)
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The local files that are being dropped."""
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
