"""What may be added to any outcome: a number or address that was found, consent, files."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QComboBox, QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from planner.actions.at_door import AtDoor
from planner.actions.evidence import Piece
from planner.export.door_words import CONSENT
from ui.i18n import _
from ui.page import Translated
from ui.results.door_words import kind_word, size_words, word
from ui.widgets.buttons import Button
from ui.widgets.flow import FlowLayout
from ui.widgets.text import Text

THUMB = 36  # logical pixels of a small picture
Shown = tuple[Piece, QImage | None]


class MorePane(Translated):
    """Fields that are rarely needed. `files_wanted(paths)`; the page reads them off-thread."""

    changed = Signal()
    files_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.phone, self.address = QLineEdit(), QLineEdit()
        self.phone.setMaxLength(40)
        self.phone.setMinimumWidth(150)
        self.phone.setInputMethodHints(Qt.InputMethodHint.ImhDialableCharactersOnly)
        self.address.setMaxLength(200)
        self.consent = QComboBox()
        self.add = Button("secondary", "file")
        self.add.clicked.connect(self._pick)
        self.pieces: list[Shown] = []
        self._holder = QWidget()
        self._flow = FlowLayout(self._holder)
        self.labels = {name: Text("muted") for name in ("phone", "address", "consent")}
        self.error = Text("small", wrap=True)
        self.error.setProperty("part", "accent")
        self.error.hide()
        self._lay_out()
        for signal in (
            self.phone.textEdited, self.address.textEdited, self.consent.currentIndexChanged,
        ):  # fmt: skip
            signal.connect(self.changed)
        self.retranslate()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        fields = {"phone": self.phone, "address": self.address, "consent": self.consent}
        for column, (name, field) in enumerate(fields.items()):
            self.labels[name].setBuddy(field)
            grid.addWidget(self.labels[name], 0, column)
            grid.addWidget(field, 1, column)
        grid.addWidget(self.error, 2, 0, 1, 3)
        row = QHBoxLayout()
        row.addWidget(self.add, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._holder, 1)
        grid.addLayout(row, 3, 0, 1, 3)
        grid.setColumnStretch(1, 1)

    def fields(self) -> list[QWidget]:
        """What the keyboard goes through."""
        return [self.phone, self.address, self.consent, self.add]

    def retranslate(self) -> None:
        """All words."""
        words = {
            "phone": _("New phone found"),
            "address": _("New address found"),
            "consent": _("Recording"),
        }
        for name, field in (
            ("phone", self.phone), ("address", self.address), ("consent", self.consent),
        ):  # fmt: skip
            self.labels[name].setText(words[name])
            field.setAccessibleName(words[name])
        told = _("Proposed as a change; counts once it is accepted on the person's page")
        self.phone.setToolTip(told)
        self.address.setToolTip(told)
        kept = self.consent.currentData()
        self.consent.blockSignals(True)
        self.consent.clear()
        self.consent.addItem(_("not asked"), "")
        for key in CONSENT:
            self.consent.addItem(word(CONSENT, key), key)
        self.consent.setCurrentIndex(max(0, self.consent.findData(kept)))
        self.consent.blockSignals(False)
        self.add.setText(_("Add files …"))
        self.add.setToolTip(
            _("Photo, sound or scan: copied into the workspace and encrypted there")
        )
        self._fill()

    def clear(self) -> None:
        """Nothing is noted."""
        self.phone.clear()
        self.address.clear()
        self.consent.setCurrentIndex(0)
        self.pieces = []
        self.complain("")
        self._fill()

    def fill(self, door: AtDoor) -> AtDoor:
        """`door` with what is noted here."""
        return replace(
            door, phone=self.phone.text().strip(), address=self.address.text().strip(),
            consent=str(self.consent.currentData() or ""),
            evidence=tuple(piece for piece, _image in self.pieces),
        )  # fmt: skip

    def restore(self, door: AtDoor) -> None:
        """Show what was noted; files have no picture then."""
        self.phone.setText(door.phone)
        self.address.setText(door.address)
        self.consent.setCurrentIndex(max(0, self.consent.findData(door.consent)))
        self.pieces = [(piece, None) for piece in door.evidence]
        self._fill()

    def complain(self, text: str) -> None:
        """Words below the fields, "" for none."""
        self.error.setText(text)
        self.error.setVisible(bool(text))

    def take(self, pieces: Sequence[Shown]) -> None:
        """Files that were read, with their small pictures."""
        known = {piece.sha256 for piece, _image in self.pieces}
        self.pieces += [one for one in pieces if one[0].sha256 not in known]
        self._fill()
        self.changed.emit()

    def _fill(self) -> None:
        self._flow.clear()
        for place, (piece, image) in enumerate(self.pieces):
            button = Button("secondary", "" if image is not None else "close")
            button.setText(f"{kind_word(piece.what)} · {size_words(len(piece.data))}")
            if image is not None:
                button.setIcon(QIcon(QPixmap.fromImage(image)))
                button.setIconSize(QSize(THUMB, THUMB))
            button.setAccessibleName(_("Leave out {what}").format(what=button.text()))
            button.setToolTip(_("Press to leave it out"))
            button.setProperty("place", place)
            button.clicked.connect(self._leave_out)
            self._flow.addWidget(button)
            button.show()
        self._holder.updateGeometry()

    def _leave_out(self) -> None:
        button = self.sender()
        if button is not None:
            del self.pieces[int(button.property("place"))]
            self._fill()
            self.changed.emit()

    def _pick(self) -> None:
        names, _filter = QFileDialog.getOpenFileNames(self, _("Photos, sounds, scans"))
        if names:
            self.files_wanted.emit([Path(name) for name in names])
