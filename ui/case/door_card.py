"""What came from the door: numbers and places that wait for a yes or no, and the evidence."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.changes import PHONE, decide
from planner.actions.evidence import Kept, evidence_of
from planner.clock import Clock
from planner.errors import PlannerError
from planner.store.blobs import get_blob
from planner.store.changes import Proposed, load_changes
from planner.store.store import Store
from ui import formats
from ui.dialogs.evidence import EvidenceDialog
from ui.i18n import _
from ui.page import Translated
from ui.results.door_words import field_word, kind_word, size_words
from ui.results.thumbs import picture
from ui.safe.looked import system_user
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.flow import FlowLayout
from ui.widgets.text import Text

_SIDE = 56  # logical pixels of a small picture
_MOST = 24  # pieces that are shown, the newest


@dataclass(frozen=True, slots=True)
class DoorView:
    """What came from the door for one person; a picture for each piece that has one."""

    debtor_id: str
    waiting: tuple[Proposed, ...]
    pieces: tuple[tuple[Kept, QImage | None], ...]


def load_door(store: Store, debtor_id: str) -> DoorView:
    """Read off the GUI thread."""
    with store.read() as conn:
        waiting = load_changes(conn, [debtor_id])
        pieces = []
        for kept in evidence_of(conn, debtor_id)[-_MOST:]:
            image = None
            if kept.what == "photo":
                try:
                    image = picture(get_blob(conn, debtor_id, kept.evidence_id), kept.media,
                                    2 * _SIDE)  # fmt: skip
                except PlannerError:
                    image = None  # the dialog says what is wrong
            pieces.append((kept, image))
    return DoorView(debtor_id, tuple(waiting), tuple(pieces))


def write_decision(
    store: Store, one: Proposed, accepted: bool, clock: Clock
) -> tuple[None, Change, bytes]:
    """Accept or refuse; answers as a deed of the session."""
    by = system_user()
    return None, Change.CASES, decide(store, one.debtor_id, one.change_id, accepted, clock=clock,
                                      by=by)  # fmt: skip


class DoorCard(Translated):
    """Hidden while there is nothing from the door. Values are masked until they are revealed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._who = ""
        self._view: DoorView | None = None
        self._open = False
        self._card = Card()
        self._rows, self._holder = QVBoxLayout(), QWidget()
        self._flow = FlowLayout(self._holder)
        self.buttons: list[Button] = []
        self._card.body.addLayout(self._rows)
        self._card.body.addWidget(self._holder)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._card)
        self.hide()
        self.retranslate()

    def show_person(self, debtor_id: str) -> None:
        """Read what there is for this person."""
        if debtor_id != self._who:
            self._view = None
            self._fill()
        self._who = debtor_id
        self._session.ask(partial(load_door, self._session.store, debtor_id), self._arrived)

    @Slot(bool)
    def reveal(self, shown: bool) -> None:
        """Show or mask what was found."""
        self._open = shown
        self._fill()

    @Slot(object)
    def _arrived(self, view: DoorView) -> None:
        if view.debtor_id == self._who:
            self._view = view
            self._fill()

    def retranslate(self) -> None:
        """All words of the card."""
        self._card.set_title(_("From the door"))
        self._fill()

    def _fill(self) -> None:
        while self._rows.count():
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._flow.clear()
        self.buttons = []
        view = self._view
        self.setVisible(view is not None and bool(view.waiting or view.pieces))
        if view is None:
            return
        for one in view.waiting:
            self._rows.addWidget(self._waiting(one))
        for kept, image in view.pieces:
            self._flow.addWidget(self._piece(kept, image))
        self._holder.setVisible(bool(view.pieces))
        self._holder.updateGeometry()

    def _waiting(self, one: Proposed) -> QWidget:
        """One change with its two buttons."""
        masked = formats.mask_phone if one.field == PHONE else formats.district
        value = one.value if self._open else masked(one.value) or formats.NONE
        row = QWidget()
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        day = formats.moment(one.at, self._session.store.zone)
        said = Text("body", f"{field_word(one.field)}: {value}", wrap=True)
        said.setToolTip(day)
        box.addWidget(said, 1)
        for accepted, name in ((True, _("Accept")), (False, _("Refuse"))):
            button = Button("secondary", "check" if accepted else "close")
            button.setText(name)
            button.setAccessibleName(f"{name}: {field_word(one.field)}")
            button.clicked.connect(partial(self._decide, one, accepted))
            box.addWidget(button)
            self.buttons.append(button)
        return row

    def _piece(self, kept: Kept, image: QImage | None) -> Button:
        button = Button("secondary", "" if image is not None else "eye")
        at = formats.moment(kept.at, self._session.store.zone)
        button.setText(f"{kind_word(kept.what)}\n{at}")
        if image is not None:
            button.setIcon(QIcon(QPixmap.fromImage(image)))
            button.setIconSize(QSize(_SIDE, _SIDE))
        button.setAccessibleName(f"{kind_word(kept.what)} {at}, {size_words(kept.size)}")
        button.clicked.connect(partial(self._look, kept))
        self.buttons.append(button)
        return button

    def _decide(self, one: Proposed, accepted: bool, _on: bool = False) -> None:
        text = _("Accepted: {what}") if accepted else _("Refused: {what}")
        job = partial(write_decision, self._session.store, one, accepted, self._session.clock)
        self._session.deed(text.format(what=field_word(one.field)), job)

    def _look(self, kept: Kept, _on: bool = False) -> None:
        EvidenceDialog(self._session, self._who, kept, self).open()
