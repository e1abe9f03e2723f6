"""Who may open the workspace, when it locks, and who looked at whom."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from ui.dialogs.keys import Job, KeysDialog
from ui.i18n import _, ngettext
from ui.page import Translated
from ui.safe.jobs import save_lock_minutes
from ui.session import Session
from ui.settings import key_jobs
from ui.settings.key_jobs import Ways
from ui.settings.looked_at import LookedCard
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.scroll import scrolled
from ui.widgets.text import Text

MINUTES = (5, 10, 15, 30, 60, 0)
_ROWS = ("passphrase", "code", "keyring", "organisation", "rotate")


class ProtectionPanel(Translated):
    """Rows of (what, how it stands, button); each button asks for the words it needs."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._ways = Ways(session.store.protected, False, False, False, (), 15)
        self._card, self._lock_card, self._file_card = Card(), Card(), Card()
        self._intro = Text("body", wrap=True)
        self._names = {key: Text("strong") for key in _ROWS}
        self._states = {key: Text("muted", wrap=True) for key in _ROWS}
        self.buttons = {key: Button("secondary") for key in _ROWS}
        slots = (self._passphrase, self._code, self._keyring, self._organisation, self._rotate)
        for key, slot in zip(_ROWS, slots, strict=True):
            self.buttons[key].clicked.connect(slot)
        self.minutes, self._lock_note = QComboBox(), Text("muted", wrap=True)
        self.minutes.activated.connect(self._pick_minutes)
        self.lock = Button("secondary", "lock")
        self.lock.clicked.connect(session.lock_wanted)
        self._path = Text("body", str(session.store.path), wrap=True)
        self._path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts = Text("muted", wrap=True)
        self.looked = LookedCard(session)
        self.looked.person_wanted.connect(partial(session.go, "case"))
        self.looked.files_wanted.connect(partial(session.go, "imports"))
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        self._card.body.addWidget(self._intro)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(2)
        for number, key in enumerate(_ROWS):
            grid.addWidget(self._names[key], 3 * number, 0)
            grid.addWidget(self._states[key], 3 * number + 1, 0)
            button = self.buttons[key]
            grid.addWidget(button, 3 * number, 1, 2, 1, Qt.AlignmentFlag.AlignVCenter)
            grid.setRowMinimumHeight(3 * number + 2, 8)
        grid.setColumnStretch(0, 1)
        self._card.body.addLayout(grid)
        row = QHBoxLayout()
        row.addWidget(self.minutes)
        row.addStretch(1)
        row.addWidget(self.lock)
        self._lock_card.body.addLayout(row)
        self._lock_card.body.addWidget(self._lock_note)
        self._file_card.body.addWidget(self._path)
        self._file_card.body.addWidget(self._facts)
        inside = QWidget()
        left = QVBoxLayout(inside)
        left.setContentsMargins(0, 0, 6, 0)
        left.setSpacing(14)
        for card in (self._card, self._lock_card, self._file_card):
            left.addWidget(card)
        left.addStretch(1)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(16)
        box.addWidget(scrolled(inside), 11)
        box.addWidget(self.looked, 9)

    def retranslate(self) -> None:
        """All words of the panel."""
        self._card.set_title(_("Who can open this workspace"))
        self._lock_card.set_title(_("Locking"))
        self._file_card.set_title(_("Workspace"))
        store = self._session.store
        self._facts.setText(
            _("Time zone {zone}, amounts in {currency}").format(
                zone=store.zone, currency=store.currency
            )
        )
        self.looked.retranslate()
        self._fill_minutes()
        self._show()

    def refresh(self) -> None:
        """Read how it stands anew."""
        self._session.ask(partial(key_jobs.load_ways, self._session.store), self._arrived)
        self.looked.refresh()

    def focus(self) -> None:
        """Put the keyboard where the next step is."""
        self.buttons["passphrase"].setFocus()

    @Slot(object)
    def _arrived(self, ways: Ways) -> None:
        self._ways = ways
        self._show()
        self._session.lock_minutes.emit(ways.minutes)

    def _show(self) -> None:
        ways = self._ways
        self._intro.setText(
            _("Encrypted. It opens in these ways only, and so do its backups.")
            if ways.protected
            else _("Not protected: whoever gets hold of the file can read everything in it.")
        )
        names = (
            _("Passphrase"), _("Recovery code"), _("This computer"), _("Organisation"),
            _("Key of the file"),
        )  # fmt: skip
        for key, name in zip(_ROWS, names, strict=True):
            self._names[key].setText(name)
        self._say_states()
        self._say_buttons()
        self.lock.setEnabled(ways.protected)
        self.minutes.setEnabled(ways.protected)
        self.minutes.setCurrentIndex(self.minutes.findData(ways.minutes))

    def _say_states(self) -> None:
        ways = self._ways
        none = _("None.")
        keyring = _("Opens without the passphrase when you are logged in here.")
        if not ways.keyring:
            keyring = (
                _("Asks for the passphrase at every start.")
                if ways.can_remember
                else _("This system keeps no secrets for programs.")
            )
        states = {
            "passphrase": _("Set.") if ways.protected else none,
            "code": _("Made; it opens the workspace when the passphrase is forgotten.")
            if ways.code
            else _("None: if the passphrase is forgotten, the data is lost."),
            "keyring": keyring,
            "organisation": _("Entrusted to {names}.").format(names=", ".join(ways.organisations))
            if ways.organisations
            else _("Not entrusted: nobody else can set a new passphrase."),
            "rotate": _("Give the file another key, for instance after a copy went astray."),
        }
        for key, state in states.items():
            self._states[key].setText(state)

    def _say_buttons(self) -> None:
        ways = self._ways
        texts = {
            "passphrase": _("Change …") if ways.protected else _("Set a passphrase …"),
            "code": _("Make a new one …") if ways.code else _("Make one …"),
            "keyring": _("Forget it …") if ways.keyring else _("Remember …"),
            "organisation": _("Entrust …"),
            "rotate": _("Change the key …"),
        }
        for key, text in texts.items():
            self.buttons[key].setText(text)
            self.buttons[key].setAccessibleName(f"{self._names[key].text()}: {text}")
            self.buttons[key].setEnabled(ways.protected or key == "passphrase")
        can = ways.protected and (ways.keyring or ways.can_remember)
        self.buttons["keyring"].setEnabled(can)

    def _fill_minutes(self) -> None:
        self.minutes.clear()
        for minutes in MINUTES:
            text = ngettext("After {n} idle minute", "After {n} idle minutes", minutes)
            self.minutes.addItem(text.format(n=minutes) if minutes else _("Never"), minutes)
        self.minutes.setAccessibleName(_("Lock the window"))
        self.lock.setText(_("Lock now"))
        self._lock_note.setText(
            _("Also with Ctrl+L, and when the computer sleeps or its screen is locked.")
        )

    @Slot(int)
    def _pick_minutes(self, number: int) -> None:
        job = partial(save_lock_minutes, self._session.store, self.minutes.itemData(number))
        self._session.do(job, self._session.lock_minutes.emit)

    def _ask(self, title: str, why: str, act: str, job: Job, *, sets: bool = False) -> KeysDialog:
        asks = self._ways.protected
        dialog = KeysDialog(
            self._session, title, why, act, job, asks=asks, sets=sets, parent=self.window()
        )
        dialog.settled.connect(self.refresh)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    @Slot()
    def _passphrase(self) -> None:
        protected = self._ways.protected
        self._ask(
            _("Change the passphrase") if protected else _("Choose a passphrase"),
            _("Backups follow: they open with the new passphrase too."),
            _("Change") if protected else _("Protect"),
            partial(key_jobs.set_passphrase, self._session.store),
            sets=True,
        )

    @Slot()
    def _code(self) -> None:
        self._ask(
            _("A new recovery code"),
            _("It is shown once. An earlier one opens nothing any more."),
            _("Make it"),
            partial(key_jobs.new_code, self._session.store),
        )

    @Slot()
    def _keyring(self) -> None:
        on = not self._ways.keyring
        self._ask(
            _("Open without the passphrase on this computer?")
            if on
            else _("Ask for the passphrase again?"),
            _(
                "The keyring of the system keeps a key for this user. A locked window still asks"
                " for the passphrase."
            )
            if on
            else _("The keyring of the system forgets its key."),
            _("Remember") if on else _("Forget it"),
            partial(key_jobs.remember, self._session.store, on),
        )

    @Slot()
    def _organisation(self) -> None:
        title = _("Public key of the organisation")
        chosen, _kind = QFileDialog.getOpenFileName(self, title)
        if chosen:
            self.entrust(Path(chosen))

    def entrust(self, file: Path) -> None:
        """Ask whether the holder of this key may open the workspace."""
        self._ask(
            _("Entrust the workspace to {name}?").format(name=file.stem),
            _("Whoever holds the private key to it can open the workspace and set a passphrase."),
            _("Entrust"),
            partial(key_jobs.trust, self._session.store, file),
        )

    @Slot()
    def _rotate(self) -> None:
        self._ask(
            _("Give the file another key"),
            _(
                "The workspace and its backups are encrypted anew; that takes a while. Only the"
                " passphrase goes on; a recovery code is replaced by a new one."
            ),
            _("Change the key"),
            partial(key_jobs.rotate, self._session.store),
        )
