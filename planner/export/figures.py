"""Money, moments and masked personal data as people of each language write them; "--" is none."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from planner.domain.areas import down_to_township

NONE: Final = "--"
_FEN = 100


def money_exact(minor: int | None, language: str) -> str:
    """The exact amount with its unit: 124,000.50 元 / CNY 124,000.50 (from minor units)."""
    if minor is None:
        return NONE
    text = f"{minor / _FEN:,.2f}"
    return f"{text} 元" if language == "zh_CN" else f"CNY {text}"


def moment_text(value: datetime | None, zone: str) -> str:
    """yyyy-mm-dd hh:mm in the IANA zone `zone`."""
    return NONE if value is None else value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def mask_name(name: str) -> str:
    """Family name and stars: 张*, 李**; "Maria Lopez" becomes "M. L."."""
    name = name.strip()
    if not name:
        return NONE
    if name.isascii():
        return " ".join(f"{part[0]}." for part in name.split())
    return name[0] + "*" * min(2, max(1, len(name) - 1))


def mask_phone(phone: str) -> str:
    """138****1402; short numbers keep their last two digits."""
    phone = phone.strip()
    if not phone:
        return NONE
    if len(phone) < 8:
        return "*" * max(0, len(phone) - 2) + phone[-2:]
    return f"{phone[:3]}****{phone[-4:]}"


def mask_id(text: str) -> str:
    """First three and last two characters of an ID number, the rest stars."""
    text = text.strip()
    if not text:
        return NONE
    return text[:3] + "*" * max(0, len(text) - 5) + text[-2:] if len(text) > 5 else "*" * len(text)


def district(address: str) -> str:
    """An address down to its township or street office: what may be shown without asking."""
    address = address.strip()
    return down_to_township(address) or (address[:6] + "…" if len(address) > 6 else address) or NONE
