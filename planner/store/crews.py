"""Crews as they were last listed."""

import json

from planner.domain.people import Collector, Crew
from planner.domain.work import work_of
from planner.store.append import WORKSPACE
from planner.store.driver import Connection


def load_crews(conn: Connection) -> list[Crew]:
    """All crews by id; `start`/`end` are seconds after local midnight."""
    return [
        Crew(
            crew_id=crew_id,
            name=name,
            members=tuple(
                Collector(one["collector_id"], one["name"]) for one in json.loads(members)
            ),
            lat=lat,
            lon=lon,
            start=start,
            end=end,
            weekdays=tuple(json.loads(weekdays)),
            work=work_of(json.loads(work)),
        )
        for crew_id, name, members, lat, lon, start, end, weekdays, work in conn.execute(
            "SELECT crew_id, name, members, lat, lon, start, end, weekdays, work FROM crew"
            " WHERE pid = ? ORDER BY crew_id",
            (WORKSPACE,),
        )
    ]


def staff_names(conn: Connection) -> dict[str, str]:
    """The names of all members of crews by collector id, in the order of ids."""
    found = {m.collector_id: m.name for crew in load_crews(conn) for m in crew.members}
    return dict(sorted(found.items()))
