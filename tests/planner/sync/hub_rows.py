"""Chains of entries as a laptop would send them, without a workspace around them."""

import random
from collections.abc import Sequence

from planner.store.events import FIRST_HASH, Row, chain, header


def made_rows(
    device: str, count: int, *, after: Sequence[Row] = (), seed: int = 0, size: int = 90
) -> list[Row]:
    """`count` entries of `device` behind `after`, with random bytes for payloads."""
    chance = random.Random(f"{device}/{len(after)}/{seed}")
    found = list(after)
    for _ in range(count):
        found.append(next_row(device, found[-1] if found else None, chance, size))
    return found[len(after) :]


def next_row(device: str, last: Row | None, chance: random.Random, size: int = 90) -> Row:
    """One entry behind `last`."""
    seq = last.device_seq + 1 if last else 1
    key = chance.randbytes(16) if chance.random() < 0.3 else None
    plain = (
        chance.randbytes(16), device, seq, chance.choice(("contact", "plan.agreed", "step.set")),
        chance.choice(("", "PABCDEFGHIJ12")), chance.randbytes(16), chance.randrange(2**31),
        chance.randrange(2**31), 1, key,
    )  # fmt: skip
    payload = chance.randbytes(chance.randint(24, size))
    before = last.hash if last else FIRST_HASH
    return Row(*plain, payload, before, chain(before, header(*plain), payload))
