"""One piece of evidence: the picture, its facts, and the way out with a warning."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from planner.actions.evidence import PAPER, SOUND, Kept, load_evidence, save_out, suffix
from planner.errors import PlannerError
from planner.store.store import Store
from ui import formats
from ui.dialogs.photo import PhotoDialog
from ui.dialogs.sound import SoundBar
from ui.errors import words as error_words
from ui.i18n import _
from ui.results.door_words import kind_word, size_words
from ui.results.thumbs import picture
from ui.safe.looked import system_user
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

_SIDE = 460
_LARGE = 4096  # dots of a photo that is viewed large


def load_picture(store: Store, debtor_id: str, kept: Kept) -> QImage | None:
    """The picture of a photo, decoded within limits; runs off the GUI thread."""
    return picture(load_evidence(store, debtor_id, kept.evidence_id), kept.media, 2 * _SIDE)


def load_large(store: Store, debtor_id: str, kept: Kept) -> QImage | None:
    """The same as large as it may be, decoded in memory."""
    return picture(load_evidence(store, debtor_id, kept.evidence_id), kept.media, _LARGE)


class EvidenceDialog(QDialog):
    """Looks at a piece inside the program; a copy leaves only after a tick, and it is recorded."""

    def __init__(
        self, session: Session, debtor_id: str, kept: Kept, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._who, self._kept = session, debtor_id, kept
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Fairvisit"))
        self.setMinimumWidth(540)
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.hide()
        self.large = Button("secondary", "eye")
        self.large.setText(_("View large"))
        self.large.clicked.connect(self._view_large)
        self.large.hide()
        self.sound = SoundBar(suffix(kept.media))
        self.sound.setVisible(kept.what == SOUND)
        self.sound.wanted.connect(self._ask_sound)
        self.sound.failed.connect(self._cannot_play)
        self.finished.connect(self.sound.forget)
        self.message = MessageBar(closable=False)
        self._warning = MessageBar(closable=False)
        self.sure = QCheckBox(_("I know that the copy is not protected"))
        self.out, close = Button("secondary", "export"), Button("primary")
        self.out.setText(_("Save a copy outside …"))
        self.out.setEnabled(False)
        self.sure.toggled.connect(self.out.setEnabled)
        self.out.clicked.connect(self._pick)
        close.setText(_("Close"))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(10)
        title = f"{kind_word(kept.what)} · {formats.moment(kept.at, session.store.zone)}"
        box.addWidget(Text("heading", title, wrap=True))
        box.addWidget(self.picture)
        box.addWidget(self.large, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(self.sound)
        facts = [kept.name, size_words(kept.size), kept.media, kept.note]
        box.addWidget(Text("muted", " · ".join(one for one in facts if one), wrap=True))
        half = len(kept.sha256) // 2
        digest = f"SHA-256 {kept.sha256[:half]} {kept.sha256[half:]}"
        box.addWidget(Text("small", digest, wrap=True))
        box.addWidget(self.message)
        box.addWidget(self._warning)
        foot = QHBoxLayout()
        box.addWidget(self.sure)
        foot.addStretch(1)
        foot.addWidget(self.out)
        foot.addWidget(close)
        box.addLayout(foot)
        self._warning.say(
            _("A copy outside the program is not protected, and who saved it is recorded. It came"
              " from elsewhere: open it with care."),
            "warn",
        )  # fmt: skip
        if kept.what == PAPER:
            self.message.say(_("Papers are kept as they came and are not opened here."), "neutral")
        session.ask(partial(load_picture, session.store, debtor_id, kept), self._shown, self._wrong)

    @Slot(object)
    def _shown(self, image: QImage | None) -> None:
        if image is not None:
            fit = QPixmap.fromImage(image).scaled(
                _SIDE, _SIDE, Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )  # fmt: skip
            self.picture.setPixmap(fit)
            self.picture.setAccessibleName(kind_word(self._kept.what))
            self.picture.show()
            self.large.show()
        elif self._kept.what == "photo":
            self.message.say(_("This photo cannot be shown here."), "neutral")

    @Slot()
    def _view_large(self) -> None:
        job = partial(load_large, self._session.store, self._who, self._kept)
        self._session.ask(job, self._show_large, self._wrong)

    @Slot(object)
    def _show_large(self, image: QImage | None) -> None:
        if image is not None:
            at = formats.moment(self._kept.at, self._session.store.zone)
            PhotoDialog(image, f"{kind_word(self._kept.what)} · {at}", self).open()

    @Slot()
    def _ask_sound(self) -> None:
        job = partial(load_evidence, self._session.store, self._who, self._kept.evidence_id)
        self._session.ask(job, self.sound.play, self._wrong)

    @Slot(str)
    def _cannot_play(self, why: str) -> None:
        self.message.say(why, "neutral")

    @Slot(object)
    def _wrong(self, error: BaseException) -> None:
        if isinstance(error, PlannerError):
            self.message.say(error_words(error), "warn")
        else:
            self._session.troubled.emit(error)

    @Slot()
    def _pick(self) -> None:
        name = f"evidence-{self._kept.evidence_id[:8]}{suffix(self._kept.media)}"
        chosen, _filter = QFileDialog.getSaveFileName(
            self, _("Save a copy outside …"), str(Path.home() / name)
        )
        if chosen:
            self.save_to(Path(chosen))

    def save_to(self, target: Path) -> None:
        """Write the copy, off the GUI thread."""
        self.sure.setChecked(False)  # the next one is a decision of its own
        job = partial(
            save_out, self._session.store, self._who, self._kept.evidence_id, target,
            by=system_user(), clock=self._session.clock,
        )  # fmt: skip
        self._session.ask(job, self._saved, self._wrong)

    @Slot(object)
    def _saved(self, _done: None) -> None:
        self.message.say(_("The copy is saved, and that is recorded."), "accent")
