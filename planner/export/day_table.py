"""The day sheets as a workbook: one sheet for each crew, boxes to fill in, nothing of money owed.

With `amounts` each crew has a second sheet, named so that nobody takes it for the first.
"""

import io
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from planner.domain.visit_code import spaced
from planner.export.handout import Handout, Round
from planner.export.one_line import one_line
from planner.words import sentence

_WIDTHS = (6, 9, 9, 14, 44, 12, 40, 10, 22, 30, 16)
_KEYS = "1234567S"
_BARRED = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_NAME = 24  # characters of a crew's name in the name of a sheet, which may have 31


def day_table(handout: Handout, *, amounts: bool = False) -> bytes:
    """The workbook as bytes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
              "strings_to_numbers": False},
    )  # fmt: skip
    book.set_properties({"title": _say(handout, "sheet.title", day=handout.day.isoformat())})
    book.set_properties({"created": handout.made_at.replace(tzinfo=None)})
    forms = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "cell": book.add_format({"text_wrap": True, "valign": "top", "bottom": 4}),
        "number": book.add_format({"bold": True, "valign": "top", "bottom": 4}),
        "money": book.add_format({"num_format": "#,##0.00", "valign": "top", "bottom": 4}),
    }
    taken: set[str] = set()
    for number, one in enumerate(handout.rounds, 1):
        name = one_line(one.route.crew).translate(_BARRED)[:_NAME].strip() or str(number)
        name = name if name.casefold() not in taken else f"{name[: _NAME - 3]} {number}"
        taken.add(name.casefold())
        _first(handout, one, book.add_worksheet(name), forms)
        if amounts:
            second = book.add_worksheet(f"{name} {_say(handout, 'office.tab')}")
            _second(handout, one, second, forms)
    book.close()
    return out.getvalue()


def _say(handout: Handout, code: str, **params: object) -> str:
    return sentence(code, handout.language, **params)


def _head(
    handout: Handout, sheet: Worksheet, names: Sequence[str], widths: Sequence[int], form: object
) -> None:
    for column, (name, wide) in enumerate(zip(names, widths, strict=True)):
        sheet.write_string(0, column, _say(handout, name), form)
        sheet.set_column(column, column, wide)
    sheet.freeze_panes(1, 1)
    sheet.set_paper(9)  # A4
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _first(handout: Handout, one: Round, sheet: Worksheet, forms: dict[str, object]) -> None:
    columns = (
        "table.number", "table.arrive", "table.leave", "table.name", "table.address",
        "table.phone", "table.aim", "table.outcome", "sheet.agreed", "sheet.note", "map.navigate",
    )  # fmt: skip
    _head(handout, sheet, columns, _WIDTHS, forms["head"])
    sheet.set_landscape()
    for row, visit in enumerate(one.visits, 1):
        who, cell = visit.who, forms["cell"]
        sheet.write_number(row, 0, visit.number, forms["number"])
        sheet.write_string(row, 1, handout.clock(visit.start), cell)
        sheet.write_string(row, 2, handout.clock(visit.leave), cell)
        sheet.write_string(row, 3, one_line(who.name) if who else visit.reference, cell)
        sheet.write_string(row, 4, one_line(who.address) if who else "", cell)
        sheet.write_string(row, 5, one_line(who.phone_tail) if who else "", cell)
        aim = _say(handout, f"sheet.objective.{who.stage}") if who else ""
        sheet.write_string(row, 6, "" if aim.startswith("sheet.") else aim, cell)
        for column in (7, 8, 9):
            sheet.write_blank(row, column, None, cell)
        sheet.write_url(row, 10, visit.link, string=_say(handout, "map.navigate"))
    if one.visits:
        sheet.data_validation(1, 7, len(one.visits), 7, {"validate": "list", "source": list(_KEYS)})
    below = len(one.visits) + 2
    for offset, key in enumerate(_KEYS):
        sheet.write_string(below + offset, 0, key, forms["number"])
        sheet.write_string(below + offset, 1, _say(handout, f"sheet.outcome.{key}"))


def _second(handout: Handout, one: Round, sheet: Worksheet, forms: dict[str, object]) -> None:
    columns = (
        "table.number", "table.name", "office.lender", "office.contract", "office.amount",
        "office.days", "office.reference", "office.code",
    )  # fmt: skip
    _head(handout, sheet, columns, (6, 14, 30, 26, 16, 8, 18, 14), forms["head"])
    row = 1
    for visit in one.visits:
        for told in visit.who.sums if visit.who else ():
            cell = forms["cell"]
            sheet.write_number(row, 0, visit.number, forms["number"])
            sheet.write_string(row, 1, one_line(visit.who.name) if visit.who else "", cell)
            sheet.write_string(row, 2, one_line(told.lender), cell)
            sheet.write_string(row, 3, one_line(told.contract), cell)
            sheet.write_number(row, 4, told.amount / 100, forms["money"])
            sheet.write_number(row, 5, told.days, cell)
            sheet.write_string(row, 6, visit.reference, cell)
            sheet.write_string(row, 7, spaced(visit.code), cell)
            row += 1
    sheet.write_string(row + 1, 0, _say(handout, "office.keep"))
