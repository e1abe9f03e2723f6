"""A table from the clipboard becomes a file like any other, for as long as its import lasts."""

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QMimeData

from ui.i18n import _


class Pasted:
    """The folder of pasted tables; `clear` removes it with everything in it."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def paths(self, mime: QMimeData, now: datetime) -> list[Path]:
        """What an import of the clipboard starts from: its files, or its table written to a file
        with a clear name; empty when it holds neither."""
        local = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        if local:
            return local
        text = mime.text() if mime.hasText() else ""
        if "\t" not in text or "\n" not in text.strip():
            return []
        self.clear()
        self._folder = Path(tempfile.mkdtemp(prefix="fairvisit-paste-"))
        stamp = now.strftime("%Y-%m-%d %H.%M")
        path = self._folder / f"{_('Pasted table')} {stamp}.tsv"
        path.write_text(text, encoding="utf-8")
        return [path]

    def clear(self) -> None:
        """Nothing of it stays on the disk."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
