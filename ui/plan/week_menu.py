"""The menu of a stop on the week's board: to which day and crew, lock, remove, open."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, Protocol

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from ui.i18n import _
from ui.plan.week_book import Week
from ui.plan.week_grid import Spot, shut
from ui.plan.week_words import day_name


class Wanting(Protocol):
    """Whose signals the menu emits: the board."""

    moved: Any
    lock_wanted: Any
    drop_wanted: Any
    opened: Any
    day_wanted: Any


def _plain(text: str) -> str:
    """Names come from files: no "&" of theirs is a mnemonic."""
    return text.replace("&", "&&")


def fill_menu(menu: QMenu, board: Wanting, week: Week, today: date, spot: Spot) -> None:
    """Write the actions of the stop at `spot` into `menu`.

    Days have the digits 1 to 7, crews 1 to 9: M, 3, 2 is Wednesday, second crew.
    """
    chip = spot.chip
    if chip is None:
        return
    who, here = chip.debtor_id, week.columns[spot.column].day
    for number, column in enumerate(week.columns, 1):
        if shut(column) or column.day < today:
            continue
        name = f"&{number}  " + _("To {day}").format(day=day_name(column.day))
        days = menu.addMenu(name)
        days.setEnabled(not chip.locked)
        days.menuAction().setData((column.day, ""))
        _act(days, "&0  " + _("Best crew"), partial(board.moved.emit, who, here, column.day, ""),
             (column.day, ""), column.day != here)  # fmt: skip
        for place, line in enumerate(week.crews, 1):
            if line.crew_id not in column.cells:
                continue
            digit = f"&{place}  " if place < 10 else ""
            same = column.day == here and place - 1 == spot.row
            _act(
                days, digit + _plain(line.name),
                partial(board.moved.emit, who, here, column.day, line.crew_id),
                (column.day, line.crew_id), not same,
            )  # fmt: skip
    menu.addSeparator()
    lock = _("&Unlock the stop") if chip.locked else _("&Lock the stop")
    _act(menu, lock, partial(board.lock_wanted.emit, who))
    _act(menu, _("&Remove from the plan"), partial(board.drop_wanted.emit, who))
    menu.addSeparator()
    _act(menu, _("&Open person"), partial(board.opened.emit, who))
    _act(menu, _("Open the &day"), partial(board.day_wanted.emit, here))


def _act(
    menu: QMenu, text: str, slot: Callable[[], Any], data: object = None, enabled: bool = True
) -> QAction:
    action = menu.addAction(text)
    action.setData(data)
    action.setEnabled(enabled)
    action.triggered.connect(lambda *_: slot())
    return action
