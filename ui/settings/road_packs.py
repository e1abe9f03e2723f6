"""Road packs: which there are, more by drop or choice, and removal after a question."""

from collections.abc import Callable
from functools import partial
from math import cos, radians
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.road_packs import (
    ENDINGS,
    RoadPack,
    import_road_pack,
    list_road_packs,
    remove_road_pack,
)
from planner.errors import PlannerError
from ui import formats
from ui.background import Task
from ui.dialogs.asking import Asking
from ui.errors import words
from ui.i18n import _, ngettext
from ui.imports.drop_zone import dropped_paths
from ui.models.table import Column, DataTable, Kind
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.progress import Progress
from ui.widgets.table import Table
from ui.widgets.text import Text

_KM_A_DEGREE = 111.2
_MEGA = 1_000_000


def import_packs(
    workspace: Path,
    files: list[Path],
    *,
    on_progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> list[RoadPack]:
    """One after the other; PlannerError as `import_road_pack`, and what was added before stays."""
    done: list[RoadPack] = []
    for number, file in enumerate(files):

        def forward(share: float, number: int = number) -> None:
            on_progress((number + share) / len(files))

        done.append(import_road_pack(workspace, file, on_progress=forward, cancelled=cancelled))
    return done


def area_words(pack: RoadPack) -> str:
    """How large its area is; or why it is not used."""
    if pack.info is None:
        return words(pack.trouble) if pack.trouble is not None else ""
    south, west, north, east = pack.info.bounds
    tall = (north - south) * _KM_A_DEGREE
    wide = (east - west) * _KM_A_DEGREE * cos(radians((north + south) / 2))
    return _("{wide} × {tall} km").format(wide=formats.number(wide), tall=formats.number(tall))


def place_words(pack: RoadPack) -> str:
    """The same, and where its middle lies."""
    if pack.info is None:
        return area_words(pack)
    south, west, north, east = pack.info.bounds
    return _("{area} around {lat}, {lon}").format(
        area=area_words(pack),
        lat=formats.number((north + south) / 2, 2),
        lon=formats.number((west + east) / 2, 2),
    )


def _size(pack: RoadPack) -> str:
    return _("{size} MB").format(size=formats.number(pack.size / _MEGA, 1))


class ConfirmRemoval(Asking):
    """Whether a pack may go."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(_("Remove it"), parent=parent)
        why = _(
            "New plans estimate the ways of that area again. Saved plans stay as they are; the"
            " pack can be added again from its file."
        )
        self.go.clicked.connect(self.accept)
        title = _("Remove the road pack “{name}”?").format(name=name)
        self.lay_out(title, Text("muted", why, wrap=True))


class RoadPacksCard(Card):
    """Files may be dropped anywhere on it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self._task: Task | None = None
        self.setAcceptDrops(True)
        self._note = Text("muted", wrap=True)
        self.model = DataTable(
            (
                Column("name", lambda: _("Road pack"), lambda p: p.name, Kind.STRONG,
                       width=90, stretch=2),
                Column("area", lambda: _("Extent"), area_words, Kind.MUTED, tip=place_words,
                       width=120, stretch=3),
                Column("roads", lambda: _("Roads"),
                       lambda p: formats.distance(p.info.metres) if p.info else formats.NONE,
                       Kind.NUMBER, lambda p: p.info.metres if p.info else 0, width=80),
                Column("date", lambda: _("Data of"),
                       lambda p: (p.info.date[:10] if p.info else "") or formats.NONE, width=90),
                Column("size", lambda: _("Size"), _size, Kind.NUMBER, lambda p: p.size, width=70),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self.model)
        self.table.setMinimumHeight(116)
        self.add, self.remove = Button("primary", "plus"), Button("secondary", "trash")
        self.add.clicked.connect(self._choose)
        self.remove.clicked.connect(self._ask_remove)
        self.remove.setEnabled(False)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        self.message, self.progress = MessageBar(), Progress()
        self.progress.cancelled.connect(self._stop)
        self._credit = Text("small", wrap=True)
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addWidget(self.remove)
        row.addStretch(1)
        for widget in (self._note, self.message, self.progress):
            self.body.addWidget(widget)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._credit)
        self.body.addLayout(row)

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Road packs"))
        self._note.setText(
            _(
                "With roads of the area, plans know real ways and times without any network. Drop"
                " an OpenStreetMap extract (.osm.pbf) or a road pack (.fvroads) here; a province"
                " takes some minutes once."
            )
        )
        self.add.setText(_("Add roads …"))
        self.remove.setText(_("Remove …"))
        self.table.setAccessibleName(_("Road packs"))
        self.message.name_cross(_("Close the message"))
        self._say_credit()

    def refresh(self) -> None:
        """Read the folder anew."""
        self._session.ask(partial(list_road_packs, self._session.store.path), self.show_packs)

    @Slot(object)
    def show_packs(self, packs: tuple[RoadPack, ...]) -> None:
        """Other packs."""
        self.model.set_rows(packs)
        self._say_credit()
        self._selected()

    @Slot()
    def _selected(self) -> None:
        self.remove.setEnabled(self._chosen() is not None)

    def _chosen(self) -> RoadPack | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.row(rows[0]) if rows else None

    def _say_credit(self) -> None:
        credits = {pack.info.attribution for pack in self.model.rows if pack.info is not None}
        self._credit.setText(_("Data: {names}").format(names="; ".join(sorted(credits))))
        self._credit.setVisible(bool(credits))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files with roads."""
        if self._task is None and _with_roads(dropped_paths(event)):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add them."""
        event.acceptProposedAction()
        self.import_files(_with_roads(dropped_paths(event)))

    @Slot()
    def _choose(self) -> None:
        kinds = _("Roads ({endings})").format(endings=" ".join(f"*{end}" for end in ENDINGS))
        files, _kind = QFileDialog.getOpenFileNames(self, _("Add roads"), "", kinds)
        self.import_files([Path(file) for file in files])

    def import_files(self, files: list[Path]) -> None:
        """Add these files, one after the other; the window goes on meanwhile."""
        if not files or self._task is not None:
            return
        self.message.clear()
        self.add.setEnabled(False)
        names = ", ".join(file.name for file in files)
        self.progress.start(_("Reading roads: {files}").format(files=names))
        job = partial(import_packs, self._session.store.path, files)
        self._task = self._session.ask(
            job, self._added, self._not_added, progress=self.progress.advance
        )

    @Slot()
    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @Slot(object)
    def _added(self, packs: list[RoadPack]) -> None:
        self._end()
        text = ngettext("{n} road pack added.", "{n} road packs added.", len(packs))
        self.message.say(text.format(n=len(packs)), "accent")

    @Slot(object)
    def _not_added(self, error: BaseException) -> None:
        self._end()
        self._say(error)

    def _end(self) -> None:
        self._task = None
        self.progress.stop()
        self.add.setEnabled(True)
        self.refresh()
        self._session.tell(Change.SETTINGS)

    def _say(self, error: BaseException) -> None:
        if isinstance(error, PlannerError | OSError):
            self.message.say(words(error), "warn")
        else:
            self._session.troubled.emit(error)

    @Slot()
    def _ask_remove(self) -> None:
        pack = self._chosen()
        if pack is None:
            return
        dialog = ConfirmRemoval(pack.name, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(partial(self.remove_pack, pack.name))
        dialog.open()

    def remove_pack(self, name: str) -> None:
        """Delete it; the question was asked before."""
        job = partial(_removed, self._session.store.path, name)
        self._session.do(job, self._gone, self._not_added)

    @Slot(object)
    def _gone(self, name: str) -> None:
        self.message.say(_("The road pack “{name}” is removed.").format(name=name), "accent")
        self.refresh()


def _with_roads(files: list[Path]) -> list[Path]:
    return [file for file in files if file.name.lower().endswith(ENDINGS)]


def _removed(workspace: Path, name: str) -> tuple[str, Change]:
    remove_road_pack(workspace, name)
    return name, Change.SETTINGS
