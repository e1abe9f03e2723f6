"""What the confined process does with a file: look it over, read it, send its cells as text."""

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from planner.intake.refused import Refused
from planner.intake.workbook import Seen, inspect_workbook

Send = Callable[[bytes, str], None]
CELL, ROW = "\x1f", "\x1e"
BLOCK = 1000  # rows in a frame
LARGEST_TEXT = 300_000_000  # bytes of a CSV file
LARGEST_LAYER = 60_000_000  # bytes of a GeoJSON file
MOST_COLUMNS = 512
MOST_ROWS = 2_000_000
DELIMITERS = ",\t;|，"
_SEPARATORS = str.maketrans({CELL: " ", ROW: " "})
_MAGIC = {
    b"PK\x03\x04": "zip", b"\xd0\xcf\x11\xe0": "ole", b"%PDF": "PDF", b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"Rar!": "RAR", b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip", b"SQLi": "SQLite", b"\x7fELF": "ELF", b"MZ\x90\x00": "EXE",
}  # fmt: skip


def read(path: str, form: str, send: Send) -> None:
    """Read the file at `path` as `form` ("xlsx", "csv" or "layer") and send its content."""
    with Path(path).open("rb") as file:
        head = file.read(4096)
    looks = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")
    if not head.strip():
        raise Refused("empty_file")
    if form == "xlsx":
        if looks == "ole":
            raise Refused("old_or_locked")
        if looks != "zip":
            raise Refused("wrong_type", found=looks or "text")
        send_workbook(path, send)
        return
    if looks:
        raise Refused("wrong_type", found={"zip": "ZIP/XLSX", "ole": "XLS"}.get(looks, looks))
    if form == "csv":
        send_csv(path, send)
    else:
        send_layer(path, send)


def decode(raw: bytes) -> str:
    """Text in UTF-8, UTF-16 or GB 18030; a byte order mark decides, else UTF-8 comes first."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif raw.startswith(b"\xef\xbb\xbf"):
        encodings = ("utf-8-sig",)
    elif raw[1:200:2].count(0) > 40:
        encodings = ("utf-16-le",)
    elif raw[0:200:2].count(0) > 40:
        encodings = ("utf-16-be",)
    else:
        encodings = ("utf-8", "gb18030")
    for encoding in encodings:
        if encoding == "gb18030":
            _refuse_mixed(raw)
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("encoding")


def _refuse_mixed(raw: bytes) -> None:
    """Refuse a text in which some lines are UTF-8 and others are not: read as GB 18030, the former
    may become other words without any complaint."""
    here = other = 0
    for number, line in enumerate(raw.split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            other = other or number
        else:  # three such characters do not come about by chance
            if sum("\u4e00" <= sign <= "\u9fff" for sign in text) >= 3:
                here = here or number
        if here and other:
            raise Refused("mixed_encoding", line=max(here, other))


def send_csv(path: str, send: Send) -> None:
    """Send a CSV file; strict quoting, no NUL, at most MOST_COLUMNS columns."""
    source = Path(path)
    if source.stat().st_size > LARGEST_TEXT:
        raise Refused("too_large")
    text = decode(source.read_bytes())
    if "\0" in text:
        raise Refused("nul_bytes")
    start = text[:300].lstrip().lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise Refused("wrong_type", found="HTML/XML")
    if CELL in text or ROW in text:
        text = text.translate(_SEPARATORS)
    if text.startswith("sep=") and "\n" in text[:10]:
        # A hint for Excel: an empty row in its place keeps the row numbers.
        text = text[text.index("\n") :]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    send(b"S", "")
    try:
        _send_rows(reader, send, text.count("\n"))
    except csv.Error as error:
        raise Refused("csv_broken", line=reader.line_num) from error


def _delimiter(text: str) -> str:
    """The sign that parts the cells: the one that occurs most often in the fullest early line."""
    lines = text[:20_000].splitlines()[:30]
    return max(DELIMITERS, key=lambda sign: max((line.count(sign) for line in lines), default=0))


def _send_rows(rows: Iterable[list[str]], send: Send, total: int) -> None:
    block: list[str] = []
    first = number = 1
    for number, row in enumerate(rows, 1):
        if len(row) > MOST_COLUMNS and any(row[MOST_COLUMNS:]):
            raise Refused("too_many_columns", limit=MOST_COLUMNS)
        block.append(CELL.join(row))
        if len(block) == BLOCK:
            if number > MOST_ROWS:
                raise Refused("too_large")
            _send_block(block, first, send)
            send(b"P", f"{number} {max(total, number)}")
            block, first = [], number + 1
    _send_block(block, first, send)


def _send_block(block: list[str], first: int, send: Send) -> None:
    if block:
        send(b"R", f"{first}{ROW}{ROW.join(block)}")


def _number(value: float) -> str:
    """A spreadsheet number as text: whole numbers without ".0"; from 16 digits on in scientific
    form, because a spreadsheet keeps only 15 and the rest is lost."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if abs(value) >= 1e15:
        return f"{value:.14E}"
    return format(Decimal(repr(value)), "f")


def _moment(value: dt.datetime) -> str:
    return value.isoformat(" ", "seconds")


_TEXT: dict[type, Callable[[Any], str]] = {
    float: _number,
    int: lambda value: _number(float(value)) if abs(value) >= 10**15 else str(value),
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.datetime: _moment,
    dt.date: dt.date.isoformat,
    dt.time: lambda value: value.isoformat("seconds"),
    dt.timedelta: str,
}


def _texts(rows: Iterator[Sequence[Any]], left: int) -> Iterator[list[str]]:
    """Rows as text; `left` empty columns come before the first one read."""
    empty = [""] * left
    for row in rows:
        texts = empty + [
            cell if type(cell) is str else _TEXT.get(type(cell), str)(cell) for cell in row
        ]
        joined = "".join(texts)
        if CELL in joined or ROW in joined or "\0" in joined:
            texts = [text.translate(_SEPARATORS).replace("\0", "") for text in texts]
        yield texts


def send_workbook(path: str, send: Send) -> None:
    """Send the visible sheets of an XLSX file, after a look at its parts."""
    try:
        seen: Seen = inspect_workbook(path)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError, KeyError,
            NotImplementedError, RuntimeError) as error:  # fmt: skip
        raise Refused("damaged") from error
    import python_calamine  # not earlier: its start-up would be paid for a bomb too

    try:
        workbook = python_calamine.load_workbook(path)
    except python_calamine.PasswordError as error:
        raise Refused("old_or_locked") from error
    except Exception as error:
        raise Refused("damaged") from error
    send(b"W", json.dumps(seen.found))
    for meta in workbook.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != python_calamine.SheetVisibleEnum.Visible:
            send(b"H", meta.name)
            continue
        try:
            sheet = workbook.get_sheet_by_name(meta.name)
        except Exception as error:
            raise Refused("damaged") from error
        send(b"S", meta.name)
        if sheet.start is not None:
            _send_rows(_texts(sheet.iter_rows(), sheet.start[1]), send, sheet.height)


def send_layer(path: str, send: Send) -> None:
    """Send the features of a GeoJSON FeatureCollection, one JSON text a line."""
    source = Path(path)
    if source.stat().st_size > LARGEST_LAYER:
        raise Refused("too_large")
    try:
        layer = json.loads(decode(source.read_bytes()))
    except (ValueError, RecursionError) as error:
        raise Refused("not_geojson") from error
    features = layer.get("features") if isinstance(layer, dict) else None
    if not isinstance(features, list) or layer.get("type") != "FeatureCollection":
        raise Refused("not_geojson")
    title = layer.get("name")
    send(b"S", title if isinstance(title, str) else "")
    for at in range(0, len(features), BLOCK):
        lines = [json.dumps(item, ensure_ascii=False) for item in features[at : at + BLOCK]]
        send(b"F", "\n".join(lines))
        send(b"P", f"{at + len(lines)} {len(features)}")
