"""An empty list of cases to be filled in: headers, one fictional row, each field explained.

The example row is known by its contract number and passed over when the file is imported.
"""

from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from planner.errors import PlannerError
from planner.intake.cases import EXAMPLE_CONTRACT
from planner.intake.field_words import field_help, field_words
from planner.words import sentence

_TEXT, _HEAD, _CELL = 20, 22, 46
# Field, whether it has to be filled in ("choice": it or another one), what the example shows.
FIELDS: tuple[tuple[str, str, str], ...] = (
    ("lender", "no", "虚构示例机构"),
    ("contract_no", "yes", EXAMPLE_CONTRACT),
    ("name", "yes", "示例姓名"),
    ("id_number", "choice", "990000199001010029"),
    ("phones", "choice", "19900000000"),
    ("amount", "yes", "12345.67"),
    ("since", "choice", "2026-08-31"),
    ("dpd", "choice", ""),
    ("as_of", "no", "2026-11-20"),
    ("status", "no", "逾期"),
    ("product", "no", "示例产品"),
    ("home.text", "no", "虚构省示例市示例镇和平路1号"),
    ("place.lon", "no", ""),
    ("place.lat", "no", ""),
    ("work.text", "no", ""),
    ("datum", "no", ""),
    ("tags", "no", ""),
    ("needs", "no", ""),
    ("limitation", "no", ""),
)
LANGUAGES = ("zh_CN", "en")
# Where the field's name in words is not one of its headers.
_ENGLISH = {
    "place.lon": "Longitude", "place.lat": "Latitude", "limitation": "Limitation date",
    "tags": "Tags", "needs": "Needs", "datum": "Datum",
}  # fmt: skip


def header(name: str, language: str) -> str:
    """The header of a field: a word that the import knows."""
    if language == "en" and name in _ENGLISH:
        return _ENGLISH[name]
    return field_words("cases", name, language)


def write_template(path: Path, language: str) -> Path:
    """Write the template with headers in `language`; the explanations are in both.

    Raises PlannerError("file.unwritable").
    """
    book = xlsxwriter.Workbook(
        str(path), {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                    "strings_to_numbers": False},
    )  # fmt: skip
    text = book.add_format({"num_format": "@"})
    needed = book.add_format({"bold": True, "bottom": 1, "bg_color": "#D9E2F3", "num_format": "@"})
    free = book.add_format({"bottom": 1, "bg_color": "#F2F2F2", "num_format": "@"})
    example = book.add_format({"italic": True, "font_color": "#7F7F7F", "num_format": "@"})
    sheet = book.add_worksheet(sentence("template.sheet.list", language))
    sheet.set_column(0, len(FIELDS) - 1, _TEXT, text)
    for column, (name, need, shown) in enumerate(FIELDS):
        sheet.write_string(0, column, header(name, language), free if need == "no" else needed)
        sheet.write_string(1, column, shown, example)
    sheet.freeze_panes(1, 0)
    _explain(book, language)
    try:
        book.close()
    except (OSError, FileCreateError) as error:
        cause = error.args[0] if isinstance(error, FileCreateError) else error
        raise PlannerError(
            "file.unwritable", file=path.name, why=getattr(cause, "strerror", None) or ""
        ) from error
    return path


def _explain(book: xlsxwriter.Workbook, language: str) -> None:
    """The second sheet: each column in both languages."""
    sheet = book.add_worksheet(sentence("template.sheet.fields", language))
    bold = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    place = 0
    for other in LANGUAGES:
        for word, width in (("field", _HEAD), ("needed", 12), ("help", _CELL)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, sentence(f"template.head.{word}", other), bold)
            place += 1
    for row, (name, need, _) in enumerate(FIELDS, 1):
        for start, other in enumerate(LANGUAGES):
            cells = (header(name, other), sentence(f"template.{need}", other),
                     field_help(name, other))  # fmt: skip
            for offset, cell in enumerate(cells):
                sheet.write_string(row, 3 * start + offset, cell, wrap)
    sheet.freeze_panes(1, 0)
