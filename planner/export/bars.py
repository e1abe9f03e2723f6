"""A number as bars that every scanner reads, also the ones without a camera: Code 128, set C.

ISO/IEC 15417: two digits a symbol; each symbol is three bars and three gaps of eleven modules in
all; a start, a check symbol (sum of place times value, modulo 103) and a stop that is a bar longer.
"""

from typing import Final

_START, _STOP = 105, 106
# Widths of bars and gaps in modules, by value; the letters of sets A and B are the same symbols.
_TABLE: Final = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232 2331112"
)
_WIDTHS: Final = _TABLE.split()


def bars(digits: str) -> list[tuple[int, int]]:
    """(start, width) in modules of each bar, from the left; ValueError unless the digits are even
    in number and plain."""
    if not digits or len(digits) % 2 or not (digits.isascii() and digits.isdigit()):
        raise ValueError("an even number of plain digits")
    values = [_START, *(int(digits[at : at + 2]) for at in range(0, len(digits), 2))]
    check = sum(max(1, place) * value for place, value in enumerate(values)) % 103
    found, at = [], 0
    for value in (*values, check, _STOP):
        for place, width in enumerate(map(int, _WIDTHS[value])):
            if place % 2 == 0:
                found.append((at, width))
            at += width
    return found


def modules(digits: str) -> int:
    """How many modules wide the bars of `digits` are."""
    last, width = bars(digits)[-1]
    return last + width
