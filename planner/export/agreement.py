"""The draft of an instalment agreement as PDF: one person's own data, neutral words, two lines to
sign; in one language or in both beside each other's pages."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from fpdf import FPDF

from planner.domain.instalments import Instalment
from planner.export.figures import money_exact
from planner.export.pdf_text import HEIGHT, MARGIN, WIDTH, new_document, wrap, write
from planner.words import sentence

_LEFT: Final = MARGIN + 8
_WIDE: Final = WIDTH - 2 * _LEFT
_ROW: Final = 6.6
_LAST: Final = HEIGHT - 26
_COLUMNS: Final = (_LEFT, _LEFT + 16, _LEFT + 70)  # number, day, amount
_POINTS: Final = ("early", "trouble", "visits", "explain", "receipts")


class Whom(Protocol):
    """Whom the agreement is with: what `plans_agreed.Basis` tells."""

    @property
    def name(self) -> str:
        """The person."""

    @property
    def debt(self) -> int:
        """What is owed, minor units."""

    @property
    def case_ids(self) -> tuple[str, ...]:
        """Lender and contract number of each loan."""


class Agreed(Protocol):
    """What is agreed: what `outcomes.PlanTerms` tells."""

    @property
    def instalments(self) -> tuple[Instalment, ...]:
        """Days and amounts."""

    @property
    def waived(self) -> int:
        """Minor units."""

    @property
    def approval(self) -> tuple[str, ...]:
        """Why the lead has to agree first."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan as it is put on paper; `made_at` is aware, its day stands on the paper."""

    whom: Whom
    terms: Agreed
    made_at: datetime


def agreement(draft: Draft, out: Path, languages: Sequence[str]) -> Path:
    """Write the draft to `out`, one part in each of `languages` ("en", "zh_CN"), for its owner
    alone: it has a name and a debt in it. Raises OSError."""
    pdf = new_document(sentence("agreement.title", languages[0]), draft.made_at)
    for language in languages:
        _part(pdf, draft, language)
    body = bytes(pdf.output())
    out.unlink(missing_ok=True)  # a link laid in its way is replaced, not followed
    way = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(out, way, 0o600), "wb") as file:
        file.write(body)
    return out


def _part(pdf: FPDF, draft: Draft, language: str) -> None:
    """All pages in one language."""
    pdf.add_page()
    y = MARGIN + 16
    write(pdf, _LEFT, y, sentence("agreement.title", language), 18, bold=True)
    write(pdf, _LEFT + _WIDE, y, f"{draft.made_at:%Y-%m-%d}", 10.5, align="right")
    y += 12
    for name, value in _head(draft, language):
        write(pdf, _LEFT, y, sentence(f"agreement.{name}", language))
        for line in wrap(pdf, value, 10.5, _WIDE - 52, 4):
            write(pdf, _LEFT + 52, y, line, bold=True)
            y += _ROW
    y = _table(pdf, draft, language, y + 5)
    points = _POINTS if not draft.terms.approval else ("approval", *_POINTS)
    for number, point in enumerate(points, 1):
        lines = wrap(pdf, sentence(f"agreement.{point}", language), 10.5, _WIDE - 8, 5)
        y = _room(pdf, y, len(lines) * 5.8)
        write(pdf, _LEFT, y, f"{number}.")
        for line in lines:
            write(pdf, _LEFT + 8, y, line)
            y += 5.8
        y += 1.6
    _signatures(pdf, language, _room(pdf, y, 40) + 18)


def _head(draft: Draft, language: str) -> list[tuple[str, str]]:
    rows = [
        ("with", draft.whom.name),
        ("loans", "; ".join(draft.whom.case_ids)),
        ("owed", money_exact(draft.whom.debt, language)),
    ]
    if draft.terms.waived:
        rows.append(("waived", money_exact(draft.terms.waived, language)))
    total = sum(one.amount for one in draft.terms.instalments)
    return [*rows, ("total", money_exact(total, language))]


def _table(pdf: FPDF, draft: Draft, language: str, y: float) -> float:
    """The instalments; the baseline after them."""
    for x, name in zip(_COLUMNS, ("number", "due", "amount"), strict=True):
        write(pdf, x, y, sentence(f"agreement.{name}", language), bold=True)
    pdf.set_line_width(0.3)
    pdf.line(_LEFT, y + 2, _LEFT + _WIDE, y + 2)
    y += _ROW + 0.6
    for number, one in enumerate(draft.terms.instalments, 1):
        y = _room(pdf, y, _ROW)
        values = (str(number), f"{one.due:%Y-%m-%d}", money_exact(one.amount, language))
        for x, value in zip(_COLUMNS, values, strict=True):
            write(pdf, x, y, value)
        y += _ROW
    return y + 5


def _room(pdf: FPDF, y: float, tall: float) -> float:
    """`y`, or the top of a new page where `tall` millimetres do not fit any more."""
    if y + tall <= _LAST:
        return y
    pdf.add_page()
    return MARGIN + 16


def _signatures(pdf: FPDF, language: str, y: float) -> None:
    half = _WIDE / 2
    for k, name in enumerate(("sign_person", "sign_house")):
        x = _LEFT + k * (half + 4)
        pdf.line(x, y, x + half - 8, y)
        write(pdf, x, y + 5.5, sentence(f"agreement.{name}", language), 9.5)
