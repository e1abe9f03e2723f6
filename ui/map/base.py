"""The base maps of a workspace, read off the GUI thread and handed to a map."""

from dataclasses import dataclass, field

from planner.actions.map_packs import Online, list_maps, online_map
from planner.geo.basemap import MapPack
from planner.store.store import Store


@dataclass(frozen=True, slots=True)
class Base:
    """What lies under everything: packs, the largest area first, and perhaps an online server."""

    packs: tuple[MapPack, ...] = ()
    online: Online = field(default_factory=Online)


def load_base(store: Store) -> Base:
    """All sound packs beside the workspace, and the online server if it is in use."""
    packs = [one.pack for one in list_maps(store.path) if one.pack is not None]
    packs.sort(key=MapPack.square_km, reverse=True)
    with store.read() as conn:
        return Base(tuple(packs), online_map(conn))
