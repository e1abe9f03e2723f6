"""The three ways of an exchange, one card each: shared folder, hub, files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.exchange_view import Board
from planner.store.team import LEAD
from planner.sync.folder import SUFFIX
from planner.sync.peers import ACTIVE
from ui.i18n import _
from ui.page import Translated
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.text import Text

if TYPE_CHECKING:
    from planner.sync.hub import Account


class _Way(Card):
    """A card with a sentence, then its buttons and how it stands in one row."""

    def __init__(self, *buttons: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._what, self._state = Text("muted", wrap=True), Text("small", wrap=True)
        self.row = QHBoxLayout()
        self.row.setSpacing(8)
        for button in buttons:
            self.row.addWidget(button)
        self.row.addWidget(self._state, 1)
        self.body.addWidget(self._what)
        self.body.addLayout(self.row)


class FolderWay(_Way):
    """`wanted(Path | None)`: exchange by this folder, None = that of the last time."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        self.go, self.choose = Button("primary", "refresh"), Button("secondary", "folder")
        super().__init__(self.go, self.choose, parent=parent)
        self._folder = ""
        self.go.clicked.connect(self._go)
        self.choose.clicked.connect(self._choose)

    def retranslate(self) -> None:
        """All words."""
        self.set_title(_("By a shared folder"))
        self._what.setText(
            _("A folder that all laptops see: a network share, or one that a service keeps alike."
              " The workspace itself never goes there.")
        )  # fmt: skip
        self._state.setText(self._folder or _("No folder chosen yet."))
        self.go.setText(_("Exchange now"))
        self.go.setToolTip(_("Exchange now") + "  (Ctrl+E)")
        self.go.setAccessibleName(_("Exchange now by the shared folder"))
        self.choose.setText(_("Another folder …") if self._folder else _("Choose the folder …"))
        self.go.setVisible(bool(self._folder))

    def show_folder(self, folder: str) -> None:
        """The folder of the last time."""
        self._folder = folder
        self.retranslate()

    @Slot()
    def _go(self) -> None:
        self.wanted.emit(None)

    @Slot()
    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, _("The shared folder"), self._folder)
        if chosen:
            self.wanted.emit(Path(chosen))


class HubWay(_Way):
    """`wanted` to exchange, `setup_wanted` to say where the hub is."""

    wanted = Signal()
    setup_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.go, self.setup = Button("primary", "refresh"), Button("secondary", "globe")
        super().__init__(self.go, self.setup, parent=parent)
        self._account: Account | None = None
        self._missing = False
        self.go.clicked.connect(self.wanted)
        self.setup.clicked.connect(self.setup_wanted)

    def retranslate(self) -> None:
        """All words."""
        self.set_title(_("Through a hub"))
        self._what.setText(
            _("A server of your own, for many laptops or laptops on the road. It keeps sealed"
              " entries only and is asked only when you exchange.")
        )  # fmt: skip
        one = self._account
        if self._missing:
            state = _("The part of the program that speaks to a hub is missing on this system.")
        elif one is None:
            state = _("No hub set up.")
        else:
            state = _("{login} at {host}").format(login=one.login, host=one.host)
        self._state.setText(state)
        self.go.setText(_("Exchange now"))
        self.go.setAccessibleName(_("Exchange now through the hub"))
        self.go.setVisible(one is not None)
        self.setup.setText(_("Change …") if one else _("Set up the hub …"))
        self.setup.setAccessibleName(_("Set up the hub …"))
        self.setup.setEnabled(not self._missing)

    def show_hub(self, account: "Account | None", *, missing: bool) -> None:
        """The hub of this workspace."""
        self._account, self._missing = account, missing
        self.retranslate()


class FileWay(_Way):
    """`write_wanted(peer ids, folder)` and `read_wanted(paths)`."""

    write_wanted = Signal(list, object)
    read_wanted = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        self.whom = QComboBox()
        self.write, self.read = Button("secondary", "export"), Button("secondary", "imports")
        super().__init__(self.write, self.whom, self.read, parent=parent)
        self.whom.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._peers: list[tuple[str, str]] = []
        self._lead = False
        self.write.clicked.connect(self._write)
        self.read.clicked.connect(self._read)

    def retranslate(self) -> None:
        """All words."""
        self.set_title(_("By file"))
        self._what.setText(
            _("A bundle on a stick, by mail or messenger. It is sealed to one laptop; nobody else"
              " can open it. Files can also be dropped anywhere on this page.")
        )  # fmt: skip
        self.write.setText(_("Write a bundle …"))
        self.read.setText(_("Read bundles …"))
        self.whom.setAccessibleName(_("For which laptop"))
        if self.whom.count():
            self.whom.setItemText(0, _("for all laptops"))

    def show_peers(self, board: Board) -> None:
        """For whom a bundle can be written."""
        self._lead = board.role == LEAD
        peers = [
            (one.status.peer_id, " ".join((one.status.collector_id, one.person or one.status.name)))
            for one in board.peers
            if one.status.state == ACTIVE
        ]
        if peers != self._peers:
            chosen = self.whom.currentData()
            self._peers = peers
            self.whom.clear()
            self.whom.addItem("", "")
            for key, name in peers:
                self.whom.addItem(name.strip(), key)
            self.whom.setCurrentIndex(max(0, self.whom.findData(chosen)))
        self.whom.setVisible(self._lead and len(peers) > 1)
        self.write.setEnabled(bool(peers))
        self.retranslate()

    def receivers(self) -> list[str]:
        """The laptops for which a bundle is to be written."""
        chosen = self.whom.currentData()
        return [key for key, _name in self._peers if chosen in (None, "", key)]

    @Slot()
    def _write(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, _("Write a bundle into this folder"))
        if chosen:
            self.write_wanted.emit(self.receivers(), Path(chosen))

    @Slot()
    def _read(self) -> None:
        kinds = f"{_('Bundles')} (*{SUFFIX});;{_('All files')} (*)"
        chosen, _kind = QFileDialog.getOpenFileNames(self, _("Read bundles …"), "", kinds)
        if chosen:
            self.read_wanted.emit([Path(one) for one in chosen])


class Ways(Translated):
    """The three cards below one another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder, self.hub, self.file = FolderWay(), HubWay(), FileWay()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 6, 0)
        box.setSpacing(14)
        for card in self.cards():
            box.addWidget(card)
        box.addStretch(1)
        self.retranslate()

    def cards(self) -> Sequence["FolderWay | HubWay | FileWay"]:
        """From top to bottom."""
        return (self.folder, self.hub, self.file)

    def retranslate(self) -> None:
        """All words."""
        for card in self.cards():
            card.retranslate()

    def first(self) -> QWidget:
        """Where the keyboard goes: exchange now, else the choice of a folder."""
        if self.folder.go.isVisibleTo(self):
            return self.folder.go
        return self.hub.go if self.hub.go.isVisibleTo(self) else self.folder.choose
