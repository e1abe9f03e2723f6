"""A table from the clipboard becomes a file like any other, for as long as its import lasts."""

import contextlib
import os
import re
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QMimeData

from ui.i18n import _

_PREFIX = "fairvisit-paste-"
_NAME = re.compile(re.escape(_PREFIX) + r"(\d+)-\w+")


def sweep() -> None:
    """Remove pasted tables of programs that did not come to their end; others' are left alone."""
    if os.name != "posix":  # elsewhere nobody can ask whether a process is there without harm
        return
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        named = _NAME.fullmatch(path.name)
        with contextlib.suppress(OSError):
            ours = path.lstat().st_uid == os.getuid() and not path.is_symlink()
            if named and ours and not _runs(int(named[1])):
                shutil.rmtree(path, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


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
        self._folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        stamp = now.strftime("%Y-%m-%d %H.%M")
        path = self._folder / f"{_('Pasted table')} {stamp}.tsv"
        path.write_text(text, encoding="utf-8")
        return [path]

    def clear(self) -> None:
        """Nothing of it stays on the disk."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
