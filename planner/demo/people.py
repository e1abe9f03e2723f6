"""Made-up people with loans: who they are, where they live, what they owe."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from planner.demo.names import Names
from planner.demo.prefecture import Place, Prefecture
from planner.demo.terrain import to_degrees

LENDERS = ("云栖消费金融（虚构）", "岚湾银行（虚构）")
PRODUCTS = ("现金贷", "消费分期", "信用卡", "家电分期", "手机分期")
# How many people are in which situation on the first planning day (see stories.py).
SITUATIONS: dict[str, int] = {
    "unreached": 110, "broken": 56, "dead_number": 34, "refused": 36, "missed": 22,
    "met_long_ago": 18,
    "live_promise": 60, "met_lately": 18, "missed_lately": 14,
    "new": 110, "talked": 165, "tried_once": 85, "paid_lately": 90,
    "dispute": 12, "complaint": 8, "plan": 14, "hardship_met": 12,
    "deceased": 5, "no_visit": 7, "minor": 2, "insolvency": 5, "represented": 2,
    "no_position": 29, "moved": 10,
    "settled": 14, "withdrawn": 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Home:
    """One address; the position is None where the lender knows none."""

    slot: str  # home | work | registered
    text: str
    township: str
    region: str
    grade: str
    spot: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Loan:
    """One overdue loan; `amount` in fen."""

    contract: str
    lender: str
    product: str
    amount: int
    days: int
    status: str = "逾期"


@dataclass(frozen=True, slots=True)
class Person:
    """One fictional debtor."""

    name: str
    id_number: str
    phones: tuple[str, ...]
    situation: str
    marks: tuple[str, ...]
    homes: tuple[Home, ...]
    loans: tuple[Loan, ...]

    @property
    def amount(self) -> int:
        """Sum of all loans in fen."""
        return sum(loan.amount for loan in self.loans)


MARKS = {
    "dispute": ("异议",), "hardship_met": ("困难",), "deceased": ("已故",), "no_visit": ("勿访",),
    "insolvency": ("破产",), "represented": ("律师代理",),
}  # fmt: skip
STATUS = {"settled": "已结清", "withdrawn": "已撤案"}
_SHARES = {"city": 0.45, "county": 0.2, "town": 0.17, "village": 0.18}
_GRADES = {
    "city": {"门牌": 60, "道路": 32, "小区": 8},
    "county": {"门牌": 40, "道路": 50, "小区": 10},
    "town": {"门牌": 15, "道路": 50, "村级": 15, "乡镇": 20},
    "village": {"道路": 6, "村级": 74, "乡镇": 19, "区县": 1},
}
_REGION = {"city": "城区", "county": "城区", "town": "乡镇", "village": "农村"}


class Register:
    """Makes people one after another from one seeded generator."""

    def __init__(self, rng: random.Random, land: Prefecture, today: date) -> None:
        self._rng = rng
        self._land = land
        self._today = today
        self._names = Names(rng)
        self._contracts = rng.randrange(300_000, 400_000)
        self._by_kind = {kind: land.of_kind(kind) for kind in _SHARES}

    def everybody(self) -> list[Person]:
        """All people, mixed."""
        plan = [name for name, count in SITUATIONS.items() for _ in range(count)]
        self._rng.shuffle(plan)
        return [self.person(situation) for situation in plan]

    def person(self, situation: str) -> Person:
        """A person in the given situation."""
        rng = self._rng
        age = rng.gauss(37, 9)
        years = 16.5 if situation == "minor" else min(66.0, max(22.0, age))
        born = self._today - timedelta(days=int(years * 365.25) + rng.randrange(200))
        homes = [self._home("home", placed=situation != "no_position")]
        if situation not in ("no_position", "moved"):
            if rng.random() < 0.24:
                homes.append(self._home("work", placed=True))
            if rng.random() < 0.12:
                homes.append(self._home("registered", placed=True))
        marks = MARKS.get(situation, ())
        if not marks and rng.random() < 0.03:
            marks = ("关注",)
        count = rng.choices((1, 2, 3, 4), (77, 17, 5, 1))[0]
        days = self._days(situation)
        loans = tuple(self._loan(days, i, STATUS.get(situation, "逾期")) for i in range(count))
        phones = tuple(self._names.phone() for _ in range(1 if rng.random() < 0.72 else 2))
        name, number = self._names.person(), self._names.id_number(born)
        return Person(name, number, phones, situation, marks, tuple(homes), loans)

    def _days(self, situation: str) -> int:
        """Days overdue of the oldest loan: many early ones, a long tail."""
        rng = self._rng
        band = rng.choices((0, 1, 2, 3), (28, 32, 28, 12))[0]
        low, high = ((12, 30), (31, 90), (91, 270), (271, 900))[band]
        if situation == "new":
            low, high = 4, 25
        elif situation in ("met_long_ago", "plan", "hardship_met"):
            low, high = max(low, 64), max(high, 120)
        elif situation not in ("talked", "tried_once", "paid_lately", "live_promise"):
            low, high = max(low, 38), max(high, 75)
        return rng.randint(low, high)

    def _loan(self, days: int, number: int, status: str) -> Loan:
        rng = self._rng
        self._contracts += rng.randrange(1, 40)
        yuan = min(280_000.0, max(650.0, rng.lognormvariate(9.35, 1.0) / (1 + 0.6 * number)))
        product = rng.choice(PRODUCTS)
        own = max(3, days - (rng.randrange(0, 60) if number else 0))
        lender = LENDERS[0] if rng.random() < 0.7 else LENDERS[1]
        contract = f"YS{self._today.year}{self._contracts:08d}"
        return Loan(contract, lender, product, int(yuan * 100), own, status)

    def _home(self, slot: str, *, placed: bool) -> Home:
        rng = self._rng
        kind = rng.choices(list(_SHARES), list(_SHARES.values()))[0]
        if slot == "work" and kind == "village":
            kind = "county"
        if slot == "registered" and rng.random() < 0.6:
            kind = "village"
        place = rng.choice(self._by_kind[kind])
        spot = self._spot(place) if placed else None
        grades = _GRADES[kind]
        grade = rng.choices(list(grades), list(grades.values()))[0] if placed else ""
        township = place.township if kind in ("town", "village") else ""
        return Home(slot, self._text(kind, place), township, _REGION[kind], grade, spot)

    def _spot(self, place: Place) -> tuple[float, float]:
        """A position beside a street of the place; in the city denser towards the middle."""
        rng = self._rng
        corners = place.corners
        first = rng.choice(corners)
        if place.kind == "city":
            picks = [first, *(rng.choice(corners) for _ in range(2))]
            first = min(picks, key=lambda p: (p[0] - place.x) ** 2 + (p[1] - place.y) ** 2)
        reach = {"city": 180, "county": 110, "town": 90, "village": 160}[place.kind]
        east, north = rng.uniform(-reach, reach), rng.uniform(-30, 30)
        return to_degrees(first[0] + east, first[1] + north)

    def _text(self, kind: str, place: Place) -> str:
        rng, names = self._rng, self._names
        whole = self._land.name.replace("（虚构）", "")
        head = whole + ("" if kind == "city" else place.county.replace("（虚构）", ""))
        if place.county == self._land.name:
            head = whole
        building = f"{rng.randrange(1, 30)}栋{rng.randrange(1, 5)}单元"
        door = f"{building}{rng.randrange(1, 19)}0{rng.randrange(1, 5)}"
        if kind == "city":
            return f"{head}中心区{names.street()}{rng.randrange(1, 300)}号{names.estate()}{door}"
        if kind == "county":
            return f"{head}城关{names.street()}{rng.randrange(1, 200)}号{names.estate()}{door}"
        if kind == "town":
            return f"{head}{place.township}{names.street()}{rng.randrange(1, 90)}号"
        return f"{head}{place.township}{place.name}{rng.randrange(1, 12)}组{rng.randrange(1, 60)}号"
