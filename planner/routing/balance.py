"""A book split over collectors: territories that hang together, balanced in several measures at
once (pure, metres and numbers alone).

The unit is a door: all persons behind it go together. A first split cuts the map into halves and
halves of halves; then batches of moves and swaps are tried, all at once in numpy, and those kept
that bring the measures within the tolerance or the territories closer together.

Kilometres are those of visiting everybody once, after Daganzo (The distance traveled to visit N
points with a maximum of C stops per vehicle, Transportation Science 18, 1984): to the area and back
once a day, and from door to door 0.57 times the spacing of the doors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
DOOR_TO_DOOR: Final = 0.57
DETOUR: Final = 1.3  # road by straight line, about; see `domain.ground`
NEAR: Final = 6  # neighbours whose collector counts
SPACING: Final = 4  # the neighbour that says how dense the doors are
SLACK: Final = 0.7  # share of the tolerance from which on a deviation costs
BATCH: Final = 3000  # tries at a time
PATIENCE: Final = 60  # batches without any gain, then it is over
KEEP: Final = 0.02  # what moving the whole present book away costs, in shares of a penalty
LIGHT: Final = 0.02  # what else counts where the present book is to be kept
STOCK: Final = 20  # batches between two looks at the exact figures
_FAR: Final = 1e18


@dataclass(frozen=True)
class Split:
    """What is to be split: n doors over m collectors. Metres on a plane; NaN = place unknown.

    `value` [n, d]: what each door counts in each measure, the first one is persons; `share` [m] the
    part of the work each collector can do (sum 1); `allowed` [n, m]; `present` [n] who has it now
    (-1 nobody); `keep`: leave it so as far as the tolerance lets; `visits` doors a day.
    """

    x: F64
    y: F64
    value: F64
    home_x: F64
    home_y: F64
    share: F64
    allowed: Bools
    present: I64
    keep: bool = False
    visits: float = 8.0


@dataclass(frozen=True)
class Found:
    """`owner` [n] of each door; `loads` and `targets` [m, d + 1], the last column metres."""

    owner: I64
    loads: F64
    targets: F64
    batches: int


def split(
    task: Split,
    *,
    tolerance: float,
    seed: int = 0,
    batches: int = 1200,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Found:
    """The best split found; the same for the same seed. Cancelled, the best until then.

    Doors that nobody may have go to nobody (-1).
    """
    search = _Search(task, tolerance, np.random.default_rng(seed))
    done = idle = 0
    while done < batches and idle < PATIENCE and len(search.free):
        if cancelled is not None and cancelled():
            break
        gained = search.moves() if done % 2 == 0 else search.swaps()
        idle = 0 if gained else idle + 1
        done += 1
        if done % STOCK == 0:
            search.take_stock()
            if on_progress is not None:
                on_progress(done / batches)
    owner = search.take_stock()
    loads = loads_of(task, owner)
    return Found(owner, loads, targets_of(task, loads), done)


def loads_of(task: Split, owner: I64) -> F64:
    """[m, d + 1]: what each collector has in each measure, metres last."""
    m = len(task.share)
    loads = np.zeros((m, task.value.shape[1] + 1))
    way = _to_and_fro(task)
    for k in range(m):
        mine = np.flatnonzero(owner == k)
        loads[k, :-1] = task.value[mine].sum(axis=0)
        local = _spacing(task.x[mine], task.y[mine])
        loads[k, -1] = way[mine, k].sum() + DETOUR * DOOR_TO_DOOR * local.sum()
    return loads


def targets_of(task: Split, loads: F64) -> F64:
    """[m, d + 1]: what would be each collector's part of all that somebody has."""
    found: F64 = task.share[:, None] * loads.sum(axis=0)
    return found


def _to_and_fro(task: Split) -> F64:
    """Metres [n, m] of the way there and back that fall on a door."""
    gap = np.hypot(task.x[:, None] - task.home_x, task.y[:, None] - task.home_y)
    found: F64 = np.nan_to_num(2 * DETOUR * gap / task.visits)
    return found


def _spacing(x: F64, y: F64) -> F64:
    """Metres between doors around each door, by the SPACING-th nearest; 0 where unknown."""
    found = np.zeros(len(x))
    placed = np.flatnonzero(~np.isnan(x))
    count = min(SPACING, len(placed) - 1)
    if count < 1:
        return found
    from scipy.spatial import cKDTree  # late: the window is there sooner

    points = np.column_stack([x[placed], y[placed]])
    gap = cKDTree(points).query(points, k=[count + 1])[0][:, 0]
    found[placed] = gap * np.sqrt(np.pi / count)
    return found


class _Search:
    """A split under way: who has what, what each has, and which doors are neighbours."""

    def __init__(self, task: Split, tolerance: float, rng: np.random.Generator) -> None:
        self._task, self._tolerance, self._rng = task, tolerance, rng
        m = len(task.share)
        self._neighbours = _neighbours(task.x, task.y)
        self._local = DETOUR * DOOR_TO_DOOR * _spacing(task.x, task.y)
        self._way = _to_and_fro(task)
        self._factor = np.ones(m)
        self.free = np.flatnonzero(task.allowed.sum(axis=1) > 1)
        self.owner = _start(task)
        self._persons = max(1.0, float(task.value[:, 0].sum()))
        self._loads = np.zeros((m, task.value.shape[1] + 1))
        self._goal = self._loads
        self._best = (np.inf, self.owner)
        self.take_stock()

    def take_stock(self) -> I64:
        """How much farther apart the doors of each are than those of the whole book; the best split
        of those looked at so, by exact figures."""
        exact = loads_of(self._task, self.owner)
        for k in range(len(self._factor)):
            mine = self.owner == k
            plain = self._local[mine].sum()
            local = exact[k, -1] - self._way[mine, k].sum()
            self._factor[k] = local / plain if plain > 0 else 1.0
        self._loads = exact
        self._aim()
        cost = self._cost()
        if cost < self._best[0]:
            self._best = cost, self.owner.copy()
        return self._best[1]

    def _cost(self) -> float:
        """Everything that a split is judged by, of the present one."""
        task, everybody = self._task, np.arange(len(self.owner))
        cost = float(self._penalty(self._loads, np.arange(len(self._factor))).sum())
        apart = float(self._apart(everybody, self.owner).sum()) / self._persons
        cost += len(self._factor) * (LIGHT if task.keep else 1.0) * 0.4 * apart
        if task.keep:
            lost = (task.present >= 0) & (task.present != self.owner)
            share = float(task.value[lost, 0].sum()) / self._persons
            cost += KEEP * len(self._factor) * share
        return cost

    def _aim(self) -> None:
        self._goal = np.maximum(targets_of(self._task, self._loads), 1e-9)

    def _metres(self, doors: I64, takers: I64) -> F64:
        found: F64 = self._way[doors, takers] + self._local[doors] * self._factor[takers]
        return found

    def _values(self, doors: I64, takers: I64) -> F64:
        """[k, d + 1]: what these doors are for these collectors."""
        return np.column_stack([self._task.value[doors], self._metres(doors, takers)])

    def _penalty(self, loads: F64, who: I64) -> F64:
        """What the deviations of these collectors cost; about 1 each at twice the tolerance."""
        goal = self._goal[who]
        gap = np.abs(loads - goal)
        unit = np.where(self._goal.max(axis=0) > 0, 1.0, 0.0)
        off = gap / goal
        # A count cannot be nearer than a whole person: half a person off costs nothing.
        off[:, :-1] = np.where(self._whole(goal), np.maximum(0, gap - 0.5)[:, :-1] / goal[:, :-1],
                               off[:, :-1])  # fmt: skip
        slack, draw = (1.0, 0.0) if self._task.keep else (SLACK, 0.002)
        over = np.maximum(0.0, off - slack * self._tolerance) / self._tolerance
        slight = off / self._tolerance
        found: F64 = ((over**2 + draw * slight**2) * unit).sum(axis=1)
        return found

    def _whole(self, goal: F64) -> Bools:
        """Which measures count persons: goals so small that half a person matters."""
        found: Bools = goal[:, :-1] * self._tolerance < 1.0
        return found

    def _apart(self, doors: I64, takers: I64) -> F64:
        """How many neighbours of these doors would be somebody else's, by persons."""
        around = self._neighbours[doors]
        strange = (self.owner[around] != takers[:, None]).mean(axis=1)
        found: F64 = strange * self._task.value[doors, 0]
        return found

    def _soft(self, doors: I64, takers: I64) -> F64:
        """Everything but balance: neighbours apart, long ways, present collectors lost."""
        task, givers = self._task, self.owner[doors]
        if task.keep:
            had = task.present[doors]
            lost = (had >= 0) * ((takers != had) * 1.0 - (givers != had) * 1.0)
            moved: F64 = KEEP * lost * task.value[doors, 0] * len(self._factor) / self._persons
            near = LIGHT
        else:
            moved, near = np.zeros(len(doors)), 1.0
        apart = self._apart(doors, takers) - self._apart(doors, givers)
        total = max(1.0, float(self._loads[:, -1].sum()))
        way = (self._metres(doors, takers) - self._metres(doors, givers)) / total
        scale = len(self._factor) * near
        found: F64 = moved + scale * (0.4 * apart / self._persons + 0.5 * way)
        return found

    def moves(self) -> bool:
        """Try to give single doors to another collector; True when some were."""
        doors = self._rng.choice(self.free, BATCH)
        takers = self._near_takers(doors)
        givers = self.owner[doors]
        fits = (takers != givers) & self._task.allowed[doors, takers]
        doors, takers, givers = doors[fits], takers[fits], givers[fits]
        out, into = self._values(doors, givers), self._values(doors, takers)
        gain = self._gain(givers, takers, self._loads[givers] - out, self._loads[takers] + into)
        gain -= self._soft(doors, takers)
        return self._take(gain, givers, takers, [(doors, givers, takers)])

    def swaps(self) -> bool:
        """Try to exchange doors between two collectors; True when some were."""
        one = self._rng.choice(self.free, BATCH)
        takers = self._near_takers(one)
        other = self._rng.choice(self.free, BATCH)  # where nobody near has any
        order = np.argsort(self.owner[self.free], kind="stable")
        sorted_free = self.free[order]
        begin = np.searchsorted(self.owner[sorted_free], np.arange(len(self._factor) + 1))
        size = begin[takers + 1] - begin[takers]
        pick = begin[takers] + (self._rng.random(BATCH) * size).astype(np.int64)
        other = np.where(size > 0, sorted_free[np.minimum(pick, len(sorted_free) - 1)], other)
        mine, yours = self.owner[one], self.owner[other]
        fits = (mine != yours) & self._task.allowed[one, yours] & self._task.allowed[other, mine]
        one, other, mine, yours = one[fits], other[fits], mine[fits], yours[fits]
        left = self._loads[mine] - self._values(one, mine) + self._values(other, mine)
        right = self._loads[yours] - self._values(other, yours) + self._values(one, yours)
        gain = self._gain(mine, yours, left, right)
        gain -= self._soft(one, yours) + self._soft(other, mine)
        return self._take(gain, mine, yours, [(one, mine, yours), (other, yours, mine)])

    def _near_takers(self, doors: I64) -> I64:
        """Mostly who has a neighbour, now and then anybody."""
        column = self._rng.integers(0, self._neighbours.shape[1], len(doors))
        near = self.owner[self._neighbours[doors, column]]
        anybody = self._rng.integers(0, len(self._factor), len(doors))
        stray = (self._rng.random(len(doors)) < 0.4) | (near == self.owner[doors])
        found: I64 = np.where(stray, anybody, near)
        return found

    def _gain(self, one: I64, other: I64, left: F64, right: F64) -> F64:
        present = self._penalty(self._loads, np.arange(len(self._factor)))
        found: F64 = (
            present[one] + present[other] - self._penalty(left, one) - self._penalty(right, other)
        )
        return found

    def _take(self, gain: F64, one: I64, other: I64, changes: list[tuple[I64, I64, I64]]) -> bool:
        """Do the best of these, each collector in one of them at most."""
        busy = np.zeros(len(self._factor), np.bool_)
        taken = False
        for k in np.argsort(-gain, kind="stable").tolist():
            if gain[k] <= 1e-9 or busy.all():
                break
            if busy[one[k]] or busy[other[k]]:
                continue
            busy[one[k]] = busy[other[k]] = taken = True
            for doors, givers, takers in changes:
                door, a, b = doors[k : k + 1], givers[k : k + 1], takers[k : k + 1]
                self._loads[a[0]] -= self._values(door, a)[0]
                self._loads[b[0]] += self._values(door, b)[0]
                self.owner[door[0]] = b[0]
        if taken:
            self._aim()
        return taken


def _neighbours(x: F64, y: F64) -> I64:
    """[n, NEAR] nearest doors; a door without a place is its own neighbour."""
    n = len(x)
    found = np.repeat(np.arange(n)[:, None], NEAR, axis=1)
    placed = np.flatnonzero(~np.isnan(x))
    count = min(NEAR, len(placed) - 1)
    if count < 1:
        return found
    from scipy.spatial import cKDTree

    points = np.column_stack([x[placed], y[placed]])
    near = np.asarray(cKDTree(points).query(points, k=range(2, count + 2))[1])
    found[placed[:, None], np.arange(count)] = placed[near.reshape(len(placed), count)]
    return found


def _start(task: Split) -> I64:
    """A first split: who has it now, where that is to be kept; else pieces of the map."""
    n = len(task.value)
    owner = np.full(n, -1, np.int64)
    if task.keep:
        had = task.present >= 0
        owner[had] = task.present[had]
        owner[had] = np.where(task.allowed[had, owner[had]], owner[had], -1)
    rest = np.flatnonzero(owner < 0)
    if not task.keep:
        pieces = _pieces(task)
        owner = pieces
        rest = np.flatnonzero(~task.allowed[np.arange(n), owner])
    way = np.where(task.allowed, _to_and_fro(task), _FAR)
    best = way.argmin(axis=1)
    owner[rest] = np.where(task.allowed[rest].any(axis=1), best[rest], -1)
    return owner


def _pieces(task: Split) -> I64:
    """The map in m pieces of about the right number of persons, each to the collector whose home
    makes all ways together short."""
    x, y = (np.where(np.isnan(c), np.nanmean(c) if not np.isnan(c).all() else 0.0, c)
            for c in (task.x, task.y))  # fmt: skip
    piece = np.zeros(len(x), np.int64)
    stack = [(np.arange(len(x)), np.argsort(task.home_x + task.home_y, kind="stable"))]
    while stack:
        doors, units = stack.pop()
        if len(units) < 2 or not len(doors):
            piece[doors] = units[0]
            continue
        flat = np.ptp(x[doors]) >= np.ptp(y[doors])
        along, homes = (x[doors], task.home_x) if flat else (y[doors], task.home_y)
        units = units[np.argsort(homes[units], kind="stable")]
        half = len(units) // 2
        part = task.share[units[:half]].sum() / max(1e-9, task.share[units].sum())
        order = np.argsort(along, kind="stable")
        total = np.cumsum(task.value[doors[order], 0])
        cut = int(np.searchsorted(total, total[-1] * part))
        stack.append((doors[order[:cut]], units[:half]))
        stack.append((doors[order[cut:]], units[half:]))
    return piece
