"""A look at the parts of an XLSX file before any reader sees it (zip bombs, huge sheets, DTDs)."""

import re
import zipfile
import zlib

from planner.intake.refused import Refused

MOST_PARTS = 2_000
LARGEST_TOTAL = 300_000_000  # bytes after inflating, counted while inflating
LARGEST_RATIO = 200  # bytes out per byte in, for parts above a megabyte
MOST_COLUMNS = 512
MOST_CELLS = 20_000_000  # last row x last column
PIECE = 1 << 20

# References as nearly all programs write them, and any other way in which XML allows it.
_COLUMN = re.compile(rb' r="([A-Z]+)')
_ROW = re.compile(rb' r="[A-Z]*(\d{5,})')
_ANY_COLUMN = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,9})(?=\d)""")
_ANY_ROW = re.compile(rb"""\br\s*=\s*["'][A-Za-z]{0,9}(\d{5,})["']""")
NAMED = 10  # cells that are named of each kind
# What is found by a sign that is quickly looked for, and the pattern that gives its cell or row.
_IN = rb"[^>]{0,200}"  # attributes of an element
_UNSEEN = {
    "hidden": (
        b"hidden=",
        re.compile(rb"<row\b" + _IN + rb'?\br="(\d+)"' + _IN + rb'?\bhidden="(?:1|true)"'),
    ),
    "errors": (
        b't="e"',
        re.compile(rb"<c\b" + _IN + rb'?\br="([A-Z]+\d+)"' + _IN + rb'?\bt="e"'),
    ),
    "formulas": (
        b"<f",
        re.compile(
            rb"<c\b(?!" + _IN + rb't="str")' + _IN + rb'?\br="([A-Z]+\d+)"' + _IN + rb">\s*"
            rb"<f\b(?:" + _IN + rb"/>|" + _IN + rb">[^<]{0,9000}</f>)"
            rb"\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
        ),
    ),
}
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_WIDE_START = re.compile(
    rb"<\0[!?]|\0<\0[!?]"
)  # XML in UTF-16, which no spreadsheet program writes


class Seen:
    """What stands in sheets without being seen: rows that are hidden, formulas without a stored
    result, errors; how many, and the first cells."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[int, list[str]]] = {}
        self._rest = b""

    def look(self, text: bytes) -> None:
        """Take the next piece of a sheet: whole elements, the last cell perhaps cut."""
        text = self._rest + text
        cut = text.rfind(b"<c ")
        self._rest = text[cut:] if cut >= 0 and len(text) - cut < PIECE else b""
        self._count(text[: len(text) - len(self._rest)])

    def end(self) -> None:
        """The sheet is over."""
        self._count(self._rest)
        self._rest = b""

    def _count(self, text: bytes) -> None:
        for name, (sign, pattern) in _UNSEEN.items():
            if sign not in text:
                continue
            cells = pattern.findall(text)
            if cells:
                count, named = self.found.get(name, (0, []))
                some = [cell.decode("ascii") for cell in cells[:NAMED]]
                self.found[name] = count + len(cells), (named + some)[:NAMED]


def inspect_workbook(path: str) -> Seen:
    """Refuse a workbook that is no workbook or would overwhelm its reader; what is in it unseen.

    Raises Refused (not_workbook, old_or_locked, zip_limits, has_dtd, too_many_cells) or one of
    zipfile's errors when the archive is damaged.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if not any(name.lower().lstrip("/").startswith("xl/") for name in names):
            raise Refused("not_workbook")
        if "xl/workbook.bin" in names:
            raise Refused("wrong_type", found="XLSB")
        if len(parts) > MOST_PARTS or len(names) != len(parts):
            raise Refused("zip_limits", what="parts")
        if sum(part.file_size for part in parts) > LARGEST_TOTAL:
            raise Refused("zip_limits", what="size")
        total, seen = 0, Seen()
        for part in parts:
            if part.flag_bits & 1:
                raise Refused("old_or_locked")
            total += _inspect_part(archive, part, LARGEST_TOTAL - total, seen)
        return seen


def _inspect_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, allowed: int, seen: Seen) -> int:
    """Inflate one part piece by piece; its real size in bytes."""
    is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    is_sheet = is_xml and part.filename.lower().startswith("xl/worksheets/")
    size = width = height = 0
    rest = b""
    try:
        with archive.open(part) as stream:
            while piece := stream.read(PIECE):
                size += len(piece)
                if size > allowed:
                    raise Refused("zip_limits", what="size")
                if size > PIECE and size > LARGEST_RATIO * max(1, part.compress_size):
                    raise Refused("zip_limits", what="ratio")
                if is_xml:
                    # Whole elements only: what stands after the last ">" waits for the next piece.
                    text = rest + piece
                    end = text.rfind(b">") + 1
                    rest = text[end:] if len(text) - end < PIECE else b""
                    _refuse_dtd(text)
                    if is_sheet:
                        whole = text[: len(text) - len(rest)]
                        width, height = _extent(whole, width, height)
                        seen.look(whole)
            seen.end()
    except zlib.error as error:
        raise zipfile.BadZipFile from error
    return size


def _refuse_dtd(text: bytes) -> None:
    if (b"<!" in text and _DTD.search(text)) or (b"\0" in text and _WIDE_START.search(text)):
        raise Refused("has_dtd")


def _extent(text: bytes, width: int, height: int) -> tuple[int, int]:
    """Last column and row named in a piece of a sheet, not less than what is known."""
    usual = text.count(b' r="') == text.count(b"<c ") + text.count(b"<row ")
    for letters in set((_COLUMN if usual else _ANY_COLUMN).findall(text)):
        number = 0
        for letter in letters.upper():
            number = number * 26 + letter - 64
        width = max(width, number)
    rows = (_ROW if usual else _ANY_ROW).findall(text)
    if rows:
        height = max(height, max(map(int, rows)))
    if width > MOST_COLUMNS or width * height > MOST_CELLS or height > 1 << 20:
        raise Refused("too_many_cells", columns=width, rows=height)
    return width, height
