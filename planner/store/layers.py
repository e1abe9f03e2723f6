"""Map layers that were imported: GeoJSON by name, compressed."""

import zlib

from planner.errors import PlannerError
from planner.store.driver import Connection, Database
from planner.store.store import Writer


def save_layer(tx: Writer, name: str, geojson: bytes) -> None:
    """Keep a layer; one of the same name is replaced."""
    row = {"name": name, "body": zlib.compress(geojson)}
    Database(tx.conn).table("layer").upsert(row, pk="name")


def load_layers(conn: Connection) -> dict[str, bytes]:
    """All layers, name -> GeoJSON bytes, by name. PlannerError("store.damaged")."""
    layers = {}
    for name, body in conn.execute("SELECT name, body FROM layer ORDER BY name"):
        try:
            layers[name] = zlib.decompress(body)
        except zlib.error as error:
            raise PlannerError("store.damaged", file=name) from error
    return layers
