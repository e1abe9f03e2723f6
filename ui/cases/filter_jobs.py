"""What the filter bar asks and writes; runs off the GUI thread."""

from planner.actions.change import Change
from planner.actions.filters import (
    Choices,
    Filter,
    choices,
    delete_filter,
    save_filter,
    saved_filters,
)
from planner.actions.rank import Ranking
from planner.store.store import Store


def offered(store: Store, ranking: Ranking) -> tuple[Choices, dict[str, Filter]]:
    """What there is to choose from, and the named filters."""
    return choices(store, ranking), saved_filters(store)


def keep(store: Store, name: str, chosen: Filter) -> tuple[tuple[str, dict[str, Filter]], Change]:
    """Save a filter: its name and all named ones."""
    save_filter(store, name, chosen)
    return (name, saved_filters(store)), Change(0)


def drop(store: Store, name: str) -> tuple[tuple[str, dict[str, Filter]], Change]:
    """Delete a filter: no name, and the named ones that are left."""
    delete_filter(store, name)
    return ("", saved_filters(store)), Change(0)
