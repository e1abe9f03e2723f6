"""A card about a service elsewhere that may be asked: off unless somebody switches it on."""

from abc import abstractmethod
from collections.abc import Mapping
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from planner.actions.change import Change
from planner.errors import PlannerError
from planner.store.store import Store
from ui.errors import words
from ui.i18n import _
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

_LONGEST = 300
Chosen = TypeVar("Chosen")


class ServiceCard(Card, Generic[Chosen]):
    """Switch, address and kind of a service, what is sent there, and one press that applies it.

    `Chosen` is what is kept. Whoever inherits says how it is read from the fields and back, when
    it is whole, and how it is kept; `foot` has room for more fields before "Apply".
    """

    def __init__(
        self, session: Session, kinds: Mapping[str, str], saved: Chosen,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent=parent)
        self._session = session
        self._saved = saved
        self._note = Text("muted", wrap=True)
        self.on, self.url, self.kind = QCheckBox(), self.line(), QComboBox()
        for key, name in kinds.items():
            self.kind.addItem(name, key)
        self.apply = Button("primary", "check")
        self.apply.clicked.connect(self.save)
        self.on.toggled.connect(self._look)
        self.kind.activated.connect(self._look)
        self.message = MessageBar()
        row, self.foot = QHBoxLayout(), QHBoxLayout()
        row.addWidget(self.url, 1)
        row.addWidget(self.kind)
        self.foot.addWidget(self.apply)
        self.body.addWidget(self._note)
        self.body.addWidget(self.on)
        self.body.addLayout(row)
        self.body.addWidget(self.message)
        self.body.addLayout(self.foot)

    def line(self) -> QLineEdit:
        """A field of text that counts for what is chosen."""
        field = QLineEdit()
        field.setMaxLength(_LONGEST)
        field.textChanged.connect(self._look)
        return field

    def name(self, title: str, note: str, switch: str, url: str, kind: str) -> None:
        """The words of the card; those of the fields are for screen readers."""
        self.set_title(title)
        self._note.setText(note)
        self.on.setText(switch)
        self.url.setAccessibleName(url)
        self.kind.setAccessibleName(kind)
        self.apply.setText(_("Apply"))
        self.message.name_cross(_("Close the message"))
        self._look()

    @abstractmethod
    def chosen(self) -> Chosen:
        """What the fields say."""

    @abstractmethod
    def fill(self, found: Chosen) -> None:
        """Set the fields to what is in force."""

    @abstractmethod
    def whole(self, chosen: Chosen) -> bool:
        """Whether it can be put in force."""

    @abstractmethod
    def keep(self, store: Store, chosen: Chosen) -> Chosen:
        """Put it in force; runs off the GUI thread. Raises PlannerError in words."""

    @abstractmethod
    def applied_words(self, found: Chosen) -> str:
        """What follows from it."""

    @Slot(object)
    def show_chosen(self, found: Chosen) -> None:
        """What is in force."""
        self._saved = found
        self.fill(found)
        self._look()

    def choose(self, on: bool, url: str, kind: str) -> None:
        """Set the fields that every service has."""
        self.on.setChecked(on)
        self.url.setText(url)
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))

    @Slot()
    def _look(self) -> None:
        chosen = self.chosen()
        self.apply.setEnabled(chosen != self._saved and self.whole(chosen))

    @Slot()
    def save(self) -> None:
        """Put it in force."""
        job = partial(self._kept, self._session.store, self.chosen())
        self._session.do(job, self._applied, self._refused)

    def _kept(self, store: Store, chosen: Chosen) -> tuple[Chosen, Change]:
        return self.keep(store, chosen), Change.SETTINGS

    @Slot(object)
    def _applied(self, found: Chosen) -> None:
        self.show_chosen(found)
        self.message.say(self.applied_words(found), "accent")

    @Slot(object)
    def _refused(self, error: Any) -> None:
        self._look()
        if isinstance(error, PlannerError):
            self.message.say(words(error), "warn")
        else:
            self._session.troubled.emit(error)
