"""Codes become sentences, English and Chinese, through gettext catalogues (no Qt here).

`resources/locale/<language>/*.po` are read as they are and merged, so there is nothing to compile.
User-interface text uses English as its key; codes ("rule.cn.law.hours", "error.import.empty_file")
have their English words in `locale/en/` and their Chinese words in `locale/zh_CN/`.
"""

import functools
import gettext
import io
import locale
import os
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from planner.errors import PlannerError
from planner.paths import resources

LANGUAGES = ("zh_CN", "en")


@functools.cache
def catalogue(language: str) -> gettext.NullTranslations:
    """All .po files of `language` ("zh_CN" or "en") as one catalogue."""
    merged = Catalog(locale=language)
    for path in sorted((resources() / "locale" / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and not message.fuzzy and message.string:
                    merged[message.id] = message
    buffer = io.BytesIO()
    write_mo(buffer, merged)
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)


def system_language() -> str:
    """FAIRVISIT_LANG, else the system's locale; English when neither is Chinese."""
    named = os.environ.get("FAIRVISIT_LANG") or locale.getlocale()[0] or os.environ.get("LANG", "")
    return "zh_CN" if named.lower().startswith(("zh", "chinese")) else "en"


def sentence(code: str, language: str | None = None, /, **params: Any) -> str:
    """The sentence of `code` with `params` filled in. An unknown code is shown as it is."""
    text = catalogue(language or system_language()).gettext(code)
    try:
        return text.format(**params)
    except (KeyError, IndexError, ValueError):
        return text


def explain(error: PlannerError, language: str | None = None) -> str:
    """The sentence of an expected error: its code stands in the catalogue as `error.<code>`."""
    return sentence(f"error.{error.code}", language, **error.params)


def country_name(code: str, language: str | None = None) -> str:
    """The name of a country (ISO 3166 alpha-2) in `language`; an unknown code is shown as it is."""
    return str(Locale.parse(language or system_language()).territories.get(code, code))
