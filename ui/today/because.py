"""Why the plan of the day is another than in the morning, in words."""

from planner.domain.plan import Because
from ui import formats
from ui.i18n import _, ngettext
from ui.today.digest import Digest


def because_words(one: Because, crew: str) -> str:
    """One reason; `crew` is the name of its crew."""
    n = one.figure
    match one.code:
        case "late":
            return _("{crew} late by {n} min").format(crew=crew, n=n)
        case "absent":
            return _("{crew} absent").format(crew=crew)
        case "car":
            return _("{crew}: car stands for {n} min").format(crew=crew, n=n)
        case "rain":
            return _("Ways take {n} % longer").format(n=n)
        case "ill":
            return _("{crew}: {n} ill").format(crew=crew, n=n)
        case "urgent":
            return ngettext("{n} urgent case", "{n} urgent cases", n).format(n=n)
        case _:
            return ngettext("{n} case settled", "{n} cases settled", n).format(n=n)


def because_lines(digest: Digest, zone: str) -> list[str]:
    """All reasons with their times, and whether the rules are others than those of the plan."""
    plan = digest.plan
    if plan is None:
        return []
    crews = {route.crew_id: route.crew for route in plan.routes}
    lines = [
        f"{formats.clock_time(one.at, zone)}  "
        + because_words(one, crews.get(one.crew_id, one.crew_id))
        for one in plan.because
    ]
    if digest.rules_changed:
        lines.append(_("The rules have changed since the plan was made."))
    return lines
