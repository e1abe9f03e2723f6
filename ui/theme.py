"""The look: Fusion with our own palettes, one accent, states as icon + word + tint.

Colours live here and nowhere else. Style sheets (resources/style/window.qss) name palette roles
only; painted parts ask `tone`, `crew_colour` and `crew_dash` with the palette they are painted
with, so they are right in both themes and change with it.

Roles: Light = selected row, Midlight = hover, Mid = hairline, Dark = border of controls (3:1),
PlaceholderText = secondary text (4.5:1), Link = accent as text, Accent = focus ring.
"""

from dataclasses import dataclass

from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from planner.paths import resources

THEMES = ("system", "light", "dark")
ROW_HEIGHT = 34
POINT_SIZE = 10.5
SMALL_POINT_SIZE = 9.5

_FAMILIES = ("Microsoft YaHei UI", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC",
             "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN")  # fmt: skip

_LIGHT = {
    QPalette.ColorRole.Window: "#f3f5f8",
    QPalette.ColorRole.WindowText: "#17202b",
    QPalette.ColorRole.Base: "#ffffff",
    QPalette.ColorRole.AlternateBase: "#f8f9fb",
    QPalette.ColorRole.Text: "#17202b",
    QPalette.ColorRole.PlaceholderText: "#556070",
    QPalette.ColorRole.Button: "#ffffff",
    QPalette.ColorRole.ButtonText: "#17202b",
    QPalette.ColorRole.BrightText: "#ffffff",
    QPalette.ColorRole.Light: "#e3edfb",
    QPalette.ColorRole.Midlight: "#eef2f7",
    QPalette.ColorRole.Mid: "#dbe1e9",
    QPalette.ColorRole.Dark: "#7a8595",
    QPalette.ColorRole.Shadow: "#3a4654",
    QPalette.ColorRole.Highlight: "#1b5cb8",
    QPalette.ColorRole.HighlightedText: "#ffffff",
    QPalette.ColorRole.Link: "#174f9f",
    QPalette.ColorRole.LinkVisited: "#174f9f",
    QPalette.ColorRole.Accent: "#1b5cb8",
    QPalette.ColorRole.ToolTipBase: "#17202b",
    QPalette.ColorRole.ToolTipText: "#f3f5f8",
}
_DARK = {
    QPalette.ColorRole.Window: "#12161c",
    QPalette.ColorRole.WindowText: "#e9edf3",
    QPalette.ColorRole.Base: "#1a2028",
    QPalette.ColorRole.AlternateBase: "#171c23",
    QPalette.ColorRole.Text: "#e9edf3",
    QPalette.ColorRole.PlaceholderText: "#a6b1c0",
    QPalette.ColorRole.Button: "#222a34",
    QPalette.ColorRole.ButtonText: "#e9edf3",
    QPalette.ColorRole.BrightText: "#ffffff",
    QPalette.ColorRole.Light: "#23364f",
    QPalette.ColorRole.Midlight: "#242c37",
    QPalette.ColorRole.Mid: "#2e3844",
    QPalette.ColorRole.Dark: "#77849a",
    QPalette.ColorRole.Shadow: "#05070a",
    QPalette.ColorRole.Highlight: "#79b0ff",
    QPalette.ColorRole.HighlightedText: "#0a1524",
    QPalette.ColorRole.Link: "#8fbcff",
    QPalette.ColorRole.LinkVisited: "#8fbcff",
    QPalette.ColorRole.Accent: "#79b0ff",
    QPalette.ColorRole.ToolTipBase: "#e9edf3",
    QPalette.ColorRole.ToolTipText: "#12161c",
}
# Disabled text keeps 3:1: it must be readable, only quieter.
_DISABLED = {False: "#7d8794", True: "#77828f"}


@dataclass(frozen=True, slots=True)
class Tone:
    """Colours of one state: `tint` behind, `ink` for words and icon, `line` around."""

    tint: QColor
    ink: QColor
    line: QColor


# Never red/green for bad/good: in Chinese finance red is up and green is down.
TONES = ("neutral", "accent", "warn", "stop")
_TONES = {
    False: {
        "neutral": ("#e9edf2", "#3d4856", "#7e8998"),
        "accent": ("#e3edfb", "#174f9f", "#4d86d1"),
        "warn": ("#fdefd9", "#7a4300", "#b9771c"),
        "stop": ("#f3e6f4", "#6d2475", "#a35cab"),
    },
    True: {
        "neutral": ("#2a333e", "#c6cfdb", "#7c899b"),
        "accent": ("#22344d", "#a5caff", "#5f94dc"),
        "warn": ("#3d2f18", "#ffc778", "#b98432"),
        "stop": ("#38243b", "#e6aeec", "#a468ac"),
    },
}

# After Okabe and Ito; yellow and black left out, the rest darkened or lightened to 3:1.
_CREWS = {
    False: ("#0067a8", "#b85a00", "#00785a", "#a8437f", "#5b4bb5", "#7a6400", "#2b7a8c", "#8a4b32"),
    True: ("#56b4e9", "#f09a3e", "#35c79b", "#e08fbf", "#a99bf5", "#d9c64a", "#67c6d6", "#d0957c"),
}
# Dash patterns in units of the line width: the second signal beside colour and number.
_DASHES: tuple[tuple[float, ...], ...] = (
    (), (6, 3), (1.5, 2.5), (8, 3, 1.5, 3), (3, 3), (10, 4), (6, 2, 1.5, 2, 1.5, 2), (1, 4),
)  # fmt: skip


def make_palette(dark: bool) -> QPalette:
    """The palette of one theme, all three groups."""
    palette = QPalette()
    for role, value in (_DARK if dark else _LIGHT).items():
        palette.setColor(role, QColor(value))
    faint = QColor(_DISABLED[dark])
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.HighlightedText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return palette


def is_dark(palette: QPalette) -> bool:
    """Whether this palette belongs to the dark theme."""
    # By the text: inside a transparent style sheet the Window role has no colour of its own.
    # Not the group of the moment: text of a disabled widget is grey in either theme.
    return palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text).lightness() > 128


def tone(palette: QPalette, name: str) -> Tone:
    """The colours of a state ("neutral", "accent", "warn", "stop") in the theme of `palette`."""
    tint, ink, line = _TONES[is_dark(palette)][name]
    return Tone(QColor(tint), QColor(ink), QColor(line))


def crew_colour(palette: QPalette, index: int) -> QColor:
    """Colour of the crew with this place in the list of crews."""
    colours = _CREWS[is_dark(palette)]
    return QColor(colours[index % len(colours)])


def crew_dash(index: int) -> tuple[float, ...]:
    """Dash pattern of that crew in line widths; () is a solid line."""
    return _DASHES[index % len(_DASHES)]


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.2 contrast ratio, 1 to 21."""

    def luminance(colour: QColor) -> float:
        parts = (colour.redF(), colour.greenF(), colour.blueF())
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def wants_dark(theme: str) -> bool:
    """Whether `theme` ("system", "light", "dark") means dark on this machine now."""
    if theme == "system":
        return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return theme == "dark"


def apply(app: QApplication, theme: str) -> None:
    """Give the whole program the look of `theme`; may be called again at any time."""
    if theme not in THEMES:
        raise ValueError(f"unknown theme {theme!r}")
    hints = app.styleHints()
    if theme == "system":
        hints.unsetColorScheme()
    else:
        # The frame that the system draws around the window follows.
        hints.setColorScheme(Qt.ColorScheme.Dark if theme == "dark" else Qt.ColorScheme.Light)
    dark = wants_dark(theme)
    folder = resources() / "style"
    QDir.setSearchPaths("look", [str(folder / ("dark" if dark else "light"))])
    if app.style().objectName() != "fusion":
        app.setStyle("Fusion")
    app.setPalette(make_palette(dark))
    # Set anew, so that palette() in it is resolved with the new palette.
    app.setStyleSheet("")
    app.setStyleSheet((folder / "window.qss").read_text(encoding="utf-8"))


def install_font(app: QApplication) -> str:
    """Choose the type: the system's Chinese font, else the one that ships; returns the family."""
    there = set(QFontDatabase.families())
    family = next((name for name in _FAMILIES if name in there), "")
    if not family:
        number = QFontDatabase.addApplicationFont(
            str(resources() / "fonts" / "NotoSansSC-Regular.ttf")
        )
        names = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
        family = names[0] if names else app.font().family()
    font = QFont(family)
    font.setPointSizeF(POINT_SIZE)
    font.setFeature(QFont.Tag("tnum"), 1)
    app.setFont(font)
    return family


def scaled(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """`font` larger or smaller by `factor`, for headings, big figures and footnotes."""
    other = QFont(font)
    other.setPointSizeF(max(9.0, font.pointSizeF() * factor))
    if bold:
        # Bold, not DemiBold: only that is drawn bolder when the family has one weight.
        other.setWeight(QFont.Weight.Bold)
    return other
