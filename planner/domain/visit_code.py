"""The number that stands for one person's visit on one day: on the second sheet, and typed back.

Ten digits: a nought, eight digits of a digest of day and person, a check digit. Digits alone, for a
scanner types like a keyboard and a Chinese input method would take its letters. The nought is the
mark of a number: no key of an outcome is 0. It belongs to day and person, not to a version of the
plan, so a sheet printed in the morning is understood after the day was planned on at noon. Nothing
of the person is in it: without the workspace it leads nowhere.
"""

import hashlib
import unicodedata
from datetime import date
from typing import Final

LENGTH: Final = 10
# Damm's quasigroup of order 10 (H. M. Damm, 2004): one wrong digit and any two neighbours that
# changed places are seen.
_DAMM: Final = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def visit_code(day: date, debtor_id: str) -> str:
    """The ten digits for the visit of a person on `day`."""
    digest = hashlib.sha256(f"visit/{day.isoformat()}/{debtor_id}".encode()).digest()
    told = f"0{int.from_bytes(digest[:8], 'big') % 10**8:08d}"
    return f"{told}{_check(told)}"


def read_code(text: str) -> str:
    """The ten digits in a text as somebody types them (gaps, hyphens, wide digits); "" for a text
    that is no such number or was mistyped."""
    plain = bare(text)
    return plain if looks_like_code(text) and _check(plain[:-1]) == int(plain[-1]) else ""


def looks_like_code(text: str) -> bool:
    """Whether somebody meant such a number, be it mistyped: digits with a nought before them."""
    plain = bare(text)
    return len(plain) == LENGTH and plain.isascii() and plain.isdigit() and plain[0] == "0"


def bare(text: str) -> str:
    """The text without gaps and hyphens, wide digits as plain ones."""
    return "".join(unicodedata.normalize("NFKC", text).replace("-", " ").split())


def spaced(code: str) -> str:
    """The number as it is printed: two groups of five."""
    return f"{code[:5]} {code[5:]}"


def _check(digits: str) -> int:
    """The digit that brings Damm's row back to nought."""
    row = 0
    for digit in digits:
        row = int(_DAMM[row][int(digit)])
    return row
