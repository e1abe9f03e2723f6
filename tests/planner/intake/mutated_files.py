"""Files and rows damaged at random, from a seeded generator."""

import io
import random
import zipfile

from nasty_files import DAMAGED_CELLS, HEADERS, SHEET, change_zip


def mutate(data: bytes, rng: random.Random) -> bytes:
    """`data` with a few random changes: bits, cuts, repeats, nasty words."""
    words = [
        b"\0", b'"', b",", b"\r\n", b"\xff\xfe", b"=1+1", b"<!DOCTYPE", b"9" * 20, b"\xe9\x94\x9f",
        b"NaN", b"1e309", b"A1048576", b"PK\x03\x04", b"</row>",
    ]  # fmt: skip
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 12))):
        at = rng.randrange(len(out)) if out else 0
        match rng.randrange(5):
            case 0:
                out[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del out[at : at + rng.randrange(1, 40)]
            case 2:
                out[at:at] = out[at : at + rng.randrange(1, 60)] * rng.randrange(1, 4)
            case 3:
                out[at:at] = rng.choice(words)
            case _:
                out[at : at + 4] = rng.choice(words)
    return bytes(out)


def mutate_rows(rows: list[dict[str, str]], rng: random.Random) -> list[dict[str, str]]:
    """Rows in which some cells hold the damage of another cell, or random characters."""
    changed = [dict(row) for row in rows]
    for _ in range(rng.choice((1, 2, 5, 20))):
        row, header = rng.choice(changed), rng.choice(HEADERS)
        match rng.randrange(4):
            case 0:
                row[header] = rng.choice(list(DAMAGED_CELLS.values()))[1]
            case 1:
                row[header] = "".join(
                    chr(rng.randrange(1, 0xD7FF)) for _ in range(rng.randrange(9))
                )
            case 2:
                row[header] = row[rng.choice(HEADERS)]
            case _:
                row[header] = row[header][: rng.randrange(12)] + rng.choice("0九.-/e年 \u200b½②Ⅷ")
    return changed


def mutate_xlsx(data: bytes, rng: random.Random) -> bytes:
    """A workbook damaged inside one of its parts, or as a whole."""
    if rng.random() < 0.3:
        return mutate(data, rng)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [SHEET, "xl/sharedStrings.xml", *archive.namelist()]
        part = rng.choice(parts)
        return change_zip(data, {part: mutate(archive.read(part), rng)})
