"""Base maps: the list with size and area, files dropped or chosen, removed, an online server."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from planner.actions.change import Change
from planner.actions.map_packs import (
    Listed,
    Online,
    choose_online,
    import_map,
    list_maps,
    online_map,
    remove_map,
)
from planner.errors import PlannerError
from planner.geo.basemap import ENDINGS, MapPack, Progress
from planner.store.store import Store
from ui import formats
from ui.background import Task
from ui.dialogs.asking import Asking
from ui.errors import words
from ui.i18n import _, error_text, ngettext
from ui.page import Translated
from ui.safe.backup_view import size_words
from ui.session import Session
from ui.widgets.buttons import Button, IconButton
from ui.widgets.card import Card, line
from ui.widgets.message_bar import MessageBar
from ui.widgets.progress import Progress as ProgressBar
from ui.widgets.text import Text


def read_maps(store: Store) -> tuple[list[Listed], Online]:
    """All that the card shows."""
    with store.read() as conn:
        online = online_map(conn)
    return list_maps(store.path), online


def bring_maps(
    workspace: Path, paths: Sequence[Path], *, on_progress: Progress, cancelled: object
) -> tuple[tuple[list[MapPack], list[PlannerError]], Change]:
    """Import one file after the other; a bad one does not keep the others out."""
    taken: list[MapPack] = []
    refused: list[PlannerError] = []
    for number, path in enumerate(paths):

        def share(part: float, done: int = number) -> None:
            on_progress((done + part) / len(paths))

        try:
            taken.append(import_map(workspace, path, on_progress=share, cancelled=cancelled))  # type: ignore[arg-type]
        except PlannerError as error:
            refused.append(error)
            if error.code == "map_pack.stopped":
                break
    return (taken, refused), Change.LAYERS if taken else Change.NOTHING


def _remove(workspace: Path, name: str) -> tuple[None, Change]:
    remove_map(workspace, name)
    return None, Change.LAYERS


def _choose(store: Store, online: Online) -> tuple[Online, Change]:
    return choose_online(store, online), Change.LAYERS


def kind_word(pack: MapPack) -> str:
    """What a pack is, in words."""
    if not pack.vector:
        return _("pictures")
    return _("drawn map") if pack.schema != "unknown" else _("drawn map, layers not known")


class ConfirmRemoval(Asking):
    """Whether a map may go."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(_("Remove it"), parent=parent)
        self.go.clicked.connect(self.accept)
        why = _("Plans and cases stay as they are; the map can be added again from its file.")
        title = _("Remove the base map “{name}”?").format(name=name)
        self.lay_out(title, Text("muted", why, wrap=True))


class _Row(QWidget):
    """One pack: name and facts, and the button that removes it."""

    removed = Signal(str)

    def __init__(self, one: Listed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = one.path.name
        title, facts = Text("body", wrap=True), Text("muted", wrap=True)
        if one.pack is not None:
            title.setText(one.pack.title)
            facts.setText(_facts(one.pack))
        else:
            title.setText(one.path.name)
            facts.setText(error_text(one.trouble) if one.trouble is not None else "")
        button = IconButton("trash")
        button.say(_("Remove {map}").format(map=one.path.name))
        button.clicked.connect(partial(self.removed.emit, self.name))
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(title)
        column.addWidget(facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.addLayout(column, 1)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)


def _facts(pack: MapPack) -> str:
    area = _("{area} km²").format(area=formats.number(pack.square_km()))
    parts = (pack.path.name, kind_word(pack), size_words(pack.size), area, pack.attribution)
    return " · ".join(part for part in parts if part)


class MapPacksCard(Translated):
    """Packs beside the workspace. Files may be dropped anywhere on the card."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._task: Task | None = None
        self.setAcceptDrops(True)
        self._card = Card()
        self._note = Text("muted", wrap=True)
        self.choose = Button("secondary", "folder")
        self.choose.clicked.connect(self._ask_files)
        self.message = MessageBar()
        self.progress = ProgressBar()
        self.progress.cancelled.connect(self._stop)
        self.rows: list[_Row] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._none = Text("muted", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._note, 1)
        head.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignTop)
        box = self._card.body
        box.addLayout(head)
        box.addWidget(self.message)
        box.addWidget(self.progress)
        box.addWidget(self._none)
        box.addLayout(self._list)
        box.addWidget(line())
        box.addWidget(self._online())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._card)
        self.lead_to(self.choose)
        self.retranslate()

    def _online(self) -> QWidget:
        holder = QWidget()
        self.online = QCheckBox()
        self._warning = Text("muted", wrap=True)
        self.address, self.thanks = QLineEdit(), QLineEdit()
        self.keep = Button("secondary")
        self.keep.clicked.connect(self._keep_online)
        self.online.toggled.connect(self._show_online)
        fields = QHBoxLayout()
        fields.setSpacing(8)
        fields.addWidget(self.address, 3)
        fields.addWidget(self.thanks, 2)
        fields.addWidget(self.keep)
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.online)
        box.addWidget(self._warning)
        box.addLayout(fields)
        return holder

    def retranslate(self) -> None:
        """All words of the card."""
        self._card.set_title(_("Base maps"))
        self._note.setText(
            _(
                "Maps in one file (.pmtiles or .mbtiles), drawn without a network under every map"
                " of this program. Drop files here; several at once are fine."
            )
        )
        self.choose.setText(_("Add base maps …"))
        self._none.setText(_("No base map yet. Roads and places of imported layers are shown."))
        self.online.setText(_("Also show pictures of a map server of my choice"))
        self._warning.setText(
            _(
                "Off by default. The server learns which area is looked at; nothing about cases"
                " is sent. Packs above are drawn over it."
            )
        )
        self.address.setPlaceholderText("https://…/{z}/{x}/{y}.png")
        self.address.setAccessibleName(_("Address of the map server"))
        self.thanks.setPlaceholderText(_("Source, such as © …"))
        self.thanks.setAccessibleName(_("Source, such as © …"))
        self.keep.setText(_("Save"))
        self.message.name_cross(_("Close the message"))
        self._card.setAccessibleName(_("Base maps"))

    def refresh(self) -> None:
        """Read the list anew."""
        self._session.ask(partial(read_maps, self._session.store), self._show)

    @Slot(object)
    def _show(self, read: tuple[list[Listed], Online]) -> None:
        found, online = read
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        self.rows = [_Row(one) for one in found]
        for row in self.rows:
            row.removed.connect(self._ask_remove)
            self._list.addWidget(row)
        self._none.setVisible(not found)
        self.online.setChecked(online.on)
        self.address.setText(online.address)
        self.thanks.setText(online.attribution)
        self._show_online()

    @Slot()
    def _show_online(self) -> None:
        for part in (self.address, self.thanks):
            part.setEnabled(self.online.isChecked())

    @Slot()
    def _ask_files(self) -> None:
        kinds = " ".join(f"*{ending}" for ending in ENDINGS)
        names, _kind = QFileDialog.getOpenFileNames(
            self, _("Add base maps …"), "", f"{_('Base maps')} ({kinds})"
        )
        self.bring([Path(name) for name in names])

    def bring(self, paths: Sequence[Path]) -> None:
        """Import these files, one after the other."""
        if not paths or not self.choose.isEnabled():
            return
        self.message.clear()
        self.choose.setEnabled(False)
        self.progress.start(_("Copying and checking …"))
        job = partial(bring_maps, self._session.store.path, list(paths))
        self._task = self._session.do(
            job, self._brought, self._failed, progress=self.progress.advance
        )

    @Slot(object)
    def _brought(self, answer: tuple[list[MapPack], list[PlannerError]]) -> None:
        taken, refused = answer
        self._end()
        lines = [error_text(error) for error in refused]
        if taken:
            text = ngettext("{count} map added.", "{count} maps added.", len(taken))
            lines.insert(0, text.format(count=len(taken)))
        self.message.say("\n".join(lines), "warn" if refused else "accent")
        self.refresh()

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._end()
        if isinstance(error, PlannerError | OSError):
            self.message.say(words(error), "warn")
        else:
            self._session.troubled.emit(error)
        self.refresh()

    def _end(self) -> None:
        self._task = None
        self.progress.stop()
        self.choose.setEnabled(True)

    @Slot()
    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @Slot(str)
    def _ask_remove(self, name: str) -> None:
        dialog = ConfirmRemoval(name, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(partial(self.remove_map, name))
        dialog.open()

    def remove_map(self, name: str) -> None:
        """Delete it; the question was asked before."""
        job = partial(_remove, self._session.store.path, name)
        self._session.do(job, self._removed, self._failed)

    @Slot(object)
    def _removed(self, _nothing: object) -> None:
        self.message.say(_("The map is removed."))
        self.refresh()

    @Slot()
    def _keep_online(self) -> None:
        wanted = Online(self.address.text(), self.thanks.text(), self.online.isChecked())
        job = partial(_choose, self._session.store, wanted)
        self._session.do(job, self._kept, self._failed_online)

    @Slot(object)
    def _kept(self, online: Online) -> None:
        said = _("The map server is in use.") if online.on else _("No map server is in use.")
        self.message.say(said, "accent")

    @Slot(object)
    def _failed_online(self, error: BaseException) -> None:
        if isinstance(error, PlannerError):
            self.message.say(words(error), "warn")
        else:
            self._session.troubled.emit(error)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take map files, and only them."""
        if _maps_of(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Bring in what was dropped."""
        self.bring(_maps_of(event))
        event.acceptProposedAction()


def _maps_of(event: QDropEvent) -> list[Path]:
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in ENDINGS]
