"""The ranking of a day, made once for all pages that ask while nothing has changed."""

import threading
from datetime import date
from pathlib import Path

from planner.actions.policy import active_policy
from planner.actions.rank import Ranking, load_weights, rank
from planner.policy.pack import Policies
from planner.ranking.params import Weights
from planner.store.known import event_count
from planner.store.store import Store

_Key = tuple[Path, date, int, Weights, Policies]


class _Kept:
    """The latest ranking of this process, and what it was made from."""

    lock = threading.Lock()
    key: _Key | None = None
    ranking: Ranking | None = None


def ranking_of(store: Store, day: date) -> Ranking:
    """`planner.actions.rank.rank`, or the one made before if no event, weight or rule changed.

    Runs off the GUI thread; two callers at once wait for one ranking.
    """
    weights, policy = load_weights(store), active_policy(store)  # the same object while unchanged
    with _Kept.lock:
        with store.read() as conn:
            key = (store.path, day, event_count(conn), weights, policy)
        if _Kept.ranking is None or _Kept.key != key:
            _Kept.ranking, _Kept.key = rank(store, day, weights), key
        return _Kept.ranking
