"""The `app` URL scheme of the map: import this module before the QApplication is made.

Qt takes new URL schemes, and WebEngine its shared OpenGL contexts, only before there is an
application object; so the import itself registers. Without WebEngine (not installed, or switched
off by FAIRVISIT_NO_WEBENGINE=1) nothing happens and `usable()` is False: the map is then painted.
"""

import importlib.util
import os

from PySide6.QtCore import QCoreApplication

SCHEME = b"app"
ORIGIN = "app://map"


def _wanted() -> bool:
    if os.environ.get("FAIRVISIT_NO_WEBENGINE", "") not in ("", "0"):
        return False
    return importlib.util.find_spec("PySide6.QtWebEngineCore") is not None


def _register() -> bool:
    if not _wanted() or QCoreApplication.instance() is not None:
        return False
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium's sandbox refuses to start for root (containers); everybody else keeps it.
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    try:
        from PySide6.QtWebEngineCore import QWebEngineUrlScheme
        from PySide6.QtWebEngineWidgets import QWebEngineView  # noqa: F401
    except ImportError:  # libraries of the system are missing
        return False
    scheme = QWebEngineUrlScheme(SCHEME)
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    flags = QWebEngineUrlScheme.Flag
    scheme.setFlags(flags.SecureScheme | flags.CorsEnabled | flags.FetchApiAllowed)
    QWebEngineUrlScheme.registerScheme(scheme)
    return True


_registered = _register()


def registered() -> bool:
    """Whether WebEngine is there and knows the scheme, wanted or not."""
    return _registered


def usable() -> bool:
    """Whether the map may start WebEngine (asked anew: the environment may switch it off)."""
    return _registered and _wanted()
