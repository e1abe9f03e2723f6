"""The timetable by itself: where things are, what mouse and keys ask for."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.plan.day_bar import DayBar
from ui.plan.lanes import Block, Lane, Ruler, position_by_time, where

H = 3600


def make_lane(index: int, starts: tuple[float, ...], **facts: object) -> Lane:
    """A lane with half-hour stops at these hours."""
    blocks = tuple(
        Block(f"P{index}{n}", n, int(h * H), int(h * H), int((h + 0.5) * H), False, "张*")
        for n, h in enumerate(starts, 1)
    )
    values: dict[str, object] = {
        "crew_id": f"K{index}", "name": f"组{index}", "index": index, "open": 9 * H,
        "close": 18 * H, "depart": 9 * H, "back": 17 * H, "metres": 12_000, "blocks": blocks,
    }  # fmt: skip
    return Lane(**(values | facts))  # type: ignore[arg-type]


LANES = (make_lane(0, (9.5, 11, 14)), make_lane(1, (10, 13, 15)), make_lane(2, ()))


@pytest.fixture
def bar(qtbot: QtBot) -> DayBar:
    """Three crews, one without stops."""
    widget = DayBar()
    qtbot.addWidget(widget)
    widget.show_lanes(LANES)
    widget.resize(900, widget.sizeHint().height())
    widget.show()
    return widget


def press(bar: DayBar, key: Qt.Key, *, ctrl: bool = False) -> None:
    """Press a key in the bar."""
    held = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(bar, key, held)


def test_ruler_spans_all_that_happens() -> None:
    """The axis reaches from the first start to the last return, in full hours."""
    ruler = Ruler.over((make_lane(0, (9,), back=int(18.4 * H)),), 900)
    assert (ruler.first, ruler.last) == (9, 19)
    assert ruler.x(9 * H) < ruler.x(19 * H) < 900


def test_arrows_walk(bar: DayBar) -> None:
    """Right and left go along a day, down and up to the nearest time of the next crew."""
    walked = []
    bar.chosen.connect(walked.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down,
                Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Up):  # fmt: skip
        press(bar, key)
    assert walked == ["P01", "P02", "P11", "P01"]


def test_ctrl_arrows_ask_for_moves(bar: DayBar, qtbot: QtBot) -> None:
    """Ctrl with arrows moves along the day and between crews, and never off the ends."""
    bar.select("P02")
    wanted = []
    bar.moved.connect(lambda *what: wanted.append(what))
    press(bar, Qt.Key.Key_Right, ctrl=True)
    press(bar, Qt.Key.Key_Left, ctrl=True)
    press(bar, Qt.Key.Key_Down, ctrl=True)
    press(bar, Qt.Key.Key_Up, ctrl=True)
    assert wanted == [("P02", "K0", 2), ("P02", "K0", 0), ("P02", "K1", 1)]
    bar.select("P03")
    press(bar, Qt.Key.Key_Right, ctrl=True)
    assert len(wanted) == 3


def test_letters(bar: DayBar, qtbot: QtBot) -> None:
    """L locks, Delete removes, Enter opens, T and a digit give to a crew; T and Esc do nothing."""
    bar.select("P12")
    for key, signal in (
        (Qt.Key.Key_L, bar.lock_wanted),
        (Qt.Key.Key_Delete, bar.drop_wanted),
        (Qt.Key.Key_Return, bar.opened),
    ):
        with qtbot.waitSignal(signal) as caught:
            press(bar, key)
        assert caught.args == ["P12"]
    press(bar, Qt.Key.Key_T)
    with qtbot.waitSignal(bar.moved) as moved:
        press(bar, Qt.Key.Key_3)
    assert moved.args == ["P12", "K2", 0]
    press(bar, Qt.Key.Key_T)
    with qtbot.assertNotEmitted(bar.moved):
        press(bar, Qt.Key.Key_Escape)


def test_letters_without_a_stop_do_nothing(bar: DayBar, qtbot: QtBot) -> None:
    """Nobody chosen: no key changes anything."""
    bar.select("nobody")
    with qtbot.assertNotEmitted(bar.lock_wanted), qtbot.assertNotEmitted(bar.drop_wanted):
        press(bar, Qt.Key.Key_L)
        press(bar, Qt.Key.Key_Delete)


def drag(bar: DayBar, debtor_id: str, end: QPoint) -> None:
    """Carry a stop to a pixel."""
    start = bar.block_rect(debtor_id).center()
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(bar, (start + end) / 2)
    QTest.mouseMove(bar, end)
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=end)


def test_drag_to_another_crew(bar: DayBar, qtbot: QtBot) -> None:
    """A stop dropped between two of another crew asks for exactly that place."""
    end = (bar.block_rect("P11").center() + bar.block_rect("P12").center()) / 2
    with qtbot.waitSignal(bar.moved) as wanted:
        drag(bar, "P03", end)
    assert wanted.args == ["P03", "K1", 1]


def test_drop_where_it_was_asks_for_nothing(bar: DayBar, qtbot: QtBot) -> None:
    """A small drag that changes no order is none."""
    with qtbot.assertNotEmitted(bar.moved):
        drag(bar, "P02", bar.block_rect("P02").center() + QPoint(12, 4))


def test_escape_ends_a_drag(bar: DayBar, qtbot: QtBot) -> None:
    """Esc while dragging leaves all as it was."""
    start, end = bar.block_rect("P03").center(), bar.block_rect("P12").center()
    with qtbot.assertNotEmitted(bar.moved):
        QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(bar, end)
        press(bar, Qt.Key.Key_Escape)
        QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=end)


def test_locked_stop_does_not_come_along(bar: DayBar, qtbot: QtBot) -> None:
    """Dragging a locked stop says that it is locked."""
    blocks = (Block("P91", 1, 9 * H, 9 * H, 10 * H, True, "李*"),)
    bar.show_lanes((make_lane(0, ()), make_lane(1, (), blocks=blocks)))
    with qtbot.waitSignal(bar.hinted) as said, qtbot.assertNotEmitted(bar.moved):
        drag(bar, "P91", QPoint(300, 40))
    assert "locked" in said.args[0]


def test_press_on_a_crew_shows_its_round(bar: DayBar, qtbot: QtBot) -> None:
    """The crew's name is a way to its round on the map."""
    with qtbot.waitSignal(bar.crew_wanted) as caught:
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(60, int(bar.ruler.top(1)) + 20))
    assert caught.args == [1]


def test_screen_reader_hears_the_stop(bar: DayBar) -> None:
    """The description names crew, number, person and times of the chosen stop."""
    bar.select("P12")
    assert bar.accessibleDescription() == "组1, stop 2: 张*, 13:00 to 13:30"


def test_positions() -> None:
    """Places are found by time and by person, without counting the stop itself."""
    assert where(LANES, "P12") == (1, 1)
    assert where(LANES, "P99") is None
    assert position_by_time(LANES[1], 14 * H, "P02") == 2
    assert position_by_time(LANES[0], 14 * H, "P03") == 2


def test_nights_out_are_painted(bar: DayBar) -> None:
    """A lane that begins or ends at a lodging looks otherwise than one that does not, also without
    a stop: the way there is drawn."""

    def picture(**facts: object) -> bytes:
        bar.show_lanes((make_lane(0, (), **facts),))
        image = bar.grab().toImage()
        return bytes(image.constBits())

    plain = picture()
    out, back = picture(sleeps="远山乡"), picture(slept="远山乡")
    assert len({plain, out, back}) == 3


def test_a_break_is_drawn_and_told(bar: DayBar) -> None:
    """The lunch of a crew stands between its stops, and its tip says from when to when."""
    before = bar.grab().toImage()
    lane = make_lane(0, (9.5, 11, 14), breaks=((12 * H, 13 * H),))
    bar.show_lanes((lane, *LANES[1:]))
    assert bar.grab().toImage() != before
    spot = bar.ruler.rest(0, lane.breaks[0]).center()
    assert bar.told_at(spot) == "组0: break from 12:00 to 13:00"
    assert "stop 1" in bar.told_at(bar.block_rect("P01").center())
    assert bar.told_at(bar.ruler.rest(0, (17 * H, 18 * H)).center()) == ""
