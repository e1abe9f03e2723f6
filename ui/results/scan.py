"""A number from paper, typed or read by a scanner: whose visit it is, or in words why none."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDateTimeEdit, QLineEdit, QSpinBox, QWidget

from planner.actions.find_visit import Meaning, Meant, find_visit
from planner.domain.visit_code import LENGTH, read_code
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


class Heard:
    """The digits typed one after the other into one field, whatever it makes of them: a scanner
    types into a day or a number of minutes as well."""

    def __init__(self) -> None:
        self._digits, self._field = "", None
        self._before: Callable[[], object] = lambda: None

    def key(self, field: object, text: str) -> None:
        """A key was pressed in `field`."""
        if field is not self._field or not (len(text) == 1 and text in "0123456789"):
            self.forget()
        if len(text) == 1 and text in "0123456789":
            if not self._digits:
                self._field, self._before = field, _way_back(field)
            self._digits += text

    def code(self) -> str:
        """The number of a visit that was typed last, "" for none."""
        return read_code(self._digits[-LENGTH:])

    def forget(self, *, back: bool = False) -> None:
        """Begin anew; `back`: a day, time or count is again what it was before the digits."""
        before = self._before
        self._digits, self._field, self._before = "", None, lambda: None
        if back:
            before()


def _way_back(field: object) -> Callable[[], object]:
    """What gives a field of a day, time or count its present value again."""
    if isinstance(field, QDateTimeEdit):
        return partial(field.setDateTime, field.dateTime())
    if isinstance(field, QSpinBox):
        return partial(field.setValue, field.value())
    return lambda: None


def begin_number(field: QLineEdit) -> None:
    """Put the keyboard into `field` behind the nought that every number begins with."""
    field.setFocus(Qt.FocusReason.ShortcutFocusReason)
    field.setText("0")
    field.end(False)
