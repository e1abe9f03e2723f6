"""The day bar's picture of a plan: one lane for each crew, blocks in seconds of the local day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QRectF

from planner.domain.plan import at_doors
from ui.plan.book import Book

LABEL = 132  # pixels for the crew's name
TAIL = 104  # pixels for the end of its day
HEAD = 22  # height of the time axis
LANE = 40  # height of a lane
BLOCK = 26  # height of a block
REST = 14  # height of a break
NARROWEST = 16  # width of a block that can still be hit and read


@dataclass(frozen=True, slots=True)
class Block:
    """One stop: seconds after local midnight of the plan's day. `people` are all who are visited
    there, `debtor_id` the first of them; `name` names them all."""

    debtor_id: str
    number: int
    arrive: int
    start: int
    leave: int
    locked: bool
    name: str
    state: str = ""  # "done": a visit is recorded; "barred": no visit is permitted any more
    fresh: bool = False  # the offered plan that is shown brings or moves it here
    people: tuple[str, ...] = ()

    def holds(self, debtor_id: str) -> bool:
        """Whether this person is visited there."""
        return debtor_id == self.debtor_id or debtor_id in self.people


@dataclass(frozen=True, slots=True)
class Lane:
    """One crew's day. `open`/`close` are its working hours, `breaks` from ... to ...; `slept` and
    `sleeps` the places of the nights before and after it that are not spent at home."""

    crew_id: str
    name: str
    index: int
    open: int
    close: int
    depart: int
    back: int
    metres: int
    blocks: tuple[Block, ...]
    breaks: tuple[tuple[int, int], ...] = ()
    slept: str = ""
    sleeps: str = ""


def lanes_of(
    book: Book, name: Callable[[str], str], fresh: frozenset[str] = frozenset()
) -> tuple[Lane, ...]:
    """The lanes of a book's plan; `name` answers the shown name of a debtor, `fresh` are the
    persons whom an offered plan brings in or gives to another crew."""
    plan = book.plan
    if plan is None:
        return ()
    zone, first = ZoneInfo(book.zone), plan.day.toordinal()
    barred = set(book.outdated())

    def state(who: str) -> str:
        return "done" if who in book.done else "barred" if who in barred else ""

    def second(at: datetime) -> int:
        """By the clock on the wall; the next day's hours go on beyond 24."""
        local = at.astimezone(zone)
        days = local.toordinal() - first
        return ((days * 24 + local.hour) * 60 + local.minute) * 60 + local.second

    lanes = []
    for index, route in enumerate(plan.routes):
        crew = book.crew(route)
        blocks = tuple(
            Block(
                some[0].debtor_id, number, second(some[0].arrive), second(some[0].start),
                second(some[-1].leave), any(stop.locked for stop in some),
                " · ".join(name(stop.debtor_id) for stop in some),
                stop_state([state(stop.debtor_id) for stop in some]),
                any(stop.debtor_id in fresh for stop in some),
                tuple(stop.debtor_id for stop in some),
            )
            for number, some in enumerate(at_doors(route.stops), 1)
        )  # fmt: skip
        depart, back = second(route.depart), second(route.back)
        lanes.append(
            Lane(
                route.crew_id, route.crew, index, crew.start if crew else depart,
                crew.end if crew else back, depart, back, route.metres, blocks,
                tuple((second(begin), second(end)) for begin, end in route.breaks),
                route.slept.name if route.slept else "", route.sleeps.name if route.sleeps else "",
            )
        )  # fmt: skip
    return tuple(lanes)


def stop_state(states: list[str]) -> str:
    """The state of a stop: barred if one of its visits is, done once all are."""
    if "barred" in states:
        return "barred"
    return "done" if all(state == "done" for state in states) else ""


@dataclass(frozen=True, slots=True)
class Ruler:
    """Where seconds and lanes are in the widget."""

    first: int  # full hours at both ends of the axis
    last: int
    width: float

    @staticmethod
    def over(lanes: tuple[Lane, ...], width: float) -> "Ruler":
        """A ruler that spans the working hours and whatever reaches beyond them."""
        first = min((min(lane.open, lane.depart) for lane in lanes), default=8 * 3600) // 3600
        last = -(-max((max(lane.close, lane.back) for lane in lanes), default=20 * 3600) // 3600)
        return Ruler(first, max(last, first + 1), width)

    def x(self, second: float) -> float:
        """The pixel of a second of the day."""
        span = (self.last - self.first) * 3600
        return LABEL + (second - self.first * 3600) / span * max(1.0, self.width - LABEL - TAIL)

    def top(self, place: int) -> float:
        """The upper edge of a lane."""
        return HEAD + place * LANE

    def lane_at(self, y: float, lanes: int) -> int:
        """The lane at a height, the nearest one beyond the ends."""
        return max(0, min(lanes - 1, int((y - HEAD) // LANE)))

    def block(self, place: int, block: Block) -> QRectF:
        """The rectangle of a stop."""
        left, right = self.x(block.start), self.x(block.leave)
        wide = max(NARROWEST, right - left)
        return QRectF(left, self.top(place) + (LANE - BLOCK) / 2, wide, BLOCK)

    def rest(self, place: int, span: tuple[int, int]) -> QRectF:
        """The rectangle of a break: flatter than a stop."""
        top = self.top(place) + (LANE - REST) / 2
        return QRectF(self.x(span[0]), top, max(4.0, self.x(span[1]) - self.x(span[0])), REST)

    def position(self, lane: Lane, x: float, without: str) -> int:
        """Before how many of the lane's other stops a block dropped at `x` would come."""
        others = [block for block in lane.blocks if block.debtor_id != without]
        return sum((self.x(b.start) + self.x(b.leave)) / 2 < x for b in others)


def position_by_time(lane: Lane, start: int, without: str) -> int:
    """The position in `lane` at which a stop that starts at `start` keeps the order of time."""
    return sum(b.start < start for b in lane.blocks if b.debtor_id != without)


def where(lanes: tuple[Lane, ...], debtor_id: str) -> tuple[int, int] | None:
    """(lane, place in it) of a person, None when there is no such stop."""
    for number, lane in enumerate(lanes):
        for place, block in enumerate(lane.blocks):
            if block.holds(debtor_id):
                return number, place
    return None
