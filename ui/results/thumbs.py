"""Small pictures of photos from outside: decoded with limits, never on the GUI thread."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

MOST_PIXELS = 40_000_000  # of a picture that is decoded at all
# Only these are decoded, each by its own decoder whatever the bytes pretend to be.
_FORMATS = {
    "image/jpeg": b"jpeg", "image/png": b"png", "image/webp": b"webp", "image/tiff": b"tiff",
}  # fmt: skip


def picture(data: bytes, media: str, side: int) -> QImage | None:
    """The picture, at most `side` pixels high and wide; None for what is none or is too large.

    May run on any thread.
    """
    if media not in _FORMATS:
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(_FORMATS[media]))
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > MOST_PIXELS:
        return None
    room = QSize(side, side)
    if size.width() > side or size.height() > side:
        reader.setScaledSize(size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return None if image.isNull() else image
