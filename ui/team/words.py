"""A team in words: shifts, absences, states of plans, loads."""

from datetime import date

from planner.actions.progress import Cell
from planner.actions.split_book import STAGES, Load, Uneven, Worst
from planner.actions.team import Collector
from planner.domain.people import Crew
from planner.store.team import APPROVED, RETURNED, SUBMITTED, Absence
from ui import formats
from ui.i18n import _, code, ngettext
from ui.settings.crew_terms import MODES
from ui.settings.crews import weekdays_words

TWO = "\u2028"  # the line break of a cell with two lines
TONES = {"": "neutral", SUBMITTED: "warn", APPROVED: "accent", RETURNED: "warn", "changed": "warn"}
ICONS = {"": "clock", SUBMITTED: "clock", APPROVED: "check", RETURNED: "undo", "changed": "edit"}


def state_word(state: str) -> str:
    """How a route stands with the lead."""
    return code(f"team.state.{state or 'none'}")


def hours_of(crew: Crew) -> str:
    """When a crew works."""
    span = f"{formats.minutes_of_day(crew.start)} – {formats.minutes_of_day(crew.end)}"
    return f"{weekdays_words(crew.weekdays)} {span}"


def crews_word(one: Collector) -> str:
    """The crews of a collector with how each travels."""
    return _(", ").join(f"{crew.name} · {_(MODES[crew.work.mode])}" for crew in one.crews)


def shifts_word(one: Collector) -> str:
    """When a collector works."""
    return _("; ").join(dict.fromkeys(hours_of(crew) for crew in one.crews))


def crews_cell(one: Collector) -> str:
    """The same for a narrow column: crew above, way of travelling below."""
    if len(one.crews) > 1:
        return TWO.join(crew.name for crew in one.crews)
    return TWO.join((one.crews[0].name, _(MODES[one.crews[0].work.mode])))


def shifts_cell(one: Collector) -> str:
    """When a collector works: days above, hours below."""
    shifts = list(dict.fromkeys(
        (weekdays_words(c.weekdays), formats.minutes_of_day(c.start), formats.minutes_of_day(c.end))
        for c in one.crews
    ))  # fmt: skip
    if len(shifts) > 1:
        return TWO.join(f"{days} {begin}" for days, begin, _end in shifts)
    days, begin, end = shifts[0]
    return f"{days}{TWO}{begin} – {end}"


def span_word(first: date, last: date) -> str:
    """The days of an absence."""
    if first == last:
        return formats.day(first)
    return _("{first} to {last}").format(first=formats.day(first), last=formats.day(last))


def away_word(away: tuple[Absence, ...], day: date) -> str:
    """The next absence, short, for a list; "" for none."""
    if not away:
        return ""
    one = away[0]
    if one.first <= day:
        return _("until {day}").format(day=one.last.strftime("%m-%d"))
    return _("from {day}").format(day=one.first.strftime("%m-%d"))


def away_line(one: Absence) -> str:
    """An absence in full."""
    span = span_word(one.first, one.last)
    return f"{span}  {one.reason}" if one.reason else span


def stages_word(load: Load) -> str:
    """Cases by stage of arrears."""
    return " / ".join(formats.number(n) for n in load.stages)


def stages_tip(load: Load) -> str:
    """The same, each with its name."""
    return "\n".join(
        f"{code(f'team.stage.{name}')}: {formats.number(n)}"
        for name, n in zip(STAGES, load.stages, strict=True)
    )


def km(metres: float) -> str:
    """Kilometres without their unit."""
    return formats.number(metres / 1000)


def cell_word(cell: Cell, hours: int) -> str:
    """One day of a collector in two lines; `hours` is the shift in seconds."""
    if cell.absence is not None:
        return f"{_('away')}{TWO}{cell.absence.reason}"
    if not cell.on_shift and not cell.planned:
        return _("off")
    span = _("{n} h").format(n=formats.number(hours / 3600, 0 if hours % 3600 == 0 else 1))
    if not cell.crews:
        return f"{_('no plan')}{TWO}{span}"
    visits = ngettext("{n} visit", "{n} visits", cell.planned).format(n=cell.planned)
    if cell.done or cell.skipped:
        visits = _("{done} of {n} done").format(done=cell.done, n=cell.planned)
    if cell.not_back:
        return f"{visits}{TWO}{_('not back yet')}"
    state = f" · {state_word(cell.state)}" if cell.state else ""
    return f"{visits}{TWO}{span}{state}"


def off_share(share: float) -> str:
    """A deviation as per cent with its sign."""
    text = formats.signed(share * 100, 0)
    return f"{text}%"


def worst_word(one: Worst, tolerance: float) -> str:
    """The largest deviation in a measure, before and after."""
    told = {
        "measure": code(f"team.measure.{one.measure}"),
        "after": formats.percent(one.after),
    }
    if one.before is None:
        text = _("{measure} {after}").format(**told)
    else:
        text = _("{measure} {after} (now {before})").format(
            before=formats.percent(one.before), **told
        )
    return text if one.after <= tolerance + 1e-9 else _("{text}, too much").format(text=text)


def uneven_word(one: Uneven) -> str:
    """Why a measure stays out of its tolerance."""
    figures = dict(one.figures)
    measure = code(f"team.measure.{one.measure}")
    if "stage" in figures:
        measure = f"{measure} ({code('team.stage.' + str(figures['stage']))})"
    return f"{measure}: " + code(f"team.why.{one.why}", **figures)
