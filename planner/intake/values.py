"""Text of a cell to a value, or `Bad`: a damaged value is named, never repaired by guessing."""

import functools
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from operator import mul
from typing import Any

SMALLEST_SERIAL, LARGEST_SERIAL = 20000, 65000  # Excel day numbers of 1954 and 2077
LARGEST_AMOUNT = 20_000_000 * 100  # fen; no consumer loan is larger
LONGEST_TEXT, LONGEST_PLACE, LONGEST_NAME = 5000, 500, 200  # characters
EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 -- a spreadsheet's day number has no zone

_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_PLAIN_AMOUNT = re.compile(r"(\d{1,12})(?:\.(\d{1,2}))?")
_LONG_AMOUNT = re.compile(r"(\d{1,12})\.(\d{3,})")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_CURRENCY = re.compile(r"^(?:rmb|cny|¥|人民币)\s*|\s*(?:元整|元|圆|rmb|cny|yuan)$", re.IGNORECASE)
_UNITS = {"千": 1_000, "万": 10_000, "百万": 1_000_000, "亿": 100_000_000}
_UNIT_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(千|百万|万|亿)")
_EXCEL_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|#+)", re.IGNORECASE)
_DAMAGED_TEXT = re.compile(r"\ufffd|\?{2,}|锟斤拷|烫烫|ï»¿|â€")
_SUSPECT = re.compile("[?#\ufffd锟烫ïâ]")

_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT_DATE = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_DATE_END = re.compile(r"[T\s]")
_CLOCK = re.compile(r"(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?秒?|分)?")

_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,15})?")
_LETTERED = re.compile(
    r"([NESW]|[东西南北][经纬])?([+-]?[0-9]{1,3}(?:\.[0-9]{1,15})?)[°度]?([NESW])?"
)

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_ID = re.compile(r"[0-9]{17}[0-9X]")
_CHECK = "10X98765432"
_ZEROS = sum(_WEIGHTS) * ord("0")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0\d{2,3}[2-9]\d{6,7}", re.ASCII)
_SERVICE = re.compile(r"(400|800)\d{7}", re.ASCII)
_FOREIGN = re.compile(r"\+\d{6,15}", re.ASCII)
_PHONE_GAPS = re.compile(r"[\s\-()（）—–.]+")
_PHONE_SPLIT = re.compile(r"[,;/、，；|\n]+|\s{2,}")


class Bad(Exception):
    """A cell that cannot be trusted: `code` names the damage (words: `fault.<code>`)."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def narrow(text: str) -> str:
    """Full-width letters, digits and signs as the usual ones, without surrounding blanks."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def unquote(text: str) -> str:
    """`="0123"`, `'0123` and a leading tab: ways to keep a number as text in a CSV file."""
    if text.startswith('="') and text.endswith('"'):
        return text[2:-1].strip()
    return text.lstrip("'\t").strip()


def check_text(text: str, most: int = LONGEST_TEXT) -> str:
    """A text cell as it is; Bad when it is a spreadsheet error, lost its characters, or is longer
    than `most`."""
    if len(text) > most:
        raise Bad("text_too_long", most=most)
    if _SUSPECT.search(text):
        if _EXCEL_ERROR.match(text):
            raise Bad("excel_error")
        if _DAMAGED_TEXT.search(text):
            raise Bad("mojibake")
    return text


def short_text(text: str) -> str:
    """The name of a lender, a product or a crew; Bad as `check_text`."""
    return check_text(text, LONGEST_NAME)


def place_text(text: str) -> str:
    """An address; Bad as `check_text`."""
    return check_text(text, LONGEST_PLACE)


def parse_name(text: str) -> str:
    """A person's name; any characters are allowed, they are data."""
    if "\n" in text.strip() or "\r" in text.strip():
        raise Bad("name_lines")
    name = " ".join(check_text(text).split())
    if not name:
        raise Bad("name_missing")
    if len(name) > 80:
        raise Bad("name_too_long")
    if not name.isalpha() and narrow(name).replace(".", "").isdigit():
        raise Bad("name_is_number")
    return name


def checksum_ok(number: str) -> bool:
    """Whether an 18-character ID number ends with the right check character (GB 11643)."""
    total = sum(map(mul, _WEIGHTS, number[:17].encode())) - _ZEROS
    return _CHECK[total % 11] == number[17]


def parse_id(text: str) -> str:
    """A resident ID number of 18 characters, upper case. The area code is not looked up."""
    if not _ID.fullmatch(text):
        text = unquote(narrow(text)).replace(" ", "").upper()
        if not _ID.fullmatch(text):
            raise Bad(_id_damage(text))
    if not checksum_ok(text):
        raise Bad("id_excel_zeros" if text.endswith("000") else "id_checksum")
    birth_date(text)
    return text


def _id_damage(number: str) -> str:
    if _SCIENTIFIC.fullmatch(number):
        return "id_scientific"
    if "*" in number:
        return "id_masked"
    if _EXCEL_ERROR.match(number):
        return "excel_error"
    if number.isdigit() and len(number) == 15:
        return "id_fifteen"
    return "id_length"


def parse_other_id(text: str) -> str:
    """A passport, permit or other document number: 5 to 20 letters and digits."""
    number = unquote(narrow(text)).replace(" ", "").upper()
    if _SCIENTIFIC.fullmatch(number) and "+" in number:
        raise Bad("id_scientific")
    if "*" in number:
        raise Bad("id_masked")
    if not re.fullmatch(r"[A-Z0-9()\-]{5,20}", number):
        raise Bad("id_length")
    return number


@functools.lru_cache(maxsize=50_000)
def _birth(digits: str) -> date | None:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2100 else None


def birth_date(number: str) -> date:
    """Date of birth inside an 18-character ID number; Bad when there is no such day."""
    day = _birth(number[6:14])
    if day is None:
        raise Bad("id_birth")
    return day


def of_age(born: date, day: date) -> bool:
    """Whether somebody born on `born` is at least 18 on `day`."""
    return (day.year - born.year, (day.month, day.day) >= (born.month, born.day)) >= (18, True)


def parse_phone(text: str) -> str:
    """A phone number as digits ("+..." when foreign); +86 and separators are dropped."""
    if len(text) == 11 and text.isascii() and text.isdigit() and _MOBILE.fullmatch(text):
        return text
    plain = unquote(narrow(text))
    if _SCIENTIFIC.fullmatch(plain):
        raise Bad("phone_scientific")
    if "*" in plain:
        raise Bad("phone_masked")
    check_text(plain)
    digits = _PHONE_GAPS.sub("", plain.split("转")[0])
    digits = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", digits)
    for shape in (_MOBILE, _LANDLINE, _SERVICE, _FOREIGN):
        if shape.fullmatch(digits):
            return digits
    raise Bad(_phone_damage(digits))


def _phone_damage(digits: str) -> str:
    if not digits.isdigit():
        return "phone_not_number"
    if re.fullmatch(r"[2-9]\d{9,10}|10\d{8}", digits):
        return "phone_lost_zero"
    return "phone_no_area" if len(digits) in (7, 8) else "phone_length"


def parse_phones(text: str) -> list[str]:
    """All phone numbers of a cell, in order; an empty cell has none."""
    if len(text) == 11:
        return [parse_phone(text)]
    return [parse_phone(part) for part in _PHONE_SPLIT.split(text) if part.strip()]


def parse_amount(text: str, scale: int = 1) -> tuple[int, bool]:
    """Fen of an amount in yuan (times `scale`, e.g. 10,000 for a column in 万元), and whether the
    cell itself said 万 or 亿, so that small change may be missing.

    >>> parse_amount("1,234.5")
    (123450, False)
    """
    plain = _PLAIN_AMOUNT.fullmatch(text)
    if plain is None:
        text, rounded = _amount_text(text)
    else:
        rounded = False
    plain = plain or _PLAIN_AMOUNT.fullmatch(text)
    if plain is not None:
        fen = int(plain[1]) * 100 + int((plain[2] or "0").ljust(2, "0"))
        fen *= scale
    else:
        fen = _long_amount(text, scale)
    if fen > LARGEST_AMOUNT:
        raise Bad("amount_absurd", limit=LARGEST_AMOUNT // 100)
    return fen, rounded


def _amount_text(text: str) -> tuple[str, bool]:
    """The amount as plain digits, and whether it was written with 千, 万 or 亿."""
    text = _CURRENCY.sub("", _CURRENCY.sub("", unquote(narrow(check_text(text))))).strip()
    if _SCIENTIFIC.fullmatch(text):
        raise Bad("amount_scientific")
    if re.fullmatch(r"-.+|\(.+\)", text):
        raise Bad("amount_negative")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    united = _UNIT_AMOUNT.fullmatch(text.replace(" ", ""))
    if united is None:
        return text, False
    whole, _, part = united[1].partition(".")
    fen = int(whole + part) * _UNITS[united[2]] * 100
    fen, rest = divmod(fen, 10 ** len(part))
    if rest:
        raise Bad("amount_unreadable")
    return f"{fen // 100}.{fen % 100:02d}", True


def _long_amount(text: str, scale: int) -> int:
    """Fen of an amount with more than two decimals (a computed cell), rounded half up."""
    found = _LONG_AMOUNT.fullmatch(text)
    if found is None:
        raise Bad("amount_unreadable")
    decimals = found[2][:12]
    whole = int(found[1] + decimals) * 100 * scale
    unit = 10 ** len(decimals)
    return int((2 * whole + unit) // (2 * unit))


def parse_whole(text: str) -> int:
    """A count such as days overdue: digits, perhaps with 天 or days behind."""
    plain = re.sub(r"(天|日|days?)$", "", unquote(narrow(check_text(text)))).strip()
    if not re.fullmatch(r"\d{1,6}", plain):
        raise Bad("number_negative" if plain.startswith("-") else "number_unreadable")
    return int(plain)


@functools.lru_cache(maxsize=20_000)
def _date_of(text: str) -> tuple[date | None, str, bool]:
    """(day, damage code, was a serial number)."""
    text = unquote(narrow(text))
    head = _DATE_END.split(text, maxsplit=1)[0] if "年" not in text else text.replace(" ", "")
    found = _DATE.fullmatch(head)
    parts = (found[1], found[3], found[4]) if found else None
    if parts is None:
        other = _CHINESE_DATE.match(head) or _COMPACT_DATE.fullmatch(head)
        parts = (other[1], other[2], other[3]) if other else None
    if parts is not None:
        try:
            day = date(*map(int, parts))
        except ValueError:
            return None, "date_impossible", False
        return (day, "", False) if 1950 <= day.year <= 2100 else (None, "date_far", False)
    if re.fullmatch(r"\d{5}(\.\d+)?", head):
        serial = float(head)
        if SMALLEST_SERIAL <= serial <= LARGEST_SERIAL:
            return (EXCEL_EPOCH + timedelta(days=int(serial))).date(), "", True
    if _SHORT_DATE.fullmatch(head):
        return None, "date_ambiguous", False
    return None, "excel_error" if _EXCEL_ERROR.match(head) else "date_unreadable", False


def parse_date(text: str) -> tuple[date, bool]:
    """The day of a cell, and whether it stood there as a spreadsheet's day number."""
    day, damage, serial = _date_of(text)
    if day is None:
        raise Bad(damage)
    return day, serial


@functools.lru_cache(maxsize=20_000)
def parse_clock(text: str) -> time | None:
    """A time of day such as 9:05, 09:05:30 or 9时5分; None when there is none in `text`."""
    found = _CLOCK.search(narrow(text))
    if found is None:
        return None
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        return None


def parse_moment(text: str) -> tuple[date, time | None, bool]:
    """Day, time of day (None when the cell has only a day) and "was a day number"."""
    day, serial = parse_date(text)
    if not serial:
        return day, parse_clock(text), False
    number = _DATE_END.split(unquote(narrow(text)), maxsplit=1)[0]  # a time may stand behind it
    seconds = min(round((float(number) % 1) * 86400), 86399)
    clock = (EXCEL_EPOCH + timedelta(seconds=seconds)).time() if seconds else parse_clock(text)
    return day, clock, True


def parse_degrees(text: str, limit: float) -> float:
    """A latitude (limit 90) or longitude (limit 180) in decimal degrees; south and west of the
    equator and of Greenwich as a letter or as a minus, not both.

    >>> parse_degrees("33.8688°S", 90)
    -33.8688
    """
    if _DEGREES.fullmatch(text):
        value = float(text)
    else:
        plain = unquote(narrow(check_text(text))).upper().replace(" ", "")
        found = _LETTERED.fullmatch(plain)
        if found is None or (found[1] and found[3]):
            raise Bad("position_unreadable")
        value, half = float(found[2]), found[1] or found[3] or "N"
        if half[0] in "SW南西":
            if value < 0:
                raise Bad("position_unreadable")
            value = -value
    if abs(value) > limit:
        raise Bad("position_out_of_range")
    return value


YES = frozenset({"是", "有", "y", "yes", "true", "1", "√", "✓", "v", "对", "已", "on"})
NO = frozenset({"", "否", "无", "没有", "n", "no", "false", "0", "×", "x", "-", "--", "未", "off"})


def parse_yes(text: str) -> bool:
    """A yes or a no; Bad for anything else."""
    plain = narrow(text).casefold()
    if plain in NO:
        return False
    if plain in YES:
        return True
    raise Bad("yes_no")
