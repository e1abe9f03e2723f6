"""The columns of a split: each measure before and after, with the part and the deviation below."""

from collections.abc import Callable

from planner.actions.split_book import STAGES, Load, Part
from ui import formats
from ui.i18n import _, code
from ui.models.table import Column, Kind
from ui.models.tips import plain_tip
from ui.team import words


def off(part: Part, value: Callable[[Load], float]) -> float:
    """How far a collector is from the own part, as a share of it; 0 where that is nothing."""
    goal = value(part.goal)
    return value(part.after) / goal - 1 if goal else 0.0


def stages_off(part: Part) -> float:
    """The largest deviation of the three stages, with its sign."""
    each = [off(part, lambda load, k=k: load.stages[k]) for k in range(len(STAGES))]  # type: ignore[misc]
    return max(each, key=abs)


def _cell(text: Callable[[Load], str], value: Callable[[Load], float]) -> Callable[[Part], str]:
    def shown(part: Part) -> str:
        both = f"{text(part.before)} → {text(part.after)}"
        return f"{both}{words.TWO}{words.off_share(off(part, value))}"

    return shown


def _tip(text: Callable[[Load], str]) -> Callable[[Part], str]:
    def shown(part: Part) -> str:
        told = _("Now {before}, then {after}; the own part by working hours is {goal}.")
        return plain_tip(
            told.format(before=text(part.before), after=text(part.after), goal=text(part.goal))
        )

    return shown


def _measure(
    key: str, title: Callable[[], str], text: Callable[[Load], str],
    value: Callable[[Load], float], width: int,
) -> Column:  # fmt: skip
    return Column(key, title, _cell(text, value), Kind.WRAP, lambda p: value(p.after), _tip(text),
                  title_tip=_head_tip, width=width, stretch=1)  # fmt: skip


def _head_tip() -> str:
    return _("Now → as proposed; below, how far that is from the own part by working hours.")


def _stages(part: Part) -> str:
    return f"{words.stages_word(part.after)}{words.TWO}{words.off_share(stages_off(part))}"


def _stages_tip(part: Part) -> str:
    lines = [
        f"{code(f'team.stage.{name}')}: {part.before.stages[k]} → {part.after.stages[k]}"
        f" ({words.off_share(off(part, lambda load, k=k: load.stages[k]))})"  # type: ignore[misc]
        for k, name in enumerate(STAGES)
    ]
    return plain_tip("\n".join(lines))


def split_columns() -> list[Column]:
    """Name, working hours, and the four measures."""
    return [
        Column("name", lambda: _("Collector"), lambda p: p.name, Kind.STRONG, width=84),
        Column("hours", lambda: _("Hours"), lambda p: formats.number(p.hours), Kind.NUMBER,
               lambda p: p.hours, width=60,
               title_tip=lambda: _("Working hours of the next four weeks, absences taken off")),
        Column("persons", lambda: _("Persons"),
               lambda p: f"{p.before.persons} → {p.after.persons}", Kind.TEXT,
               lambda p: p.after.persons, width=84),
        _measure("cases", lambda: _("Cases"), lambda load: formats.number(load.cases),
                 lambda load: load.cases, 86),
        _measure("amount", lambda: _("Overdue ({unit})").format(unit=formats.money_unit()),
                 lambda load: formats.money(load.amount), lambda load: load.amount, 166),
        Column("stages", lambda: _("Early / mid / late"), _stages, Kind.WRAP,
               lambda p: abs(stages_off(p)), _stages_tip, width=100,
               title_tip=lambda: _("Cases by how long they have been overdue; below, the largest"
                                   " deviation")),
        _measure("km", lambda: _("Way (km)"), lambda load: words.km(load.metres),
                 lambda load: load.metres, 96),
    ]  # fmt: skip
