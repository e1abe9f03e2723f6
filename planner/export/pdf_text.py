"""Plain black text on A4 with fpdf2 and the Chinese font that ships with the program.

Lengths are millimetres, sizes points, (x, y) the left end of a text's baseline.
"""

import unicodedata
from datetime import datetime
from typing import Literal

from fpdf import FPDF
from fpdf.enums import TextMode

from planner.export.one_line import one_line
from planner.paths import resources

FONT = "NotoSansSC"
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 10.0
MISSING = "〓"  # the printers' mark for a character the font does not have
_ELLIPSIS = "…"


def new_document(title: str, made_at: datetime) -> FPDF:
    """An empty A4 document; the same content and `made_at` give the same bytes."""
    pdf = FPDF(orientation="portrait", unit="mm", format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(made_at)
    pdf.set_title(title)
    pdf.set_producer("Fairvisit")
    pdf.add_font(FONT, "", resources() / "fonts" / "NotoSansSC-Regular.ttf")
    pdf.set_font(FONT, size=10.5)
    return pdf


def plain(pdf: FPDF, text: str) -> str:
    """`text` as one line of printable characters: no control or direction marks, no gaps."""
    glyphs = pdf.fonts[FONT.lower()].cmap  # type: ignore[union-attr]
    kept = [
        character if ord(character) in glyphs else MISSING
        for character in one_line(text)
        if unicodedata.category(character) not in ("Mn", "Me")
    ]
    return " ".join("".join(kept).split())


def write(
    pdf: FPDF,
    x: float,
    y: float,
    text: str,
    size: float = 10.5,
    *,
    bold: bool = False,
    width: float | None = None,
    align: Literal["left", "right", "centre"] = "left",
) -> float:
    """Write one line, cut to `width` if given; returns the width it took."""
    pdf.set_font_size(size)
    text = plain(pdf, text)
    if width is not None:
        text = _cut(pdf, text, width)
    took = float(pdf.get_string_width(text))
    left = x - {"left": 0.0, "centre": took / 2, "right": took}[align]
    if bold:  # one weight ships: a thin outline makes it heavier
        with pdf.local_context(text_mode=TextMode.FILL_STROKE, line_width=size * 0.016):
            pdf.text(left, y, text)
    else:
        pdf.text(left, y, text)
    return took


def wrap(pdf: FPDF, text: str, size: float, width: float, most: int) -> list[str]:
    """`text` in at most `most` lines of `width`; Latin words stay whole where they can."""
    pdf.set_font_size(size)
    rest = plain(pdf, text)
    lines: list[str] = []
    while rest and len(lines) < most - 1:
        end = _fitting(pdf, rest, width)
        if end < len(rest):
            end = _word_break(rest, end)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if rest:
        lines.append(_cut(pdf, rest, width))
    return lines


def _cut(pdf: FPDF, text: str, width: float) -> str:
    """`text`, or its beginning and an ellipsis when it is wider than `width`."""
    if pdf.get_string_width(text) <= width:
        return text
    return text[: _fitting(pdf, text, width - pdf.get_string_width(_ELLIPSIS))] + _ELLIPSIS


def _fitting(pdf: FPDF, text: str, width: float) -> int:
    """How many leading characters fit into `width`, at least one."""
    took = 0.0
    for index, character in enumerate(text):
        took += pdf.get_string_width(character)
        if took > width:
            return max(1, index)
    return len(text)


def _word_break(text: str, end: int) -> int:
    """The last place at or before `end` that does not split a Latin word, else `end`."""
    if not (_latin(text[end - 1]) and _latin(text[end])):
        return end
    place = end
    while place > 0 and _latin(text[place - 1]):
        place -= 1
    return place or end


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
