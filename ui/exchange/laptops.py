"""The laptops of the team as the lead sees them: how it stands with each; admit one, end one."""

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.exchange_view import Board, PeerRow
from planner.store.team import LEAD
from planner.sync.pairing import invitation_of
from planner.sync.peers import ENDED
from ui import formats
from ui.dialogs.reason import ReasonDialog
from ui.exchange import jobs
from ui.exchange.admit import AdmitDialog, InvitationDialog
from ui.exchange.words import peer_last, peer_notes, peer_state
from ui.i18n import _
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import Table
from ui.widgets.text import Text


class LaptopsView(Translated):
    """`said(text)` when something was done that the page should say."""

    said = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._board: Board | None = None
        zone = session.store.zone
        self.model = DataTable(
            (
                Column("who", lambda: _("Collector"),
                       lambda r: r.person or r.status.collector_id or r.status.name, Kind.STRONG,
                       width=130),
                Column("laptop", lambda: _("Laptop"), lambda r: r.status.name, width=120,
                       stretch=1),
                Column("state", lambda: _("State"), lambda r: peer_state(r)[0], Kind.CHIP,
                       tone=lambda r: peer_state(r)[1], width=130),
                Column("last", lambda: _("Last exchange"),
                       lambda r: formats.moment(peer_last(r), zone), width=150),
                Column("waiting", lambda: _("Not sent yet"),
                       lambda r: formats.number(r.waiting), Kind.NUMBER, width=110),
                Column("received", lambda: _("Received"),
                       lambda r: formats.number(r.received), Kind.NUMBER, width=100),
                Column("conflicts", lambda: _("Conflicts"),
                       lambda r: formats.number(r.conflicts), Kind.NUMBER, width=96),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self.model)
        self.table.chosen.connect(self._show)
        self.admit, self.invite = Button("primary", "plus"), Button("secondary", "export")
        self.end = Button("secondary", "stop")
        self.admit.clicked.connect(self.ask_card)
        self.invite.clicked.connect(self._invite)
        self.end.clicked.connect(self._end_or_back)
        self._name, self._notes = Text("heading"), Text("body", wrap=True)
        self._empty = EmptyState("crew")
        self._build()
        self.lead_to(self.table)
        self.retranslate()

    def _build(self) -> None:
        self._listed, self._detail = Card(heading=False), Card(heading=False)
        self._listed.body.addWidget(self.table)
        self._listed.body.addWidget(self._empty)
        self._empty.pressed.connect(self.ask_card)
        foot = QHBoxLayout()
        foot.addWidget(self.invite)
        foot.addWidget(self.end)
        foot.addStretch(1)
        self._detail.body.addWidget(self._name)
        self._detail.body.addWidget(self._notes)
        self._detail.body.addLayout(foot)
        top = QHBoxLayout()
        self._hint = Text("muted", wrap=True)
        top.addWidget(self._hint, 1)
        top.addWidget(self.admit)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addLayout(top)
        box.addWidget(self._listed, 1)
        box.addWidget(self._detail)

    def retranslate(self) -> None:
        """All words."""
        self._hint.setText(
            _("Each collector's laptop holds the persons given to that collector, and no others.")
        )
        self.admit.setText(_("Admit a laptop …"))
        self.invite.setText(_("Show the invitation again …"))
        self.table.setAccessibleName(_("Laptops"))
        self._empty.say(
            _("No laptop has been admitted yet"), _("Admit a laptop …"),
            more=_("A collector makes a card on the new laptop: Exchange, “I join a team”."),
        )  # fmt: skip
        self.model.renew()
        self._show(self.chosen())

    def panes(self) -> list[QWidget]:
        """The list, then what can be done."""
        return [self.table, self.admit] if self.model.rows else [self.admit]

    def chosen(self) -> PeerRow | None:
        """The laptop in hand."""
        found = self.model.row(self.table.currentIndex())
        return found if isinstance(found, PeerRow) else None

    def show_board(self, board: Board) -> None:
        """The laptops."""
        kept = self.chosen()
        self._board = board
        rows = [one for one in board.peers if board.role == LEAD]
        self.model.set_rows(rows)
        self.table.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self.admit.setVisible(bool(rows))
        if rows:
            at = self.model.place(
                lambda r: kept is not None and r.status.peer_id == kept.status.peer_id
            )
            self.table.setCurrentIndex(self.model.index(max(0, at), 0))
        self._show(self.chosen())

    @Slot(object)
    def _show(self, row: object) -> None:
        self._detail.setVisible(isinstance(row, PeerRow))
        if not isinstance(row, PeerRow):
            return
        who = row.person or row.status.collector_id
        self._name.setText(f"{row.status.name} ({who})")
        notes = peer_notes(row) or [_("All is well with this laptop.")]
        self._notes.setText("\n".join(notes))
        self.invite.setVisible(row.invited and row.status.state != ENDED)
        ended = row.status.state == ENDED
        self.end.setText(_("Give its place back") if ended else _("End its part …"))

    @Slot()
    def ask_card(self, text: str = "") -> None:
        """Ask for the card of a laptop; `text` where it was dropped on the page."""
        staff = self._board.staff if self._board else ()
        dialog = AdmitDialog(self._session, staff, text or "", self.window())
        dialog.admitted.connect(self._show_invitation)
        dialog.open()

    @Slot(str, str)
    def _show_invitation(self, text: str, name: str) -> None:
        InvitationDialog(text, name, self.window()).open()

    @Slot()
    def _invite(self) -> None:
        row = self.chosen()
        if row is not None:
            job = partial(invitation_of, self._session.store, row.status.peer_id)
            self._session.ask(job, self._invited)

    @Slot(object)
    def _invited(self, text: str) -> None:
        row = self.chosen()
        if text and row is not None:
            self._show_invitation(text, row.status.name)

    @Slot()
    def _end_or_back(self) -> None:
        row = self.chosen()
        if row is None:
            return
        if row.status.state == ENDED:
            job = partial(jobs.back, self._session.store, row.status.peer_id)
            self._session.do(job, self._back)
            return
        dialog = ReasonDialog(
            _("End the part of {name} in the team?").format(name=row.status.name),
            _(
                "Nothing is sent to it or taken from it any more, and what it has not sent stays on"
                " it: let it exchange first if you can. Its persons stay given to the collector"
                " until you give them to somebody else."
            ),
            _("End its part"),
            self.window(),
        )
        dialog.edit.setPlaceholderText(_("Reason, kept with the laptop"))
        dialog.told.connect(partial(self.end_part, row.status.peer_id))
        dialog.open()

    def end_part(self, peer_id: str, reason: str) -> None:
        """End a laptop's part for a reason."""
        job = partial(jobs.end, self._session.store, peer_id, reason, self._session.clock)
        self._session.do(job, self._ended)

    @Slot(object)
    def _ended(self, at_hub: object) -> None:
        text = _("The laptop is no longer in the team.")
        if at_hub:
            more = _("The team's server still lets its login in: whoever looks after the server has"
                     " to lock it there (hub-remove).")  # fmt: skip
            text = f"{text} {more}"
        self.said.emit(text)

    @Slot(object)
    def _back(self, _none: object) -> None:
        self.said.emit(_("The laptop is in the team again."))
