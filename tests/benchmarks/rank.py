"""How long ranking takes: `python tests/benchmarks/rank.py [persons]`, CPU seconds per stage.

A made-up book: five contacts, one address, half a promise and half a payment per person.
"""

import sys
import time
from datetime import date
from typing import Any

import numpy as np

from planner.domain.codes import CODES, channel_of
from planner.domain.facts import CHANNELS, NEVER, FactTable
from planner.domain.localtime import midnight
from planner.ranking.params import Weights, load_params
from planner.ranking.score import measure, score_many, weigh

DAY = date(2026, 11, 20)
CONTACTS = 5


def made_up(n: int, seed: int = 1) -> FactTable:
    """A table of `n` persons around one city and its villages, contacts of the last 60 days."""
    rng = np.random.default_rng(seed)
    today, now = DAY.toordinal(), midnight(DAY, "Asia/Shanghai", 9)
    k = n * CONTACTS
    code = rng.choice(len(CODES), k, p=_code_shares())
    order = np.sort(rng.integers(now - 60 * 86_400, now, (n, CONTACTS)), axis=1).ravel()
    channel = np.array([CHANNELS.index(channel_of(c)) for c in CODES])[code]
    half = np.arange(n + 1) // 2
    m = int(half[-1])
    region = rng.choice(3, n, p=(0.6, 0.25, 0.15))
    spread = np.array([0.04, 0.2, 0.4])[region]
    return FactTable(
        debtor_ids=tuple(f"P{i:06d}" for i in range(n)),
        amount=np.rint(np.exp(rng.normal(9.9, 1.0, n)) * 100).astype(np.int64),
        overdue_since=(today - rng.integers(5, 500, n)).astype(np.int32),
        open_cases=rng.choice([1, 1, 1, 2, 3], n).astype(np.int16),
        flags=rng.choice([0] * 18 + [16, 256], n).astype(np.int32),
        limitation=np.zeros(n, np.int32),
        zone=np.zeros(n, np.int16), zones=("Asia/Shanghai",),
        jurisdiction=np.zeros(n, np.int16), jurisdictions=("CN",),
        address_off=np.arange(n + 1), address_ids=tuple(f"A{i}" for i in range(n)),
        address_kind=np.zeros(n, np.int8), address_region=region.astype(np.int8),
        address_grade=rng.choice(5, n).astype(np.int8), address_valid=np.ones(n, np.bool_),
        address_lat=30.0 + rng.normal(0, 1, n) * spread,
        address_lon=110.0 + rng.normal(0, 1, n) * spread,
        contact_off=np.arange(n + 1) * CONTACTS, contact_at=order,
        contact_channel=channel.astype(np.int8), contact_code=code.astype(np.int8),
        contact_result=np.full(k, -1, np.int8), contact_phone=np.zeros(k, np.int64),
        contact_address=np.full(k, -1, np.int32),
        promise_off=half, promise_due=(today - rng.integers(-10, 60, m)).astype(np.int32),
        promise_made=np.full(m, now - 70 * 86_400), promise_amount=np.full(m, 100_000),
        promise_paid=rng.choice([0, 50_000, 100_000], m),
        payment_off=half, payment_at=rng.integers(now - 90 * 86_400, now, m),
        payment_amount=np.full(m, 100_000),
        hold_off=np.zeros(n + 1, np.int64), hold_kind=np.zeros(0, np.int8),
        hold_start=np.zeros(0, np.int64), hold_until=np.full(0, NEVER),
    )  # fmt: skip


def _code_shares() -> Any:
    shares = np.full(len(CODES), 0.01)
    for name, share in (("CALL-NA", 4.0), ("CALL-RPC", 2.0), ("VIS-NC", 1.0), ("VIS-RPC", 0.6)):
        shares[CODES.index(name)] = share
    return shares / shares.sum()


def arguments(table: FactTable) -> tuple[Any, ...]:
    """Eligibility, windows and hubs as the contact rules and the crews would give them."""
    eligible = np.random.default_rng(2).random(table.n) < 0.3
    opens = [midnight(DAY, "Asia/Shanghai", hour) for hour in (9, 20)]
    windows = np.where(eligible[:, None, None], np.array([[opens]]), 0).astype(np.int64)
    return eligible, windows, np.array([[30.0, 110.0], [30.1, 110.2], [29.9, 109.8]])


def main() -> None:
    """Time one book; best of three."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    table, params = made_up(n), load_params()
    given = arguments(table)
    runs = []
    for _ in range(3):
        start = time.process_time()
        score_many(table, DAY, params, Weights(), *given)
        runs.append(time.process_time() - start)
    basis = measure(table, DAY, params, *given)
    start = time.process_time()
    weigh(basis, Weights(amount=1.5))
    slider = time.process_time() - start
    print(f"{n} persons: score_many {min(runs):.2f} s CPU (worst {max(runs):.2f}), ", end="")
    print(f"new weights {slider:.3f} s")


if __name__ == "__main__":
    main()
