"""The work of placing people one after the other: whose turn it is, what is offered, where the pin
stands. No widgets here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from planner.actions.places_desk import HERE, PIN, Spot, spot_of
from planner.domain.codes import Grade
from planner.geo.gazetteer_find import Candidate
from planner.geo.pasted import Pasted
from planner.store.unplaced import Unplaced

# Metres that an arrow moves the pin, by how hard: plain, with Shift, with Alt.
STEPS = {"far": 1000.0, "usual": 100.0, "near": 10.0}
EXACT = (Grade.DOOR, Grade.STREET, Grade.VILLAGE)
_DEGREE = 111_320.0  # metres of a degree of latitude


@dataclass(slots=True)
class Bench:
    """The people that wait and the one in hand. A `spot` is where the pin stands, None = nowhere;
    it is `moved` when somebody set it and did not merely accept an offer."""

    waiting: list[Unplaced] = field(default_factory=list)
    at: int = 0
    offers: tuple[Candidate, ...] = ()
    chosen: int = -1  # of the offers
    spot: Spot | None = None
    exact: Grade = Grade.DOOR

    @property
    def current(self) -> Unplaced | None:
        """Who is in hand."""
        return self.waiting[self.at] if 0 <= self.at < len(self.waiting) else None

    @property
    def moved(self) -> bool:
        """Whether somebody set the pin by hand: then it is confirmed."""
        return self.spot is not None and self.spot.confirmed

    def show(self, waiting: Sequence[Unplaced], debtor_id: str = "") -> None:
        """Take up these people; the one in hand stays in hand, or `debtor_id` comes into it."""
        before = self.current
        wanted = debtor_id or (before.debtor_id if before else "")
        self.waiting = list(waiting)
        places = [k for k, one in enumerate(self.waiting) if one.debtor_id == wanted]
        self.at = places[0] if places else min(self.at, max(0, len(self.waiting) - 1))
        after = self.current
        if before is None or after is None or after.debtor_id != before.debtor_id:
            self.forget()

    def go(self, at: int) -> None:
        """Take up another one."""
        if 0 <= at < len(self.waiting):
            self.at = at
            self.forget()

    def skip(self, step: int = 1) -> None:
        """The next one, or the one before; behind the last comes the first."""
        if self.waiting:
            self.go((self.at + step) % len(self.waiting))

    def done(self) -> None:
        """The one in hand is placed and leaves the list; the next takes the place."""
        if self.waiting:
            del self.waiting[self.at]
            self.at = self.at % len(self.waiting) if self.waiting else 0
            self.forget()

    def forget(self) -> None:
        """Nothing is offered or set yet."""
        self.offers, self.chosen, self.spot, self.exact = (), -1, None, Grade.DOOR

    def offer(self, offers: Sequence[Candidate]) -> None:
        """What is offered; the first is chosen unless somebody has set the pin."""
        self.offers, self.chosen = tuple(offers), -1
        if not self.moved:
            self.spot = None
            self.choose(0)

    def choose(self, number: int) -> None:
        """Put the pin on an offer."""
        if 0 <= number < len(self.offers):
            self.chosen = number
            self.spot = spot_of(self.offers[number])

    def start(self) -> tuple[float, float] | None:
        """Where the pin begins to move: where it stands, else where the weak position is."""
        one = self.current
        if self.spot is not None:
            return self.spot.lat, self.spot.lon
        if one is not None and one.lat is not None and one.lon is not None:
            return one.lat, one.lon
        return None

    def set_pin(self, lat: float, lon: float, source: str = PIN, datum: str = "wgs84") -> None:
        """Somebody says that it is here."""
        self.chosen = -1
        self.spot = Spot(round(lat, 6), round(lon, 6), self.exact, source, True, datum)

    def here(self, told: Pasted) -> None:
        """A position that was typed or pasted."""
        self.set_pin(told.lat, told.lon, HERE, told.datum)

    def move(self, east: float, north: float) -> None:
        """Move the pin by metres."""
        began = self.start()
        if began is None:
            return
        lat, lon = began
        wide = _DEGREE * max(0.05, math.cos(math.radians(lat)))
        self.set_pin(lat + north / _DEGREE, lon + east / wide)

    def other_exactness(self) -> None:
        """Door, street, village, and door again: how exact a pin set by hand is."""
        self.exact = EXACT[(EXACT.index(self.exact) + 1) % len(EXACT)]
        if self.spot is not None and self.spot.confirmed:
            old = self.spot
            self.spot = Spot(old.lat, old.lon, self.exact, old.source, True, old.datum)
