"""The certificate of a deletion as PDF: what, when, by whom, and digests to check it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from planner.export.pdf_text import MARGIN, WIDTH, new_document, wrap, write
from planner.words import sentence

_LABEL = 60.0  # millimetres


def certificate(
    lines: Sequence[tuple[str, str]], made_at: datetime, out: Path, language: str
) -> Path:
    """Write `lines` of (field, value) under a heading to `out`; fields are named in `language`.

    `made_at` is aware. Raises OSError.
    """
    title = sentence("purge.certificate", language)
    pdf = new_document(title, made_at)
    pdf.add_page()
    y = MARGIN + 15
    write(pdf, MARGIN, y, title, 18, bold=True)
    y += 14
    for name, value in lines:
        write(pdf, MARGIN, y, sentence(f"purge.{name}", language), 10.5)
        for line in wrap(pdf, value, 10.5, WIDTH - 2 * MARGIN - _LABEL, 6):
            write(pdf, MARGIN + _LABEL, y, line, 10.5, bold=True)
            y += 6.5
        y += 1.5
    y += 6
    for line in wrap(pdf, sentence("purge.meaning", language), 10.5, WIDTH - 2 * MARGIN, 12):
        write(pdf, MARGIN, y, line, 10.5)
        y += 6.5
    out.write_bytes(bytes(pdf.output()))
    return out
