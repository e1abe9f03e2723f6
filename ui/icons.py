"""Our own line icons (resources/icons/*.svg), coloured from the palette when they are drawn."""

import functools

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from planner.paths import resources

_RATIOS = (1.0, 1.5, 2.0, 3.0)


@functools.cache
def _source(name: str) -> str:
    return (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def draw(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Paint the icon `name` into `rect` in one colour."""
    text = _source(name).replace("currentColor", colour.name())
    QSvgRenderer(QByteArray(text.encode())).render(painter, rect)


@functools.lru_cache(maxsize=512)
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw(painter, name, QRectF(0, 0, size, size), QColor(colour))
    painter.end()
    return pixmap


def icon(
    name: str,
    palette: QPalette,
    role: QPalette.ColorRole = QPalette.ColorRole.ButtonText,
    size: int = 20,
) -> QIcon:
    """The icon in the colour of `role`, sharp at every scale, paler when disabled.

    It does not follow a later change of theme: make it anew in `restyle()` (see ui/page.py).
    """
    made = QIcon()
    for group, mode in (
        (QPalette.ColorGroup.Active, QIcon.Mode.Normal),
        (QPalette.ColorGroup.Disabled, QIcon.Mode.Disabled),
    ):
        colour = palette.color(group, role).name()
        for ratio in _RATIOS:
            made.addPixmap(_pixmap(name, colour, size, ratio), mode)
    return made
