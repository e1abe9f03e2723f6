"""Which days people worked: the made-up history must look as if the rules had been kept."""

from datetime import date, timedelta

import chinese_calendar


def is_workday(day: date) -> bool:
    """Monday to Saturday without public holidays (China; plain weekdays beyond its tables)."""
    if day.isoweekday() == 7:
        return False
    try:
        holiday, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return True
    return not (holiday and name)


def workdays_before(today: date, days: int) -> list[date]:
    """The workdays of the `days` days before `today`, latest first."""
    span = (today - timedelta(days=back) for back in range(1, days + 1))
    return [day for day in span if is_workday(day)]
