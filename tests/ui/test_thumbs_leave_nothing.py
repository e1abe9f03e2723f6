"""Small pictures of evidence are made in memory alone."""

import tempfile
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QDir, QIODevice
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from ui.results.thumbs import picture


def test_a_small_picture_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """Looking at a photo writes nothing: neither to the folder for temporary files nor to the one
    the program runs in."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(tmp_path)
    image = QImage(900, 600, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG")  # type: ignore[call-overload]
    assert picture(bytes(buffer.data().data()), "image/jpeg", 72) is not None
    assert Path(QDir.tempPath()) == tmp_path
    assert list(tmp_path.rglob("*")) == []
