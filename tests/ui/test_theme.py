"""Contrast and distinctness of colours, light and dark."""

import itertools
import re

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from planner.paths import resources
from ui import theme

Role = QPalette.ColorRole
SURFACES = (Role.Window, Role.Base, Role.AlternateBase, Role.Light, Role.Midlight, Role.Button)


@pytest.mark.parametrize("dark", [False, True])
def test_text_contrast(dark: bool) -> None:
    """Body text has 7:1, secondary and accent text 4.5:1, on every surface."""
    palette = theme.make_palette(dark)
    for surface in SURFACES:
        back = palette.color(surface)
        assert theme.contrast(palette.color(Role.Text), back) >= 7
        for role in (Role.PlaceholderText, Role.Link):
            assert theme.contrast(palette.color(role), back) >= 4.5
    assert theme.contrast(palette.color(Role.Highlight), palette.color(Role.HighlightedText)) >= 4.5
    assert theme.contrast(palette.color(Role.ToolTipBase), palette.color(Role.ToolTipText)) >= 7


@pytest.mark.parametrize("dark", [False, True])
def test_borders_and_icons(dark: bool) -> None:
    """Borders of controls, focus ring and disabled text have 3:1."""
    palette = theme.make_palette(dark)
    for surface in SURFACES:
        assert theme.contrast(palette.color(Role.Dark), palette.color(surface)) >= 3
        assert theme.contrast(palette.color(Role.Accent), palette.color(surface)) >= 3
    faint = palette.color(QPalette.ColorGroup.Disabled, Role.Text)
    assert theme.contrast(faint, palette.color(Role.Base)) >= 3


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", theme.TONES)
def test_tones(dark: bool, name: str) -> None:
    """Words on a tint have 4.5:1, its outline 3:1 against the page."""
    palette = theme.make_palette(dark)
    tone = theme.tone(palette, name)
    assert theme.contrast(tone.tint, tone.ink) >= 4.5
    assert theme.contrast(tone.line, palette.color(Role.Base)) >= 3
    assert theme.contrast(tone.line, palette.color(Role.Window)) >= 3


@pytest.mark.parametrize("dark", [False, True])
def test_crew_colours(dark: bool) -> None:
    """Crew colours have 3:1 on the page; any two crews differ in colour and in dash pattern."""
    palette = theme.make_palette(dark)
    for i in range(8):
        colour = theme.crew_colour(palette, i)
        assert theme.contrast(colour, palette.color(Role.Base)) >= 3
    for i, j in itertools.combinations(range(8), 2):
        assert theme.crew_colour(palette, i) != theme.crew_colour(palette, j)
        assert theme.crew_dash(i) != theme.crew_dash(j)


def test_style_sheet_names_roles_only() -> None:
    """The style sheet holds no colour of its own."""
    text = (resources() / "style" / "window.qss").read_text(encoding="utf-8")
    assert (
        re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\b(?:white|black|gray|grey|red)\b", text) == []
    )


def test_switch(dressed: QApplication) -> None:
    """The look switches at run time, there and back."""
    theme.apply(dressed, "dark")
    assert theme.is_dark(dressed.palette())
    theme.apply(dressed, "light")
    assert not theme.is_dark(dressed.palette())
    with pytest.raises(ValueError, match="unknown theme"):
        theme.apply(dressed, "pink")


def test_font_has_chinese(dressed: QApplication) -> None:
    """The chosen family draws Chinese, at 10.5 points."""
    from PySide6.QtGui import QFontMetrics

    font = dressed.font()
    assert font.pointSizeF() == theme.POINT_SIZE
    assert QFontMetrics(font).inFontUcs4(ord("访"))
