"""A field for an amount in yuan, as people type it: 5,000 or 1.2万; gives minor units."""

import unicodedata
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from ui import formats

_MOST = Decimal(10) ** 12


def parse_amount(text: str) -> int | None:
    """Minor units of what was typed; None for what is no amount (half a fen included).

    Digits behind a nought are none: a scanner may have typed the number of a visit here.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain[:1] == "0" and plain[1:2].isdigit():
        return None
    for mark in (",", " ", "元", "¥", "cny", "yuan"):
        plain = plain.replace(mark, "")
    factor = 1
    if plain.endswith(("万", "w")):
        plain, factor = plain[:-1], formats.WAN
    try:
        minor = Decimal(plain) * factor * formats.FEN
    except InvalidOperation:
        return None
    if not minor.is_finite() or minor != minor.to_integral_value() or abs(minor) > _MOST:
        return None
    return int(minor)


class AmountField(QLineEdit):
    """Right-aligned; `set_minor` fills and selects it, so that typing replaces it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMaxLength(24)
        self.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.setMinimumWidth(150)

    def set_minor(self, minor: int | None) -> None:
        """Show an amount, or nothing."""
        text = "" if minor is None else f"{minor / formats.FEN:,.2f}".removesuffix(".00")
        self.setText(text)
        self.selectAll()

    def minor(self) -> int | None:
        """What is typed, in minor units."""
        return parse_amount(self.text())
