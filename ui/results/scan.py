"""A number from paper, typed or read by a scanner: whose visit it is, or in words why none."""

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from planner.actions.find_visit import Meaning, Meant, find_visit
from ui import formats
from ui.i18n import _
from ui.session import Session


def meant_words(told: Meant) -> tuple[str, str]:
    """(what is wrong with a number, the way out on a button or "")."""
    day = formats.day(told.day) if told.day is not None else ""
    match told.meaning:
        case Meaning.GONE:
            return (
                _("This sheet is older than the plan: the stop was taken out since. You can record"
                  " it all the same."), "",
            )  # fmt: skip
        case Meaning.OTHER_DAY:
            return (
                _("This number is from the sheet of {day}.").format(day=day),
                _("Go to {day}").format(day=day),
            )
        case Meaning.SEVERAL:
            return _("Two stops of this day share this number. Choose in the list."), ""
        case Meaning.MISTYPED:
            return _("A digit of this number is wrong. Compare it with the sheet."), ""
        case Meaning.NO_NUMBER:
            return _("The number on the sheet has ten digits and begins with 0."), ""
        case _:
            return _("No plan of this workspace has this number."), ""


class CodeDesk(QObject):
    """Looks numbers up. `here(debtor id)` for a stop of the day in view, else `told(Meant)`."""

    here = Signal(str)
    told = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session

    @Slot(str)
    def look(self, text: str) -> None:
        """Look a number up, off the GUI thread."""
        job = partial(find_visit, self._session.store, text, self._session.day)
        self._session.ask(job, self._answered)

    @Slot(object)
    def _answered(self, told: Meant) -> None:
        if told.meaning is Meaning.HERE:
            self.here.emit(told.debtor_id)
        else:
            self.told.emit(told)


class CodeField(QLineEdit):
    """A field for a number from paper; `scanned(text)` on Enter, then it is empty again."""

    scanned = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("draft", False)  # a number looked for is nothing to be saved
        self.setMaxLength(40)
        self.setFixedWidth(210)
        self.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.returnPressed.connect(self._entered)

    def retranslate(self) -> None:
        """Its words."""
        self.setAccessibleName(_("Number from the sheet"))
        self.setPlaceholderText(_("Number from the sheet"))
        self.setToolTip(_("Type or scan the number beside a name on the second sheet (0)"))

    def begin(self) -> None:
        """The first digit was typed elsewhere: go on here."""
        begin_number(self)

    def _entered(self) -> None:
        text = self.text()
        self.clear()
        self.scanned.emit(text)


def begin_number(field: QLineEdit) -> None:
    """Put the keyboard into `field` behind the nought that every number begins with."""
    field.setFocus(Qt.FocusReason.ShortcutFocusReason)
    field.setText("0")
    field.end(False)
