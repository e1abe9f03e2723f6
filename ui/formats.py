"""Numbers, money, dates, times and masked personal data as people of each language write them.

Tables say 12.4 万 in Chinese and 124,000 in English, with the exact figure in the tooltip. "--"
stands for "none". Dates are yyyy-mm-dd, times 24 h, both languages.
"""

import math
from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QLocale

from planner.export import figures
from ui.i18n import _, language, ngettext

NONE = figures.NONE
WAN = 10_000
FEN = 100


def number(value: float | None, digits: int = 0) -> str:
    """`value` with thousands separators and `digits` decimals."""
    if value is None or math.isnan(value):
        return NONE
    return f"{value:,.{digits}f}"


def money(minor: int | None) -> str:
    """An amount for tables, without its unit: 12.4 万, 10 亿 / 124,000 (from minor units)."""
    if minor is None:
        return NONE
    units = minor / FEN
    if language() == "zh_CN" and abs(units) >= WAN * WAN:
        return f"{units / WAN / WAN:,.2f}".rstrip("0").rstrip(".") + " 亿"
    if language() == "zh_CN" and abs(units) >= WAN:
        digits = 1 if abs(units) < 1000 * WAN else 0
        return f"{units / WAN:,.{digits}f} 万"
    return f"{units:,.0f}"


def money_exact(minor: int | None) -> str:
    """The exact amount with its unit: 124,000.50 元 / CNY 124,000.50."""
    return figures.money_exact(minor, language())


def money_whole(minor: int | None) -> str:
    """An amount in a sentence, in whole units: 15,199 元 / CNY 15,199."""
    if minor is None:
        return NONE
    text = f"{minor / FEN:,.0f}"
    return f"{text} 元" if language() == "zh_CN" else f"CNY {text}"


def money_unit() -> str:
    """The unit to stand in a column header."""
    return "元" if language() == "zh_CN" else "CNY"


def percent(share: float | None, digits: int = 0) -> str:
    """A share 0-1 as per cent."""
    if share is None or math.isnan(share):
        return NONE
    return f"{share * 100:.{digits}f}%"


def signed(value: float, digits: int = 1) -> str:
    """A number with its sign; a true minus, and no sign before nought."""
    text = f"{abs(value):,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        return text
    return ("+" if value > 0 else "\N{MINUS SIGN}") + text


def day(value: date | None) -> str:
    """yyyy-mm-dd."""
    return NONE if value is None else value.strftime("%Y-%m-%d")


def weekday(value: date) -> str:
    """The short name of the day of the week."""
    locale = QLocale(language())
    return locale.standaloneDayName(value.isoweekday(), QLocale.FormatType.ShortFormat)


def clock_time(value: datetime | None, zone: str) -> str:
    """hh:mm in the IANA zone `zone`."""
    if value is None:
        return NONE
    local = value.astimezone(ZoneInfo(zone))
    return f"{local.hour:02d}:{local.minute:02d}"


def moment(value: datetime | None, zone: str) -> str:
    """yyyy-mm-dd hh:mm in the IANA zone `zone`."""
    return figures.moment_text(value, zone)


def minutes_of_day(seconds: int) -> str:
    """Seconds after midnight as hh:mm."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def duration(seconds: float | None) -> str:
    """A span in words: 45 min, 2 h 05 min / 45 分钟, 2 小时 05 分."""
    if seconds is None:
        return NONE
    total = round(seconds / 60)
    if total < 60:
        return _("{minutes} min").format(minutes=total)
    return _("{hours} h {minutes:02d} min").format(hours=total // 60, minutes=total % 60)


def distance(metres: float | None) -> str:
    """Kilometres; one decimal below 100 km."""
    if metres is None:
        return NONE
    km = metres / 1000
    return _("{km} km").format(km=f"{km:,.1f}" if km < 100 else f"{km:,.0f}")


def ago(then: datetime, now: datetime) -> str:
    """How long ago, in one unit."""
    hours = (now - then).total_seconds() / 3600
    if hours * 60 < 1:
        return _("just now")
    if hours < 1:
        n = max(0, int(hours * 60))
        return ngettext("{n} minute ago", "{n} minutes ago", n).format(n=n)
    if hours < 48:
        n = int(hours)
        return ngettext("{n} hour ago", "{n} hours ago", n).format(n=n)
    n = int(hours // 24)
    return ngettext("{n} day ago", "{n} days ago", n).format(n=n)


def mask_name(name: str) -> str:
    """Family name and stars: 张*, 李**; "Maria Lopez" becomes "M. L."."""
    return figures.mask_name(name)


def mask_phone(phone: str) -> str:
    """138****1402; short numbers keep their last two digits."""
    return figures.mask_phone(phone)


def district(address: str) -> str:
    """An address down to its township or street office: what may be shown without asking."""
    return figures.district(address)


def place(township: str, address: str) -> str:
    """Where somebody lives, as far as a list shows it."""
    return township or district(address)


def mask_id(text: str) -> str:
    """First three and last two characters of an ID number, the rest stars."""
    return figures.mask_id(text)
