"""The number of a visit: what it is, and the bars that scanners read."""

from datetime import date

import numpy as np
import pytest
import zxingcpp

from planner.domain.visit_code import LENGTH, looks_like_code, read_code, spaced, visit_code
from planner.export.bars import bars, modules

DAY = date(2026, 11, 23)


def picture(digits: str) -> np.ndarray:
    """The bars, three dots a module, with white around them."""
    dots = np.full((60, 3 * modules(digits) + 120), 255, np.uint8)
    for start, width in bars(digits):
        dots[5:-5, 60 + 3 * start : 60 + 3 * (start + width)] = 0
    return dots


def test_a_scanner_reads_every_symbol() -> None:
    """Each of the hundred symbols, and with them many check symbols, is read as it was meant."""
    for pair in range(100):
        digits = f"{pair:02d}{pair * 7 % 100:02d}{pair:02d}"
        (found,) = zxingcpp.read_barcodes(picture(digits))
        assert (found.text, found.format) == (digits, zxingcpp.BarcodeFormat.Code128)


@pytest.mark.parametrize("wrong", ["", "123", "12a4", "１２"])
def test_only_pairs_of_plain_digits(wrong: str) -> None:
    """Anything else is no number for bars."""
    with pytest.raises(ValueError, match="plain digits"):
        bars(wrong)


def test_slips_are_seen() -> None:
    """One wrong digit and two neighbours that changed places make no number of a visit."""
    for who in range(40):
        code = visit_code(DAY, f"P{who}")
        assert len(code) == LENGTH
        assert code.startswith("0")
        slips = {code[:at] + d + code[at + 1 :] for at in range(LENGTH) for d in "0123456789"}
        slips |= {code[:a] + code[a + 1] + code[a] + code[a + 2 :] for a in range(LENGTH - 1)}
        assert [slip for slip in slips - {code} if read_code(slip)] == []


@pytest.mark.parametrize("form", ["{}", "{} ", "\u3000{}", "-{}"])
def test_typed_as_people_type(form: str) -> None:
    """Gaps, hyphens and wide digits are understood; a phone number is no number of a visit."""
    code = visit_code(DAY, "P1")
    assert read_code(form.format(spaced(code))) == code
    assert read_code("".join(chr(ord(digit) + 0xFEE0) for digit in code)) == code
    assert not looks_like_code("13800138000")
    assert not looks_like_code("王秀英")


def test_a_day_has_its_own_numbers() -> None:
    """The same person has another number on another day."""
    assert visit_code(DAY, "P1") != visit_code(date(2026, 11, 24), "P1")
