"""The window's language: chosen at run time, words from the gettext catalogues.

Every visible text is set in a method `retranslate()`, which a page runs once when it is built and
again on QEvent.LanguageChange (see ui/page.py). `_` looks up at call time; module constants are
marked with `N_` and looked up when shown.
"""

from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from planner.errors import PlannerError
from planner.words import LANGUAGES, catalogue, explain, sentence, system_language

__all__ = ["LANGUAGES", "N_", "_", "code", "error_text", "language", "ngettext", "use"]


class _Current:
    """The language of this process; one window, one language."""

    language = system_language()
    translator: QTranslator | None = None


def language() -> str:
    """The language in use: "zh_CN" or "en"."""
    return _Current.language


def _(text: str) -> str:
    """`text` (an English sentence) in the language in use."""
    return catalogue(_Current.language).gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    """The form of the sentence that fits the number `n`; the caller fills in the figures."""
    return catalogue(_Current.language).ngettext(one, many, n)


def N_(text: str) -> str:
    """Mark a constant for translation; the lookup happens when it is shown."""
    return text


def code(msgid: str, /, **params: Any) -> str:
    """The sentence of a code such as `rule.gate.live_promise` in the language in use."""
    return sentence(msgid, _Current.language, **params)


def error_text(error: PlannerError) -> str:
    """The sentence of an expected error in the language in use."""
    return explain(error, _Current.language)


def _fit_quotes(app: QApplication, name: str) -> None:
    """English quotation marks as narrow as its letters: in a Chinese font they are as wide as a
    character, and sentences seem to have gaps."""
    font = app.font()
    narrow = QFont.Tag("pwid")
    if (name == "en") == font.isFeatureSet(narrow):
        return
    if name == "en":
        font.setFeature(narrow, 1)
    else:
        font.unsetFeature(narrow)
    sheet = app.styleSheet()
    app.setStyleSheet("")  # widgets with a style sheet do not take another font
    app.setFont(font)
    app.setStyleSheet(sheet)


def use(name: str) -> None:
    """Switch to `name`, also for Qt's own texts, and let every open window say it anew."""
    if name not in LANGUAGES:
        raise ValueError(f"unknown language {name!r}")
    _Current.language = name
    QLocale.setDefault(QLocale(name))
    app = QCoreApplication.instance()
    if app is None:
        return
    if _Current.translator is not None:
        app.removeTranslator(_Current.translator)
        _Current.translator = None
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{name}", folder):
        app.installTranslator(translator)
        _Current.translator = translator
    if isinstance(app, QApplication):
        _fit_quotes(app, name)
    for window in QApplication.topLevelWidgets():
        # Qt posts this event; sending it at once makes the switch complete when `use` returns.
        QCoreApplication.removePostedEvents(window, QEvent.Type.LanguageChange)
        QCoreApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))
