"""A document as it will be on paper: look, then print or save."""

from typing import Protocol, cast

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.i18n import _, ngettext
from ui.widgets.buttons import Button
from ui.widgets.scroll import scrolled
from ui.widgets.text import Text

_DOTS = 300  # to the inch: enough for paper, and a page takes 35 MB while it is drawn


class Options(Protocol):
    """What may be chosen of a document: a widget that says when it changed, and what is wanted."""

    changed: SignalInstance

    def wish(self) -> object:
        """What is wanted now."""


class PaperDialog(QDialog):
    """`look_wanted(wish)` when the document has to be made anew; `show_sheets` shows it.

    `save_wanted(wish)` and `printed(wish, bytes)` tell what was taken. The file lives in memory
    only until it is saved.
    """

    look_wanted = Signal(object)
    save_wanted = Signal(object)
    printed = Signal(object, object)

    def __init__(
        self, title: str, options: QWidget, note: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.content = b""
        self._title = title
        self._buffer = QBuffer(self)
        self.document = QPdfDocument(self)
        self._side, self._choices = options, cast(Options, options)
        self._pages, self._note = Text("muted"), Text("muted", note, wrap=True)
        self._note.setVisible(bool(note))
        self.view = QPdfView(self)
        self.view.setDocument(self.document)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setAccessibleName(title)
        self._wait = Text("muted", _("The sheets are being drawn …"), wrap=True)
        self._wait.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._wait)
        self._stack.addWidget(self.view)
        self.print, self.save = Button("primary", "print"), Button("secondary", "file")
        self._lay_out()
        self._choices.changed.connect(self.look)
        self.save.clicked.connect(self._save)
        self.print.clicked.connect(self._print)
        self.finished.connect(self._forget)
        self.resize(QSize(1040, 690))

    def _lay_out(self) -> None:
        self.print.setText(_("Print …"))
        self.print.setDefault(True)
        self.save.setText(_("Save as PDF …"))
        self.save.setAutoDefault(False)
        leave = Button("secondary")
        leave.setText(_("Close"))
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        inside = QWidget()
        side = QVBoxLayout(inside)
        side.setContentsMargins(0, 0, 8, 0)
        side.setSpacing(12)
        for part in (Text("heading", self._title, wrap=True), self._pages, self._side):
            side.addWidget(part)
        side.addWidget(self._note)
        side.addStretch(1)
        held = scrolled(inside)
        held.setFixedWidth(320)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(held)
        top.addWidget(self._stack, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for button in (leave, self.save, self.print):
            foot.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 18)
        box.setSpacing(14)
        box.addLayout(top, 1)
        box.addLayout(foot)

    @Slot()
    def look(self) -> None:
        """Ask for the sheets as they are chosen now; until they come nothing can be taken."""
        self.content = b""
        self.print.setEnabled(False)
        self.save.setEnabled(False)
        self._wait.setText(_("The sheets are being drawn …"))
        self._stack.setCurrentIndex(0)
        self.look_wanted.emit(self._choices.wish())

    def show_sheets(self, content: bytes) -> None:
        """Show this PDF."""
        self._close()
        self.content = content
        self._buffer.setData(QByteArray(content))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document.load(self._buffer)
        n = self.document.pageCount()
        self._pages.setText(ngettext("{n} page", "{n} pages", n).format(n=n))
        self._stack.setCurrentIndex(1)
        self.print.setEnabled(True)
        self.save.setEnabled(True)
        self.print.setFocus()

    def refuse(self, why: str) -> None:
        """Say why there is nothing to show."""
        self._wait.setText(why)

    def draw(self, printer: QPrinter) -> None:
        """Put every page onto the printer's paper, without margins of its own."""
        painter = QPainter(printer)
        for number in range(self.document.pageCount()):
            if number:
                printer.newPage()
            room = painter.viewport().size()
            size = self.document.pagePointSize(number).toSize()
            size.scale(room, Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(0, 0, self.document.render(number, size))
        painter.end()

    @Slot()
    def _print(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setResolution(_DOTS)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        printer.setFullPage(True)
        printer.setDuplex(QPrinter.DuplexMode.DuplexNone)
        printer.setColorMode(QPrinter.ColorMode.GrayScale)
        if QPrintDialog(printer, self).exec():
            self.draw(printer)
            self.printed.emit(self._choices.wish(), self.content)

    @Slot()
    def _save(self) -> None:
        self.save_wanted.emit(self._choices.wish())

    def _close(self) -> None:
        self.document.close()
        self._buffer.close()

    @Slot()
    def _forget(self) -> None:
        """Nothing of the sheets stays in memory longer than the dialog is open."""
        self._close()
        self._buffer.setData(QByteArray())
        self.content = b""
